//! Which point of its scale did a rating get?
//!
//! Answers are oriented so that high is good. "Don't know" and its like are no answers. An answer that is
//! not on the scale is left out and counted, never pooled.

use crate::config::{ScoreKind, ScoreSettings};
use crate::error::{Error, Result};

/// A rating of one file: its column and the scales that hold from time to time.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreBinding {
    /// Name of the measure.
    pub measure: String,
    /// Kind of question.
    pub kind: ScoreKind,
    /// Functional area.
    pub area: Option<String>,
    /// Whether the worst point is a HOTLINE.
    pub hotline: bool,
    /// Position in the projection.
    pub column: usize,
    scales: Vec<Scale>,
}

#[derive(Clone, Debug, PartialEq)]
struct Scale {
    worst: f64,
    best: f64,
    /// Folded words for points, worst first.
    labels: Vec<String>,
    /// First and last day that it holds, days since 1970-01-01.
    from: Option<i32>,
    until: Option<i32>,
}

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// A point of the scale.
    Given(Score),
    /// Empty, "don't know", "n/a".
    None,
    /// Something that is not on the scale.
    OutOfScale,
}

/// An answered rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// As given; none when words stand for points.
    pub raw: Option<f64>,
    /// Oriented: high is good.
    pub value: f64,
    /// Worst point, oriented.
    pub low: f64,
    /// Best point, oriented.
    pub high: f64,
}

impl Score {
    /// The best point.
    pub fn is_top_box(&self) -> bool {
        self.value >= self.high
    }

    /// A point in the top fifth: position / points > 0.8.
    pub fn is_top_band(&self) -> bool {
        (self.value - self.low + 1.0) / self.points() > 0.8
    }

    /// One of the two best points; none on a scale of fewer than five.
    pub fn is_top_2_box(&self) -> Option<bool> {
        (self.points() >= 5.0).then_some(self.value >= self.high - 1.0)
    }

    /// The worst point.
    pub fn is_bottom_box(&self) -> bool {
        self.value <= self.low
    }

    fn points(&self) -> f64 {
        self.high - self.low + 1.0
    }
}

/// Binds the `[[source.score]]` blocks: several blocks of one measure are its scales from time to time.
pub(super) fn bind(settings: &[ScoreSettings], mut column: impl FnMut(&str) -> Result<usize>) -> Result<Vec<ScoreBinding>> {
    let mut bound: Vec<ScoreBinding> = Vec::new();
    for score in settings {
        let measure = if score.measure.is_empty() { measure_name(&score.column) } else { score.measure.clone() };
        let scale = Scale::new(score)?;
        let column = column(&score.column)?;
        if let Some(known) = bound.iter_mut().find(|b| b.measure == measure && b.column == column) {
            known.scales.push(scale);
            continue;
        }
        if bound.iter().any(|b| b.measure == measure) {
            let what = format!("measure `{measure}` is given for two columns");
            return Err(Error::Setting {
                place: "[[source.score]]".to_owned(),
                what,
                hint: Some("name each measure once; two scales of one column are fine".to_owned()),
            });
        }
        let hotline = score.hotline.unwrap_or(score.kind == ScoreKind::Csat && measure.contains("overall"));
        bound.push(ScoreBinding { measure, kind: score.kind, area: score.area.clone(), hotline, column, scales: vec![scale] });
    }
    Ok(bound)
}

/// `Q3 Billing` → `q3_billing`.
pub(crate) fn measure_name(column: &str) -> String {
    let parts = column.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let name = parts.map(str::to_lowercase).collect::<Vec<_>>().join("_");
    if name.is_empty() { "score".to_owned() } else { name }
}

impl ScoreBinding {
    /// Reads a cell. `day`: when the answer was received, which settles the scale; without it the first holds.
    pub fn read(&self, cell: Option<&str>, day: Option<i32>) -> Answer {
        let Some(cell) = cell else { return Answer::None };
        let holds = |s: &&Scale| day.is_none_or(|d| s.from.is_none_or(|f| f <= d) && s.until.is_none_or(|u| d <= u));
        let Some(scale) = self.scales.iter().find(holds) else { return Answer::OutOfScale };
        if !scale.labels.is_empty() {
            let folded = fold(cell);
            if let Some(point) = scale.labels.iter().position(|label| *label == folded) {
                return Answer::Given(scale.oriented(None, scale.worst + (scale.best - scale.worst).signum() * point as f64));
            }
        }
        match number(cell) {
            Some(raw) if self.kind == ScoreKind::Nps && raw.fract() != 0.0 => Answer::OutOfScale,
            Some(raw) if scale.holds(raw) => Answer::Given(scale.oriented(Some(raw), raw)),
            Some(_) => Answer::OutOfScale,
            None if is_no_answer(cell) => Answer::None,
            None => Answer::OutOfScale,
        }
    }

    /// The scale as people write it, for messages: `1–5`.
    pub fn scale_text(&self) -> String {
        self.scales.iter().map(|s| format!("{}–{}", s.worst, s.best)).collect::<Vec<_>>().join(", then ")
    }
}

impl Scale {
    fn new(settings: &ScoreSettings) -> Result<Self> {
        let n_labels = settings.labels.len();
        let [worst, best] = settings.scale.unwrap_or(match settings.kind {
            _ if n_labels > 0 => [1.0, n_labels as f64],
            ScoreKind::Nps => [0.0, 10.0],
            ScoreKind::Ces => [1.0, 7.0],
            ScoreKind::Csat | ScoreKind::Rating => [1.0, 5.0],
        });
        if n_labels > 0 && ((best - worst).abs() + 1.0 - n_labels as f64).abs() > 1e-9 {
            let what = format!("`{}` has {n_labels} labels for the scale {worst} to {best}", settings.column);
            return Err(Error::Setting {
                place: "[[source.score]]".to_owned(),
                what,
                hint: Some("give one label for each point, worst first".to_owned()),
            });
        }
        if settings.kind == ScoreKind::Nps && (worst.min(best), worst.max(best)) != (0.0, 10.0) {
            let what = format!("`{}` is a recommend question from {worst} to {best}", settings.column);
            let hint = "NPS is defined on whole answers from 0 to 10; use `kind = \"rating\"` for other scales".to_owned();
            return Err(Error::Setting { place: "[[source.score]]".to_owned(), what, hint: Some(hint) });
        }
        let day = |text: &Option<String>| text.as_ref().and_then(|t| t.parse::<jiff::civil::Date>().ok()).map(days);
        Ok(Self {
            worst,
            best,
            labels: settings.labels.iter().map(|l| fold(l)).collect(),
            from: day(&settings.from),
            until: day(&settings.until),
        })
    }

    fn holds(&self, raw: f64) -> bool {
        self.worst.min(self.best) <= raw && raw <= self.worst.max(self.best)
    }

    fn oriented(&self, raw: Option<f64>, point: f64) -> Score {
        let (low, high) = (self.worst.min(self.best), self.worst.max(self.best));
        let value = if self.best > self.worst { point } else { low + high - point };
        Score { raw, value, low, high }
    }
}

fn days(date: jiff::civil::Date) -> i32 {
    let epoch = jiff::civil::Date::new(1970, 1, 1).expect("a day");
    epoch.until(date).expect("both are within 9,999 years").get_days()
}

fn fold(label: &str) -> String {
    label.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ").replace('’', "'")
}

/// `4`, `4.0`, `4 - Satisfied`, `8/10`, `5 stars`; a lone decimal comma is a point.
fn number(cell: &str) -> Option<f64> {
    let end = cell.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+'))).unwrap_or(cell.len());
    let (head, rest) = cell.split_at_checked(end)?;
    let head = head.strip_suffix(['.', ',', '-']).unwrap_or(head);
    let value = head.replace(',', ".").parse::<f64>().ok()?;
    let rest = rest.trim_start();
    let follows = rest.is_empty()
        || rest.starts_with(['-', '–', '/', '(', ':', '=', '★', '*', '%'])
        || cell.get(..end)?.len() < cell.len() && cell.get(end..)?.starts_with(' ');
    follows.then_some(value).filter(|v| v.is_finite())
}

fn is_no_answer(cell: &str) -> bool {
    const NONE: &[&str] = &[
        "n/a",
        "na",
        "n.a.",
        "none",
        "null",
        "-",
        "--",
        "?",
        "don't know",
        "dont know",
        "do not know",
        "no answer",
        "no opinion",
        "not applicable",
        "not answered",
        "not sure",
        "not rated",
        "prefer not to say",
        "refused",
        "skipped",
        "keine angabe",
        "weiß nicht",
        "no sabe",
        "no aplica",
        "ne sait pas",
        "sans avis",
        "não sei",
        "nao sei",
        "no contesta",
        "missing",
        "unknown",
    ];
    NONE.contains(&fold(cell).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(kind: ScoreKind, scale: Option<[f64; 2]>, labels: &[&str]) -> ScoreBinding {
        let labels = labels.iter().map(|l| (*l).to_owned()).collect();
        let settings = ScoreSettings { column: "Overall satisfaction".to_owned(), kind, scale, labels, ..ScoreSettings::default() };
        bind(&[settings], |_| Ok(0)).unwrap().remove(0)
    }

    fn value(binding: &ScoreBinding, cell: &str) -> Option<f64> {
        match binding.read(Some(cell), None) {
            Answer::Given(score) => Some(score.value),
            _ => None,
        }
    }

    #[test]
    fn a_reversed_scale_is_oriented() {
        let b = binding(ScoreKind::Csat, Some([5.0, 1.0]), &[]);
        assert_eq!(value(&b, "1"), Some(5.0));
        assert_eq!(value(&b, "5"), Some(1.0));
        let Answer::Given(best) = b.read(Some("1"), None) else { panic!("on the scale") };
        assert!(best.is_top_box() && best.is_top_band() && best.is_top_2_box() == Some(true) && !best.is_bottom_box());
    }

    #[test]
    fn words_stand_for_points() {
        let b = binding(ScoreKind::Csat, None, &["totally dissatisfied", "dissatisfied", "neutral", "satisfied", "totally satisfied"]);
        assert!(b.hotline, "overall csat is a HOTLINE by its worst point");
        assert_eq!(value(&b, "Totally  Dissatisfied"), Some(1.0));
        assert_eq!(value(&b, "totally satisfied"), Some(5.0));
        assert_eq!(value(&b, "4"), Some(4.0));
        assert_eq!(b.read(Some("don’t know"), None), Answer::None);
        assert_eq!(b.read(Some("purple"), None), Answer::OutOfScale);
    }

    #[test]
    fn numbers_as_people_export_them() {
        let b = binding(ScoreKind::Rating, Some([0.0, 10.0]), &[]);
        for (cell, expected) in [("4", 4.0), ("4.0", 4.0), ("3,5", 3.5), ("8/10", 8.0), ("7 - good", 7.0), ("5 stars", 5.0), ("9*", 9.0)] {
            assert_eq!(value(&b, cell), Some(expected), "{cell}");
        }
        for cell in ["11", "-1", "4th", "1e999", "NaN"] {
            assert_eq!(b.read(Some(cell), None), Answer::OutOfScale, "{cell}");
        }
        assert_eq!(b.read(Some("n/a"), None), Answer::None);
    }

    #[test]
    fn top_band_is_the_top_fifth() {
        let top = |best: f64, value: f64| Score { raw: None, value, low: 1.0, high: best }.is_top_band();
        assert_eq!([top(4.0, 4.0), top(4.0, 3.0)], [true, false]);
        assert_eq!([top(5.0, 5.0), top(5.0, 4.0)], [true, false]);
        assert_eq!([top(7.0, 6.0), top(7.0, 5.0)], [true, false]);
        assert_eq!([top(10.0, 9.0), top(10.0, 8.0)], [true, false]);
    }

    #[test]
    fn nps_is_whole_and_from_0_to_10() {
        let b = binding(ScoreKind::Nps, None, &[]);
        assert_eq!(value(&b, "9"), Some(9.0));
        assert_eq!(b.read(Some("9.5"), None), Answer::OutOfScale);
        let settings = ScoreSettings { kind: ScoreKind::Nps, scale: Some([1.0, 10.0]), ..ScoreSettings::default() };
        assert!(Scale::new(&settings).is_err());
    }

    #[test]
    fn a_scale_can_change_by_date() {
        let mut settings =
            vec![ScoreSettings { column: "r".into(), scale: Some([1.0, 5.0]), until: Some("2015-06-08".into()), ..Default::default() }];
        settings.push(ScoreSettings {
            column: "r".into(),
            scale: Some([1.0, 10.0]),
            from: Some("2015-06-09".into()),
            ..Default::default()
        });
        let b = bind(&settings, |_| Ok(0)).unwrap().remove(0);
        let high = |day: &str| match b.read(Some("5"), Some(days(day.parse().unwrap()))) {
            Answer::Given(score) => score.high,
            _ => 0.0,
        };
        assert_eq!((high("2015-06-08"), high("2015-06-09")), (5.0, 10.0));
    }
}
