//! How does the HOTLINE report reach people who work in spreadsheets?
//!
//! One line a case. What [`super::import`] reads back is marked by the column `Last event`, by which it sees what was changed on either side.

use std::io::Write;

use rust_xlsxwriter::{DataValidation, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::case::Case;
use super::close::Disposition;
use super::field::{Cell, Field, FieldKind, defused};
use super::state::Status;

/// Writes the report as CSV: UTF-8 with a byte-order mark, without which Excel takes it for Windows-1252.
pub fn csv(cases: &[Case], out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let line = |cells: Vec<String>, out: &mut dyn Write| out.write_all(format!("{}\r\n", cells.join(",")).as_bytes());
    line(Field::of_report().map(|field| quoted(field.heading())).collect(), out)?;
    for case in cases {
        line(Field::of_report().map(|field| quoted(&text(&field.cell(case)))).collect(), out)?;
    }
    Ok(())
}

/// Times to the minute: as spreadsheets show them, and as they come back.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => defused(text).into_owned(),
        Cell::Time(micros) => {
            jiff::Timestamp::from_microsecond(*micros).map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
        }
        Cell::Number(number) => number.to_string(),
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r', ';', '\t']) || cell.trim() != cell {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// The report as a spreadsheet: times are times, states and dispositions are chosen from lists, no cell is a formula.
///
/// `created`: the time that the file says it was made at, microseconds since 1970-01-01T00:00Z; the same cases and time give the same bytes.
///
/// Fails when the cases are more than a sheet has rows.
pub fn xlsx(cases: &[Case], created: i64) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_timestamp(created.div_euclid(1_000_000))?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_title("HOTLINE").set_creation_datetime(&created));
    let sheet = book.add_worksheet().set_name("HOTLINE")?;
    let head = Format::new().set_bold().set_background_color(0x00DD_E5EE);
    let long = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let top = Format::new().set_align(FormatAlign::Top);
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm").set_align(FormatAlign::Top);
    for (column, field) in (0_u16..).zip(Field::of_report()) {
        sheet.write_string_with_format(0, column, field.heading(), &head)?;
        sheet.set_column_width(column, width(field))?;
        for (row, case) in (1_u32..).zip(cases) {
            match field.cell(case) {
                Cell::Empty => {}
                Cell::Text(text) if field.kind() == FieldKind::Long => {
                    sheet.write_string_with_format(row, column, cut(&defused(&text)), &long)?;
                }
                Cell::Text(text) => {
                    sheet.write_string_with_format(row, column, cut(&defused(&text)), &top)?;
                }
                Cell::Time(micros) => {
                    let minute = micros.div_euclid(60_000_000) * 60;
                    sheet.write_datetime_with_format(row, column, ExcelDateTime::from_timestamp(minute)?, &time)?;
                }
                Cell::Number(number) => {
                    sheet.write_number_with_format(row, column, number, &top)?;
                }
            }
        }
    }
    let n = u32::try_from(cases.len()).unwrap_or(u32::MAX);
    choices(sheet, Field::Status, &Status::ALL.map(Status::as_str), n)?;
    choices(sheet, Field::Disposition, &Disposition::ALL.map(Disposition::as_str), n)?;
    sheet.set_freeze_panes(1, 3)?;
    sheet.autofilter(0, 0, n, Field::of_report().count() as u16 - 1)?;
    book.save_to_buffer()
}

fn choices(sheet: &mut Worksheet, field: Field, values: &[&str], n_rows: u32) -> Result<(), XlsxError> {
    let column = Field::of_report().position(|other| other == field).expect("a column of the report") as u16;
    let list = DataValidation::new().allow_list_strings(values)?;
    if n_rows > 0 {
        sheet.add_data_validation(1, column, n_rows, column, &list)?;
    }
    Ok(())
}

/// A cell of a spreadsheet holds 32,767 characters.
fn cut(text: &str) -> String {
    text.chars().take(32_767).collect()
}

fn width(field: Field) -> f64 {
    match (field, field.kind()) {
        (Field::HotlineId | Field::LastEvent | Field::LinkedTo, _) => 12.0,
        (_, FieldKind::Long) => 48.0,
        (_, FieldKind::Time) => 16.0,
        (_, FieldKind::Number) => 10.0,
        (_, FieldKind::Text) => 18.0,
    }
}
