//! How is this delimited text written?
//!
//! The first bytes of the text come in; delimiter, quoting, lines before the header and the header's names go
//! out. Each delimiter is tried with and without quoting, and the one under which
//! records have the same number of fields wins. What the columns mean is left to [`super::super::roles`].

use memchr::memchr;

use super::split::{self, Cut, Dialect, Field, Form, cut};
use super::{LIMITS, Layout, Short};
use crate::source::table;

/// Records looked at for each way of writing.
const MAX_RECORDS: usize = 1000;
/// Bytes looked at: quotes that do not balance show within a few hundred rows of text.
const MAX_BYTES: usize = 1 << 20;
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];
/// Stands for "no delimiter" where a file has one column: the unit separator occurs in no text.
const NO_DELIMITER: u8 = 0x1f;

/// What was found out about a delimited text.
pub(crate) struct Sniffed {
    pub(crate) layout: Layout,
    pub(crate) header: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// Finds how `text`, the start of a file, is written. `ended`: it is the whole file.
pub(crate) fn sniff(text: &[u8], ended: bool) -> Option<Sniffed> {
    let (text, ended) = text.get(..MAX_BYTES).map_or((text, ended), |head| (head, false));
    let newline = if memchr(b'\n', text).is_none() && memchr(b'\r', text).is_some() { b'\r' } else { b'\n' };
    let told = told_delimiter(text);
    let base = Dialect { delimiter: NO_DELIMITER, quote: true, escape: false, spaced: false, newline };
    let trials = DELIMITERS
        .iter()
        .filter(|delimiter| told.is_none_or(|told| told == **delimiter))
        .map(|delimiter| quoted_or_not(text, ended, Dialect { delimiter: *delimiter, ..base }));
    let best = trials.filter(|trial| told.is_some() || trial.is_table()).max_by(|a, b| a.value().total_cmp(&b.value()));
    let trial = best.unwrap_or_else(|| {
        let quoted = Trial::run(text, ended, base);
        if quoted.n_broken > 0 { Trial::run(text, ended, Dialect { quote: false, ..base }) } else { quoted }
    });
    trial.finish(told.is_some())
}

/// Tries a delimiter with quotes as most files write them, with those of fewer files where there is a sign of them, and without.
fn quoted_or_not(text: &[u8], ended: bool, dialect: Dialect) -> Trial {
    let mut quoted = Trial::run(text, ended, dialect);
    let has = |sign: &[u8]| memchr::memmem::find(text, sign).is_some();
    let variants = [
        (has(&[dialect.delimiter, b' ', b'"']), Dialect { spaced: true, ..dialect }),
        (quoted.n_broken > 0 && has(b"\\\""), Dialect { escape: true, ..dialect }),
    ];
    for (_, variant) in variants.into_iter().filter(|(has_sign, _)| *has_sign) {
        let trial = Trial::run(text, ended, variant);
        if trial.n_fields() >= 2
            && trial.n_broken <= quoted.n_broken
            && trial.share() >= quoted.share()
            && trial.first() == trial.n_fields()
        {
            quoted = trial;
        }
    }
    let plain = Trial::run(text, ended, Dialect { quote: false, ..dialect });
    if plain.reads_better_than(&quoted) { plain } else { quoted }
}

/// The delimiter that a first line `sep=;` tells, as spreadsheets write it.
fn told_delimiter(text: &[u8]) -> Option<u8> {
    match text {
        [s, e, p, b'=', delimiter, b'\r' | b'\n', ..] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") => Some(*delimiter),
        _ => None,
    }
}

/// What a text looks like under one way of writing.
struct Trial {
    dialect: Dialect,
    /// Cells of the first records, and which of all records each is.
    records: Vec<(usize, Vec<String>)>,
    /// Fields that begin with a quote that does not end them.
    n_broken: usize,
    /// Quoted fields with a doubled quote or a line break: only real quoting makes them.
    n_proper: usize,
}

impl Trial {
    fn run(text: &[u8], ended: bool, dialect: Dialect) -> Self {
        let mut trial = Self { dialect, records: Vec::new(), n_broken: 0, n_proper: 0 };
        let (mut at, mut idx, mut fields) = (0, 0, Vec::new());
        while at < text.len() {
            let end = match cut(dialect, &LIMITS, text, at, ended, &mut fields) {
                Cut::Record { end } => end,
                Cut::Unbalanced { end } => {
                    trial.n_broken += 1;
                    at = end;
                    idx += 1;
                    continue;
                }
                Cut::More | Cut::RowTooLarge | Cut::FieldTooLarge { .. } => break,
            };
            trial.look(text, &fields);
            if trial.records.len() < MAX_RECORDS && !matches!(fields.as_slice(), [only] if only.start == only.end) {
                trial.records.push((idx, fields.iter().map(|field| cell(dialect, text, field)).collect()));
            }
            at = end;
            idx += 1;
        }
        trial
    }

    fn look(&mut self, text: &[u8], fields: &[Field]) {
        for field in fields {
            match field.form {
                Form::Broken(_) => self.n_broken += 1,
                Form::Doubled => self.n_proper += 1,
                Form::Plain => self.n_proper += usize::from(memchr(b'\n', &text[field.start..field.end]).is_some()),
            }
        }
    }

    fn n_fields(&self) -> usize {
        table::usual_length(self.records.iter().map(|(_, cells)| cells.len()))
    }

    /// Fields of the first record.
    fn first(&self) -> usize {
        self.records.first().map_or(0, |(_, cells)| cells.len())
    }

    /// Share of records with the usual number of fields, from the first such record on.
    fn share(&self) -> f64 {
        let n_fields = self.n_fields();
        let before = self.records.iter().take(table::MAX_BEFORE).position(|(_, cells)| cells.len() == n_fields).unwrap_or(0);
        let n = self.records.iter().filter(|(_, cells)| cells.len() == n_fields).count();
        n as f64 / (self.records.len() - before).max(1) as f64
    }

    /// Whether this is a table of at least two columns under this way of writing.
    fn is_table(&self) -> bool {
        let n_fields = self.n_fields();
        let first = self.first();
        let longest = self.records.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let share = self.share();
        let is_even = share >= 0.8 || (first == n_fields && (share >= 0.5 || self.has_names()));
        (n_fields >= 2 && is_even) || (first >= 2 && longest <= first && self.has_names())
    }

    /// Whether the first record looks like names: prose has a space after its commas, and longer parts.
    fn has_names(&self) -> bool {
        let is_name = |cell: &String| cell.len() <= 200 && !cell.starts_with(' ');
        self.records.first().is_some_and(|(_, cells)| cells.iter().all(is_name))
    }

    /// Even records first, then the rarer delimiter, then more columns: text holds commas, hardly ever tabs.
    fn value(&self) -> f64 {
        let n_fields = self.n_fields().max(1) as f64;
        let rarity = match self.dialect.delimiter {
            b'\t' => 0.4,
            b';' | b'|' => 0.1,
            _ => 0.0,
        };
        self.share() + rarity + 0.3 * (n_fields - 1.0) / n_fields
    }

    /// Whether reading without quotes (this) is right and with quotes wrong: quotes that do not
    /// balance, no sign of real quoting, and records as even as before.
    fn reads_better_than(&self, quoted: &Self) -> bool {
        quoted.n_broken > 0
            && quoted.n_proper <= quoted.n_broken
            && self.n_fields() >= 2
            && self.share() >= 0.98
            && self.share() >= quoted.share()
    }

    fn finish(self, told: bool) -> Option<Sniffed> {
        let records: Vec<&[String]> = self.records.iter().skip(usize::from(told)).map(|(_, cells)| cells.as_slice()).collect();
        let top = table::top(&records)?;
        let place = |record: usize| self.records.get(record + usize::from(told)).map_or(0, |(idx, _)| *idx);
        let n_fields = top.header.len();
        let body = records.get(top.n_skip()..).unwrap_or_default();
        let n_short = body.iter().filter(|cells| cells.len() < n_fields).count();
        // Two short rows at least: one alone is a slip, not a habit.
        let short = if n_short >= 2 && n_short * 100 > body.len() { Short::Pad } else { Short::Reject };
        let mut notes = Vec::new();
        match self.dialect.delimiter {
            b',' | NO_DELIMITER => {}
            b'\t' => notes.push("delimiter tab".to_owned()),
            delimiter => notes.push(format!("delimiter {}", char::from(delimiter))),
        }
        if !self.dialect.quote {
            notes.push("quotes are text: they do not balance".to_owned());
        }
        if self.dialect.escape {
            notes.push("quotes are escaped by a backslash".to_owned());
        }
        if self.dialect.newline == b'\r' {
            notes.push("lines end with CR".to_owned());
        }
        notes.extend(top.notes(place(top.n_before)));
        if short == Short::Pad {
            notes.push(format!("{n_short} of the first {} rows are short: their last cells are taken as empty", body.len()));
        }
        let n_skip = if top.n_skip() == 0 { usize::from(told) } else { place(top.n_skip() - 1) + 1 };
        let layout = Layout { dialect: self.dialect, n_skip, n_fields, short };
        Some(Sniffed { layout, header: top.header, notes })
    }
}

fn cell(dialect: Dialect, text: &[u8], field: &Field) -> String {
    let mut out = Vec::new();
    split::write(dialect, text, field, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
