//! Where do rows go that could not be read?
//!
//! Into `reject`, redacted. Rejects of other files stay; those of the files of this run are replaced.

use std::collections::BTreeSet;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, BooleanArray};

use super::inputs::Inputs;
use crate::error::Result;
use crate::redact::Redactor;
use crate::schema::{REJECT, Rows};
use crate::sink::{DimensionWriter, FileTerms, Staging, Version, read_table};
use crate::source::Reject;
use crate::text::normalise;

/// Writes the table of rejects.
pub(super) struct RejectWriter<'a> {
    inputs: &'a Inputs,
    redactor: &'a Redactor,
    rows: Rows,
    file: DimensionWriter,
    normalised: String,
    redacted: String,
}

/// Rows held before they are written: 4 KiB each at most.
const MAX_HELD_ROWS: usize = 4096;
const MAX_RAW_CHARS: usize = 4096;

impl<'a> RejectWriter<'a> {
    pub(super) fn open(
        staging: &Staging,
        old: Option<&Version>,
        inputs: &'a Inputs,
        redactor: &'a Redactor,
        terms: &FileTerms,
    ) -> Result<Self> {
        let mut file = DimensionWriter::open(&REJECT, &staging.version().dimension_file(&REJECT), terms)?;
        let replaced: BTreeSet<(&str, &str)> =
            inputs.files.iter().map(|f| (f.binding.source.name.as_str(), f.shape.name.as_str())).collect();
        for batch in old.map_or(Ok(Vec::new()), |old| read_table(old, &REJECT, None, None))? {
            let (sources, files) = (batch.column(0).as_string::<i32>(), batch.column(1).as_string::<i32>());
            let value =
                |array: &arrow_array::StringArray, i: usize| if array.is_null(i) { String::new() } else { array.value(i).to_owned() };
            let keep: BooleanArray =
                (0..batch.num_rows()).map(|i| Some(!replaced.contains(&(value(sources, i).as_str(), value(files, i).as_str())))).collect();
            file.write(&arrow_select::filter::filter_record_batch(&batch, &keep).expect("one flag for each row"))?;
        }
        Ok(Self { inputs, redactor, rows: Rows::new(&REJECT), file, normalised: String::new(), redacted: String::new() })
    }

    pub(super) fn push(&mut self, file: usize, rejects: &[Reject]) -> Result<()> {
        let file = &self.inputs.files[file];
        for found in rejects {
            let at = (file.binding.source.name.as_str(), Some(file.shape.name.as_str()));
            write_row(at, found, self.redactor, (&mut self.normalised, &mut self.redacted), &mut self.rows);
        }
        if self.rows.len() >= MAX_HELD_ROWS { self.flush() } else { Ok(()) }
    }

    pub(super) fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.file.finish()
    }

    fn flush(&mut self) -> Result<()> {
        let batch = self.rows.finish();
        self.file.write(&batch)
    }
}

/// Writes one reject; `at`: its source and file.
pub(crate) fn write_row(
    (source, file): (&str, Option<&str>),
    found: &Reject,
    redactor: &Redactor,
    (normalised, redacted): (&mut String, &mut String),
    out: &mut Rows,
) {
    use crate::schema::reject as col;
    normalise(&found.raw, normalised);
    redactor.redact(normalised, redacted);
    let end = redacted.char_indices().nth(MAX_RAW_CHARS).map_or(redacted.len(), |(at, _)| at);
    out.text(col::source, source);
    out.text(col::source_file, file);
    out.int(col::source_row, file.map(|_| found.row as i64));
    out.int(col::line, found.line.map(|line| line as i64));
    out.text(col::column, found.column.as_deref());
    out.text(col::reason, found.reason.as_str());
    out.text(col::detail, found.detail.as_str());
    out.text(col::raw, redacted.get(..end).filter(|raw| !raw.is_empty()));
    out.end_row();
}
