//! How is a table of cells kept as a file that people edit in a spreadsheet?
//!
//! CSV after RFC 4180, UTF-8. A cell that a spreadsheet would run as a formula gets an apostrophe before it, which
//! spreadsheets take for "this is text".

use std::path::Path;

use crate::error::{Error, Result};

/// One line of CSV, line end included.
pub fn line<'c>(cells: impl IntoIterator<Item = &'c str>) -> String {
    let mut out = String::new();
    for (i, cell) in cells.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        let cell = defused(cell);
        if cell.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
    out
}

/// A cell that no spreadsheet runs: `=`, `+`, `-`, `@`, tab and carriage return at its beginning are defused.
fn defused(cell: &str) -> String {
    let first = cell.trim_start_matches([' ', '\u{a0}', '\u{feff}']).chars().next();
    let runs = first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '%' | '＝' | '＋' | '－' | '＠'));
    if runs { format!("'{cell}") } else { cell.to_owned() }
}

/// Reads a CSV file whose first line names the columns; comma or semicolon, as spreadsheets save it.
///
/// Fails with the line of a record that has more or fewer cells than the header.
pub fn read(path: &Path) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let bytes = fs_err::read(path).map_err(Error::io("cannot read the sample"))?;
    let text = String::from_utf8(bytes).map_err(|_| broken(path, "it is not UTF-8".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}');
    let header_line = text.lines().next().unwrap_or_default();
    let separator = if header_line.matches(';').count() > header_line.matches(',').count() { ';' } else { ',' };
    let mut records = parse(text, separator).into_iter();
    let header = records.next().map(|(_, cells)| cells).unwrap_or_default();
    let mut rows = Vec::new();
    for (line, cells) in records {
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if cells.len() != header.len() {
            return Err(broken(path, format!("line {line} has {} cells, the first line has {}", cells.len(), header.len())));
        }
        rows.push(cells);
    }
    Ok((header, rows))
}

fn broken(path: &Path, what: String) -> Error {
    let hint = "a CSV file as `outspoken rules audit` wrote it, saved as CSV in UTF-8".to_owned();
    Error::Input { path: path.to_owned(), what, found: None, hint: Some(hint) }
}

/// Records with the line on which each begins.
fn parse(text: &str, separator: char) -> Vec<(usize, Vec<String>)> {
    let (mut records, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut line, mut first_line) = (false, 1, 1);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            '\n' if !quoted => {
                cells.push(std::mem::take(&mut cell));
                records.push((first_line, std::mem::take(&mut cells)));
                first_line = line;
            }
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            _ if c == separator && !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(c),
        }
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        records.push((first_line, cells));
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let rows = [["a", "b \"c\", d"], ["two\nlines", ""], ["x;y", "é"]];
        let text: String = rows.iter().map(|row| line(row.iter().copied())).collect();
        let read: Vec<Vec<String>> = parse(&text, ',').into_iter().map(|(_, cells)| cells).collect();
        assert_eq!(read, rows.map(|row| row.map(str::to_owned).to_vec()));
    }

    #[test]
    fn formulas_are_text() {
        for (cell, expected) in [("=1+1", "'=1+1"), ("@x", "'@x"), ("-5", "'-5"), (" =x", "' =x"), ("a=b", "a=b"), ("", "")] {
            assert_eq!(line([cell]), format!("{expected}\r\n"));
        }
    }
}
