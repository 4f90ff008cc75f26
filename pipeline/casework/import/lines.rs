//! What do the lines of the file say, in our own words?

use std::collections::BTreeMap;
use std::path::Path;

use super::Problem;
use crate::casework::close::Disposition;
use crate::casework::field::{Field, FieldKind, fused};
use crate::casework::mapping::Mapping;
use crate::casework::state::Status;
use crate::error::Result;
use crate::source::dates::{DateReader, Serials};
use crate::source::{self, Format, InputFile, RawBatch, Shape};

/// One line. A field that is none has no column, or cannot be read; an empty text is an empty cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) hotline_id: Option<String>,
    pub(super) external_ref: Option<String>,
    pub(super) last_event: Option<String>,
    pub(super) updated_at: Option<i64>,
    pub(super) owner: Option<String>,
    pub(super) note: Option<String>,
    pub(super) first_acted_at: Option<i64>,
    pub(super) contacted_at: Option<i64>,
    pub(super) closed_at: Option<i64>,
    pub(super) status: Option<Status>,
    pub(super) disposition: Option<Disposition>,
    pub(super) root_cause: Option<String>,
    pub(super) value_won: Option<f64>,
    pub(super) resolution: Option<String>,
}

/// Somebody else's cell in a message: short, and on one line.
pub(super) fn shown(text: &str) -> String {
    let line: String = text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() > 40 { format!("{line}…") } else { line }
}

pub(super) struct Read {
    pub(super) mapping: Mapping,
    pub(super) lines: Vec<Line>,
    pub(super) problems: Vec<Problem>,
}

/// Rows read at once.
const BATCH_ROWS: usize = 8192;

pub(super) fn read(path: &Path, mapping: Option<&Mapping>) -> Result<Read> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let shape = source::inspect(&InputFile { path: path.to_owned(), name })?;
    let mapping = match mapping {
        Some(mapping) => mapping.clone(),
        None => Mapping::of(&shape.header, path)?,
    };
    let columns: Vec<(Field, usize)> =
        Field::ALL.iter().filter_map(|field| Some((*field, mapping.column(*field, &shape.header)?))).collect();
    let places: Vec<usize> = columns.iter().map(|(_, place)| *place).collect();
    let dates = dates(&shape, &columns, &places, &mapping)?;
    let mut read = Read { mapping, lines: Vec::new(), problems: Vec::new() };
    let mut reader = source::open(&shape, &places)?;
    while let Some(batch) = reader.next_batch(BATCH_ROWS)? {
        for reject in &batch.rejects {
            read.problems.push(Problem { line: reject.line.unwrap_or(reject.row + 1), what: reject.detail.clone() });
        }
        for i in 0..batch.rows.len() {
            let number = batch.lines.get(i).copied().filter(|line| *line > 0).unwrap_or(batch.rows[i] + 1);
            let mut cells = Cells { batch: &batch, columns: &columns, i, number, dates: &dates, read: &mut read };
            let line = cells.line();
            read.lines.push(line);
        }
    }
    read.problems.sort_by_key(|problem| problem.line);
    Ok(read)
}

/// A reader for each column of times, its order of day and month settled by the whole column.
fn dates(shape: &Shape, columns: &[(Field, usize)], places: &[usize], mapping: &Mapping) -> Result<BTreeMap<Field, DateReader>> {
    let serials = if shape.format == Format::Xlsx { Serials::Excel } else { Serials::No };
    let mut readers = BTreeMap::new();
    for (field, _) in columns.iter().filter(|(field, _)| field.kind() == FieldKind::Time) {
        readers.insert(*field, DateReader::new(&mapping.time_zone, mapping.date_order)?.with_serials(serials));
    }
    let mut reader = source::open(shape, places)?;
    while let Some(batch) = reader.next_batch(BATCH_ROWS)? {
        for (place, (field, _)) in columns.iter().enumerate() {
            let Some(dates) = readers.get_mut(field) else { continue };
            (0..batch.rows.len()).filter_map(|i| cell(&batch, place, i)).for_each(|value| dates.see(value));
        }
    }
    for dates in readers.values_mut() {
        dates.settle();
    }
    Ok(readers)
}

fn cell(batch: &RawBatch, place: usize, i: usize) -> Option<&str> {
    use arrow_array::Array as _;
    let column = batch.columns.get(place)?;
    column.is_valid(i).then(|| column.value(i))
}

struct Cells<'a> {
    batch: &'a RawBatch,
    columns: &'a [(Field, usize)],
    i: usize,
    number: u64,
    dates: &'a BTreeMap<Field, DateReader>,
    read: &'a mut Read,
}

impl Cells<'_> {
    fn line(&mut self) -> Line {
        let named = |text: Option<String>| text.filter(|text| !text.is_empty());
        Line {
            number: self.number,
            hotline_id: named(self.text(Field::HotlineId)),
            external_ref: self.text(Field::ExternalRef),
            last_event: named(self.text(Field::LastEvent)),
            updated_at: self.time(Field::UpdatedAt),
            owner: self.text(Field::Owner),
            note: named(self.text(Field::Note)),
            first_acted_at: self.time(Field::FirstActedAt),
            contacted_at: self.time(Field::ContactedAt),
            closed_at: self.time(Field::ClosedAt),
            status: self.word(Field::Status, "open, acting, closed or historical", |mapping, word| mapping.status(word)),
            disposition: self.word(Field::Disposition, "one of those that `outspoken hotline close --help` lists", |mapping, word| {
                mapping.disposition(word)
            }),
            root_cause: self.text(Field::RootCause),
            value_won: self.number(Field::ValueWon),
            resolution: self.text(Field::Resolution),
        }
    }

    /// None: no such column. An empty cell is an empty text where a blank clears, and none elsewhere.
    fn text(&self, field: Field) -> Option<String> {
        let place = self.columns.iter().position(|(of, _)| *of == field)?;
        match cell(self.batch, place, self.i) {
            Some(cell) => Some(fused(cell).replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()),
            None => self.read.mapping.blank_clears.then(String::new),
        }
    }

    fn given(&self, field: Field) -> Option<String> {
        self.text(field).filter(|text| !text.is_empty())
    }

    fn time(&mut self, field: Field) -> Option<i64> {
        let text = self.given(field)?;
        match self.dates.get(&field)?.parse(&text) {
            Ok(moment) => Some(moment.micros_utc),
            Err(_) => self.refuse(field, &text, "a time such as 2026-10-02 08:00"),
        }
    }

    fn number(&mut self, field: Field) -> Option<f64> {
        let text = self.given(field)?;
        let plain: String = text.chars().filter(|c| !matches!(c, '$' | '€' | '£' | ' ' | '\u{a0}')).collect();
        // "1,234.50" as spreadsheets write it; a lone comma could be a decimal one and is refused.
        let plain = if plain.contains('.') { plain.replace(',', "") } else { plain };
        match plain.parse::<f64>().ok().filter(|number| number.is_finite()) {
            Some(number) => Some(number),
            None => self.refuse(field, &text, "a number such as 1250.50"),
        }
    }

    fn word<T>(&mut self, field: Field, accepted: &str, read: impl Fn(&Mapping, &str) -> Option<T>) -> Option<T> {
        let text = self.given(field)?;
        match read(&self.read.mapping, &text) {
            Some(value) => Some(value),
            None => self.refuse(field, &text, accepted),
        }
    }

    fn refuse<T>(&mut self, field: Field, text: &str, accepted: &str) -> Option<T> {
        let what = format!("column {}: `{}` is not understood; accepted is {accepted}", field.heading(), shown(text));
        self.read.problems.push(Problem { line: self.number, what });
        None
    }
}
