//! How does a row look in the file?
//!
//! CSV after RFC 4180 (fields quoted where they need it, LF records) or JSON Lines (numbers as numbers, empty as null), one field after the other.

use super::{Format, special};

/// Rows of one table on their way into a file.
pub(crate) struct Records {
    format: Format,
    /// What precedes each field's value in JSON: `{"Key": ` or `, "Key": `.
    keys: Vec<Vec<u8>>,
    field: usize,
    out: Vec<u8>,
}

impl Records {
    /// Starts the file: a CSV gets its header.
    pub(crate) fn new(format: Format, columns: &[&str]) -> Self {
        let key = |(i, column): (usize, &&str)| {
            let mut key = if i == 0 { b"{".to_vec() } else { b", ".to_vec() };
            write_json_text(column.as_bytes(), &mut key);
            key.extend_from_slice(b": ");
            key
        };
        let keys = columns.iter().enumerate().map(key).collect();
        let mut records = Self { format, keys, field: 0, out: Vec::with_capacity(1 << 21) };
        if format == Format::Csv {
            for column in columns {
                records.text(column.as_bytes());
            }
            records.end_row();
        }
        records
    }

    /// Writes the next field as text; empty is missing.
    #[inline]
    pub(crate) fn text(&mut self, value: &[u8]) {
        self.open();
        match self.format {
            Format::Csv => write_csv_text(value, &mut self.out),
            Format::Jsonl if value.is_empty() => self.out.extend_from_slice(b"null"),
            Format::Jsonl => write_json_text(value, &mut self.out),
        }
    }

    /// Writes the next field as a number.
    #[inline]
    pub(crate) fn number(&mut self, value: Option<u32>) {
        self.open();
        match (value, self.format) {
            (Some(value), _) => special::number(value, &mut self.out),
            (None, Format::Csv) => {}
            (None, Format::Jsonl) => self.out.extend_from_slice(b"null"),
        }
    }

    /// Ends the row.
    pub(crate) fn end_row(&mut self) {
        debug_assert_eq!(self.field, self.keys.len(), "a row has a value for each column");
        self.field = 0;
        match self.format {
            Format::Csv => self.out.push(b'\n'),
            Format::Jsonl => self.out.extend_from_slice(b"}\n"),
        }
    }

    /// The bytes so far; the caller takes them away.
    pub(crate) fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    #[inline]
    fn open(&mut self) {
        match self.format {
            Format::Csv if self.field > 0 => self.out.push(b','),
            Format::Csv => {}
            Format::Jsonl => self.out.extend_from_slice(&self.keys[self.field]),
        }
        self.field += 1;
    }
}

fn write_csv_text(value: &[u8], out: &mut Vec<u8>) {
    if memchr::memchr3(b',', b'"', b'\n', value).is_none() {
        return out.extend_from_slice(value);
    }
    out.push(b'"');
    let mut start = 0;
    for quote in memchr::memchr_iter(b'"', value) {
        out.extend_from_slice(&value[start..=quote]);
        start = quote;
    }
    out.extend_from_slice(&value[start..]);
    out.push(b'"');
}

/// Texts made here hold no control character but the newline.
fn write_json_text(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut start = 0;
    for at in memchr::memchr3_iter(b'"', b'\\', b'\n', value) {
        out.extend_from_slice(&value[start..at]);
        out.push(b'\\');
        out.push(if value[at] == b'\n' { b'n' } else { value[at] });
        start = at + 1;
    }
    out.extend_from_slice(&value[start..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: Format, expected: &str) {
        let mut records = Records::new(format, &["a", "b \"c\""]);
        records.text(b"he said \"no\",\ntwice");
        records.number(Some(7));
        records.end_row();
        records.text(b"");
        records.number(None);
        records.end_row();
        assert_eq!(String::from_utf8(records.bytes().clone()).unwrap(), expected);
    }

    #[test]
    fn fields_are_escaped() {
        check(Format::Csv, "a,\"b \"\"c\"\"\"\n\"he said \"\"no\"\",\ntwice\",7\n,\n");
        check(Format::Jsonl, "{\"a\": \"he said \\\"no\\\",\\ntwice\", \"b \\\"c\\\"\": 7}\n{\"a\": null, \"b \\\"c\\\"\": null}\n");
    }
}
