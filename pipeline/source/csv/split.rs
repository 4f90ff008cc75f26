//! Where do the fields and the record end?
//!
//! The rules, in full: a field that begins with a quote ends at the next quote that is not doubled; what follows that quote up to
//! the delimiter or the end of the line is text. Where a file writes them so, a backslash makes a quote text, and spaces stand before an opening
//! quote. Any other field ends at the delimiter or
//! the end of the line, and quotes in it are text. A line ends with LF or CRLF (CR alone where a file has no LF).
//! A quoted field is *unbalanced* if it does not end within the limits, or if it spans lines and text follows the quote at its end (that quote
//! opens a field of a later row). The line that it starts on then ends the record, so that one
//! stray quote costs one row and not the rest of the file. `cut` looks at eight bytes at a
//! time and hands longer stretches to memchr; the tests hold it against a machine that reads byte by byte.

use memchr::{memchr, memchr_iter, memchr2};

/// How a delimited text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// The byte between fields.
    pub(crate) delimiter: u8,
    /// Whether quotes enclose fields; else a quote is a character like any other.
    pub(crate) quote: bool,
    /// Whether a backslash before a quote makes it text, as Spark and MySQL write it.
    pub(crate) escape: bool,
    /// Whether spaces may stand before a field's opening quote.
    pub(crate) spaced: bool,
    /// The byte that ends a line: LF (a CR before it belongs to it), or CR in files without LF.
    pub(crate) newline: u8,
}

/// What a record may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) field_bytes: usize,
    pub(crate) field_lines: usize,
    pub(crate) row_bytes: usize,
}

impl Limits {
    /// Bytes that are enough to say what a record is, wherever it ends.
    pub(crate) fn enough_bytes(&self) -> usize {
        self.row_bytes + self.field_bytes + 4
    }
}

/// A field: a range of the buffer, and how to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The range is the text.
    Plain,
    /// Doubled (or escaped) quotes stand for one.
    Doubled,
    /// Quoted up to this place, where the closing quote is; text from there on.
    Broken(usize),
}

/// What was found from a place on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// A record; the next one starts at `end`.
    Record { end: usize },
    /// A quoted field that does not end; reading goes on at `end`.
    Unbalanced { end: usize },
    /// Over the limit of a row; reading goes on after the first line end beyond it.
    RowTooLarge,
    /// A quoted field on a line over the limit of a field; reading goes on after the first line end from `after` on.
    FieldTooLarge { after: usize },
    /// The buffer ends before the record does.
    More,
}

const QUOTE: u8 = b'"';

/// Cuts the record that starts at `from` into `fields`. `data` is all that is there; `ended`: nothing follows it.
pub(crate) fn cut(dialect: Dialect, limits: &Limits, data: &[u8], from: usize, ended: bool, fields: &mut Vec<Field>) -> Cut {
    fields.clear();
    let mut at = from;
    loop {
        if at - from > limits.row_bytes {
            return Cut::RowTooLarge;
        }
        let quote = if dialect.spaced { at + data[at..].iter().take_while(|b| **b == b' ').count() } else { at };
        let (start, mut form) = match data.get(quote) {
            Some(&QUOTE) if dialect.quote => (quote + 1, Form::Plain),
            Some(_) => (at, Form::Plain),
            None if quote > at && ended => (at, Form::Plain),
            None if ended => {
                push(fields, Field { start: at, end: at, form: Form::Plain });
                return Cut::Record { end: at };
            }
            None => return Cut::More,
        };
        let mut search = at;
        if start > at {
            match closing_quote(dialect, limits, data, start, ended) {
                Quote::At(close, doubled) => {
                    search = close + 1;
                    form = if doubled { Form::Doubled } else { Form::Plain };
                    match after_quote(dialect, data, search, ended) {
                        After::Field => {
                            push(fields, Field { start, end: close, form });
                            at = search + 1;
                            continue;
                        }
                        After::Record(end) => {
                            push(fields, Field { start, end: close, form });
                            return Cut::Record { end };
                        }
                        After::Text if memchr(dialect.newline, &data[start..close]).is_some() => {
                            return unbalanced(dialect, limits, data, at, ended);
                        }
                        After::Text => form = Form::Broken(close),
                        After::More => return Cut::More,
                    }
                }
                Quote::None => return unbalanced(dialect, limits, data, at, ended),
                Quote::More => return Cut::More,
            }
        }
        match find_end(data, search, dialect.delimiter, dialect.newline) {
            Some(end) if data[end] == dialect.delimiter => {
                push(fields, Field { start, end, form });
                at = end + 1;
            }
            Some(newline) => {
                let end = newline - usize::from(newline > search && dialect.newline == b'\n' && data[newline - 1] == b'\r');
                push(fields, Field { start, end, form });
                return Cut::Record { end: newline + 1 };
            }
            None if ended => {
                let end = data.len() - usize::from(data.len() > search && dialect.newline == b'\n' && data.last() == Some(&b'\r'));
                push(fields, Field { start, end, form });
                return Cut::Record { end: data.len() };
            }
            None => return Cut::More,
        }
    }
}

/// Fields of a record that are kept: a line of four million delimiters must not fill memory. Twice the largest number of columns.
pub(crate) const MAX_FIELDS: usize = 2 * crate::source::MAX_COLUMNS;

fn push(fields: &mut Vec<Field>, field: Field) {
    if fields.len() < MAX_FIELDS {
        fields.push(field);
    }
}

enum Quote {
    /// The closing quote, and whether doubled quotes come before it.
    At(usize, bool),
    None,
    More,
}

fn closing_quote(dialect: Dialect, limits: &Limits, data: &[u8], start: usize, ended: bool) -> Quote {
    let limit = start + limits.field_bytes + 1;
    let stop = limit.min(data.len());
    let (mut at, mut doubled) = (start, false);
    loop {
        let Some(found) = data.get(at..stop).and_then(|rest| memchr(QUOTE, rest)) else {
            return if ended || data.len() >= limit { Quote::None } else { Quote::More };
        };
        let quote = at + found;
        if dialect.escape && is_escaped(&data[start..quote]) {
            doubled = true;
            at = quote + 1;
            continue;
        }
        match data.get(quote + 1) {
            Some(&QUOTE) => {
                doubled = true;
                at = quote + 2;
            }
            None if !ended => return Quote::More,
            _ => {
                let field = &data[start..quote];
                let too_long = field.len() > limits.field_lines && memchr_iter(b'\n', field).count() > limits.field_lines;
                return if too_long { Quote::None } else { Quote::At(quote, doubled) };
            }
        }
    }
}

/// Whether what comes before a quote makes it text: an odd number of backslashes.
fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

enum After {
    Field,
    Record(usize),
    Text,
    More,
}

fn after_quote(dialect: Dialect, data: &[u8], at: usize, ended: bool) -> After {
    match data.get(at) {
        Some(&byte) if byte == dialect.delimiter => After::Field,
        Some(&byte) if byte == dialect.newline => After::Record(at + 1),
        Some(b'\r') if dialect.newline == b'\n' => match data.get(at + 1) {
            Some(b'\n') => After::Record(at + 2),
            None if !ended => After::More,
            None => After::Record(at + 1),
            Some(_) => After::Text,
        },
        Some(_) => After::Text,
        None if ended => After::Record(at),
        None => After::More,
    }
}

/// Ends the record with the line on which the field at `at` starts.
fn unbalanced(dialect: Dialect, limits: &Limits, data: &[u8], at: usize, ended: bool) -> Cut {
    let stop = (at + limits.field_bytes + 1).min(data.len());
    match memchr(dialect.newline, &data[at..stop]) {
        Some(newline) => Cut::Unbalanced { end: at + newline + 1 },
        None if stop > at + limits.field_bytes => Cut::FieldTooLarge { after: stop },
        None if ended => Cut::Unbalanced { end: stop },
        None => Cut::More,
    }
}

const LOW_BITS: u64 = u64::from_ne_bytes([1; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// The first delimiter or newline from `at` on.
///
/// Most fields of a survey end within 32 bytes: those are found eight bytes at a time without a call,
/// which is worth 40 % on files of short cells; longer ones go to memchr.
#[inline]
fn find_end(data: &[u8], mut at: usize, delimiter: u8, newline: u8) -> Option<usize> {
    let (delimiters, newlines) = (u64::from_ne_bytes([delimiter; 8]), u64::from_ne_bytes([newline; 8]));
    for _ in 0..4 {
        let Some(word) = data.get(at..).and_then(|rest| rest.first_chunk::<8>()) else { break };
        let word = u64::from_le_bytes(*word);
        let (a, b) = (word ^ delimiters, word ^ newlines);
        // A byte that is zero borrows from its high bit: the lowest high bit set is the first match.
        let hits = ((a.wrapping_sub(LOW_BITS) & !a) | (b.wrapping_sub(LOW_BITS) & !b)) & HIGH_BITS;
        if hits != 0 {
            return Some(at + (hits.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    memchr2(delimiter, newline, data.get(at..)?).map(|found| at + found)
}

/// Writes the text of a field.
pub(crate) fn write(dialect: Dialect, data: &[u8], field: &Field, out: &mut Vec<u8>) {
    match field.form {
        Form::Plain => out.extend_from_slice(&data[field.start..field.end]),
        Form::Doubled => single_quotes(dialect, &data[field.start..field.end], out),
        Form::Broken(close) => {
            single_quotes(dialect, &data[field.start..close], out);
            out.extend_from_slice(&data[close + 1..field.end]);
        }
    }
}

/// Writes what lies between quotes, one quote for two and for an escaped one.
fn single_quotes(dialect: Dialect, mut rest: &[u8], out: &mut Vec<u8>) {
    while let Some(quote) = memchr(QUOTE, rest) {
        if dialect.escape && is_escaped(&rest[..quote]) {
            out.extend_from_slice(&rest[..quote - 1]);
            out.push(QUOTE);
            rest = &rest[quote + 1..];
        } else {
            out.extend_from_slice(&rest[..=quote]);
            rest = rest.get(quote + 2..).unwrap_or_default();
        }
    }
    out.extend_from_slice(rest);
}
