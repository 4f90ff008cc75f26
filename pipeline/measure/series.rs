//! Which series of answers does a row of `score` belong to?

use super::names::Names;
use super::tallies::SeriesKey;
use super::tally::{Answer, Boxes};

/// Codes of series: the key itself is built once, not once an answer.
#[derive(Default)]
pub(super) struct SeriesCodes {
    known: Vec<KnownSeries>,
    /// Where in `known` the next answer is looked for first: responses answer the same questions in the same order.
    next: usize,
    /// How surely each code is overall satisfaction.
    ranks: Vec<u8>,
}

/// A series as the rows of `score` have it.
struct KnownSeries {
    source: String,
    measure: String,
    kind: String,
    area: Option<String>,
    scale: Option<(i64, i64)>,
    code: u32,
}

impl SeriesCodes {
    /// The code of a series, by source, measure, kind and area as the rows have them, and the scale.
    pub(super) fn code(
        &mut self,
        (source, measure, kind, area): (&str, &str, &str, Option<&str>),
        scale: Option<(i64, i64)>,
        names: &mut Names,
    ) -> u32 {
        let is_it = |known: &KnownSeries| {
            known.measure == measure
                && known.scale == scale
                && known.kind == kind
                && known.area.as_deref() == area
                && known.source == source
        };
        let (before, after) = self.known.split_at(self.next.min(self.known.len()));
        let place = after.iter().position(is_it).map(|place| before.len() + place).or_else(|| before.iter().position(is_it));
        let place = place.unwrap_or_else(|| {
            let area = area.map(str::to_owned);
            let key =
                SeriesKey { source: source.to_owned(), measure: measure.to_owned(), area: area.clone(), kind: kind.to_owned(), scale };
            let code = names.series.code(&key);
            let SeriesKey { source, measure, kind, .. } = key;
            self.known.push(KnownSeries { source, measure, kind, area, scale, code });
            self.known.len() - 1
        });
        self.next = place + 1;
        self.known[place].code
    }

    fn rank(&mut self, code: u32, names: &Names) -> u8 {
        while self.ranks.len() <= code as usize {
            let next = names.series.names().get(self.ranks.len());
            self.ranks.push(next.map_or(0, SeriesKey::overall_rank));
        }
        self.ranks[code as usize]
    }

    /// Keeps an answer if it is overall satisfaction, and more surely so than the one that is known.
    pub(super) fn choose(&mut self, answer: &Answer, known: &mut Option<(u32, bool)>, names: &Names) {
        let rank = self.rank(answer.series, names);
        if rank == 0 {
            return;
        }
        let measure = |code: u32| &names.series.names()[code as usize].measure;
        let is_better = known.is_none_or(|(other, _)| match self.rank(other, names) {
            of_other if of_other == rank => measure(answer.series) < measure(other),
            of_other => of_other < rank,
        });
        if is_better {
            *known = Some((answer.series, answer.boxes.0 & Boxes::TOP != 0));
        }
    }
}
