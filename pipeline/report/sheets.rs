//! Which tables are behind the pack, as files that open in a spreadsheet?
//!
//! One sheet, and one CSV, of each table of the month. Text is text: no spreadsheet takes a cell for a formula. What people wrote about
//! cases is left out; it is in the tables. So is whose case it is, where the person did not agree to be named.

use std::path::Path;

use arrow_array::{
    Array as _, RecordBatch, cast::AsArray as _, types::Date32Type, types::Float64Type, types::Int32Type, types::Int64Type,
    types::TimestampMicrosecondType,
};
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::consent::{Consent, Told};
use super::pack::Pack;
use super::row::Row;
use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{
    ACCOUNT, ACCOUNT_MONTH, ACCOUNT_STANDING, ACTION, COVERAGE_MONTH, HOTLINE, INDICATOR_MONTH, INITIATIVE_MONTH, KPI_MONTH, Kind, Layout,
    THEME, THEME_MONTH, Table, hotline,
};
use crate::sink::{Version, read_table};

/// The tables, in the order of the pack.
const TABLES: [&Table; 12] = [
    &KPI_MONTH,
    &THEME_MONTH,
    &THEME,
    &ACCOUNT_MONTH,
    &ACCOUNT_STANDING,
    &COVERAGE_MONTH,
    &INITIATIVE_MONTH,
    &ACTION,
    &HOTLINE,
    &INDICATOR_MONTH,
    &ACCOUNT,
    &crate::schema::REJECT,
];

/// Columns that hold people's words, or say who they are.
const LEFT_OUT: [&str; 8] = ["description", "context", "contact_name", "resolution", "raw", "detail", "example_verbatim_id", "linked_to"];

/// Columns of a case by which a person, or an account, could be found.
const NAMING: [&str; 4] = ["response_id", "account_id", "account_name", "external_ref"];

/// Rows of a sheet at most: what a spreadsheet takes, less its head.
const MAX_ROWS: usize = 1_000_000;

/// A table of the month.
struct Sheet<'a> {
    table: &'static Table,
    columns: Vec<usize>,
    batches: Vec<RecordBatch>,
    consent: &'a Consent,
}

impl Sheet<'_> {
    /// Whether a cell names somebody who did not agree to it.
    fn is_withheld(&self, batch: &RecordBatch, idx: usize, row: usize) -> bool {
        if self.table.name != HOTLINE.name || !NAMING.contains(&self.table.columns[idx].name) {
            return false;
        }
        let row = Row::new(batch, row);
        let [source, id] = [hotline::source, hotline::response_id].map(|column| row.text(column).unwrap_or_default());
        self.consent.told(source, id) != Told::WithName
    }
}

fn sheets<'a>(version: &Version, month: Month, consent: &'a Consent) -> Result<Vec<Sheet<'a>>> {
    let mut sheets = Vec::new();
    for table in TABLES {
        let of_month = (table.layout == Layout::Month).then_some(month);
        let is_there = match of_month {
            Some(month) => version.month_file(table, month).exists(),
            None => version.dimension_file(table).exists(),
        };
        let batches = if is_there { read_table(version, table, of_month, None)? } else { Vec::new() };
        if batches.iter().any(|batch| batch.num_rows() > 0) {
            let columns = (0..table.columns.len()).filter(|idx| !LEFT_OUT.contains(&table.columns[*idx].name)).collect();
            sheets.push(Sheet { table, columns, batches, consent });
        }
    }
    Ok(sheets)
}

/// Writes a CSV of each table into a folder.
pub(super) fn write_csv(pack: &Pack, folder: &Path) -> Result<()> {
    fs_err::create_dir_all(folder).map_err(Error::io("cannot make the folder of the report"))?;
    for sheet in sheets(&pack.version, pack.month, &pack.consent)? {
        // With a byte order mark: without one, spreadsheets take UTF-8 for something else.
        let mut out = String::from("\u{feff}");
        let names: Vec<&str> = sheet.columns.iter().map(|idx| sheet.table.columns[*idx].name).collect();
        out.push_str(&names.join(","));
        out.push_str("\r\n");
        for batch in &sheet.batches {
            for row in 0..batch.num_rows() {
                let cells: Vec<String> = sheet.columns.iter().map(|idx| csv_cell(&sheet, batch, *idx, row)).collect();
                out.push_str(&cells.join(","));
                out.push_str("\r\n");
            }
        }
        let path = folder.join(format!("{}.csv", sheet.table.name));
        fs_err::write(path, out).map_err(Error::io("cannot write a table of the report"))?;
    }
    Ok(())
}

fn csv_cell(sheet: &Sheet<'_>, batch: &RecordBatch, idx: usize, row: usize) -> String {
    let array = batch.column(idx);
    if array.is_null(row) || sheet.is_withheld(batch, idx, row) {
        return String::new();
    }
    match sheet.table.columns[idx].kind {
        Kind::Utf8 => {
            let text = array.as_string::<i32>().value(row);
            // What begins like a formula gets an apostrophe before it.
            let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
            let text = format!("{guard}{text}");
            if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
        }
        Kind::Int32 => array.as_primitive::<Int32Type>().value(row).to_string(),
        Kind::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        Kind::Float64 => array.as_primitive::<Float64Type>().value(row).to_string(),
        Kind::Boolean => array.as_boolean().value(row).to_string(),
        Kind::Date32 => super::number::day(Some(i64::from(array.as_primitive::<Date32Type>().value(row)))),
        Kind::Timestamp => super::number::time(Some(array.as_primitive::<TimestampMicrosecondType>().value(row))),
    }
}

/// Writes the workbook.
pub(super) fn write_xlsx(pack: &Pack, path: &Path) -> Result<()> {
    let sheets = sheets(&pack.version, pack.month, &pack.consent)?;
    let failed = |error: XlsxError| Error::Io { doing: "cannot write the workbook", source: std::io::Error::other(error) };
    let mut book = Workbook::new();
    // The clock of the machine is in no file of ours.
    let epoch = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&epoch));
    for sheet in &sheets {
        let page = book.add_worksheet();
        page.set_name(sheet.table.name).map_err(failed)?;
        fill(page, sheet).map_err(failed)?;
    }
    let bytes = book.save_to_buffer().map_err(failed)?;
    fs_err::write(path, bytes).map_err(Error::io("cannot write the workbook"))
}

fn fill(page: &mut Worksheet, sheet: &Sheet<'_>) -> std::result::Result<(), XlsxError> {
    let head = Format::new().set_bold().set_background_color(0x00DD_E5EE).set_text_wrap().set_align(FormatAlign::Top);
    let (share, points, whole) =
        (Format::new().set_num_format("0.0%"), Format::new().set_num_format("0.00"), Format::new().set_num_format("#,##0"));
    let (date, time) = (Format::new().set_num_format("yyyy-mm-dd"), Format::new().set_num_format("yyyy-mm-dd hh:mm"));
    for (place, idx) in (0_u16..).zip(&sheet.columns) {
        let column = &sheet.table.columns[*idx];
        page.write_string_with_format(0, place, column.name, &head)?;
        page.set_column_width(place, if column.kind == Kind::Utf8 { 22.0 } else { 13.0 })?;
    }
    page.set_freeze_panes(1, 0)?;
    let mut line: u32 = 0;
    for batch in &sheet.batches {
        for row in 0..batch.num_rows() {
            if line as usize == MAX_ROWS {
                break;
            }
            line += 1;
            for (place, idx) in (0_u16..).zip(&sheet.columns) {
                let (array, column) = (batch.column(*idx), &sheet.table.columns[*idx]);
                if array.is_null(row) || sheet.is_withheld(batch, *idx, row) {
                    continue;
                }
                match column.kind {
                    Kind::Utf8 => page.write_string(line, place, clipped(array.as_string::<i32>().value(row)))?,
                    Kind::Int32 => page.write_number_with_format(line, place, array.as_primitive::<Int32Type>().value(row), &whole)?,
                    Kind::Int64 => {
                        page.write_number_with_format(line, place, array.as_primitive::<Int64Type>().value(row) as f64, &whole)?
                    }
                    Kind::Float64 => {
                        let format = if column.unit == Some("0 to 1") { &share } else { &points };
                        page.write_number_with_format(line, place, array.as_primitive::<Float64Type>().value(row), format)?
                    }
                    Kind::Boolean => page.write_boolean(line, place, array.as_boolean().value(row))?,
                    Kind::Date32 => {
                        let text = super::number::day(Some(i64::from(array.as_primitive::<Date32Type>().value(row))));
                        page.write_datetime_with_format(line, place, ExcelDateTime::parse_from_str(&text)?, &date)?
                    }
                    Kind::Timestamp => {
                        let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
                        page.write_datetime_with_format(line, place, ExcelDateTime::from_timestamp(micros / 1_000_000)?, &time)?
                    }
                };
            }
        }
    }
    let last = u16::try_from(sheet.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    page.autofilter(0, 0, line, last)?;
    Ok(())
}

/// A cell takes 32,767 characters.
fn clipped(text: &str) -> String {
    text.chars().take(32_000).collect()
}
