//! How does a list become a file that opens in a spreadsheet and runs nothing there?
//!
//! CSV: a cell that a spreadsheet would take for a formula gets an apostrophe before it. XLSX: text is written as text, which no
//! spreadsheet takes for a formula. Both hold the same cells.

use super::answer::Answer;
use super::list::{Align, Cell, List};

/// The file that was asked for (`as=csv`, `as=xlsx`); none: the page.
pub(super) fn file(list: &List, kind: Option<&str>) -> Option<Answer> {
    match kind {
        Some("csv") => Some(Answer::file("text/csv; charset=utf-8", &format!("{}.csv", list.name), csv(list).into_bytes())),
        Some("xlsx") => {
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            Some(Answer::file(kind, &format!("{}.xlsx", list.name), xlsx(list)))
        }
        _ => None,
    }
}

fn columns(list: &List) -> Vec<usize> {
    list.columns.iter().enumerate().filter(|(_, column)| column.align != Align::Signs).map(|(idx, _)| idx).collect()
}

/// With a byte order mark: without one, spreadsheets take UTF-8 for something else.
fn csv(list: &List) -> String {
    let columns = columns(list);
    let mut out = String::from("\u{feff}");
    let mut line = |cells: Vec<String>| {
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    };
    line(columns.iter().map(|idx| quoted(list.columns[*idx].label)).collect());
    for row in &list.rows {
        line(columns.iter().map(|idx| csv_cell(&row[*idx])).collect());
    }
    out
}

fn csv_cell(cell: &Cell) -> String {
    if cell.number.is_some() { cell.text.clone() } else { quoted(&defused(&cell.text)) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Text that no spreadsheet takes for a formula.
pub(super) fn defused(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\u{200b}']).chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '%' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

fn xlsx(list: &List) -> Vec<u8> {
    let mut sheet = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><sheetData>",
    );
    let columns = columns(list);
    let heads: Vec<Cell> = columns.iter().map(|idx| Cell::text(list.columns[*idx].label)).collect();
    sheet_row(&mut sheet, &heads.iter().collect::<Vec<_>>());
    for row in &list.rows {
        sheet_row(&mut sheet, &columns.iter().map(|idx| &row[*idx]).collect::<Vec<_>>());
    }
    sheet.push_str("</sheetData></worksheet>");
    const TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>";
    const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
    const WORKBOOK: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"List\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
    const SHEETS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
    zip(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", SHEETS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// The longest text of a cell that spreadsheets open.
const MAX_CELL_CHARS: usize = 32_767;

fn sheet_row(sheet: &mut String, cells: &[&Cell]) {
    sheet.push_str("<row>");
    for cell in cells {
        match cell.number {
            Some(number) => sheet.push_str(&format!("<c><v>{number}</v></c>")),
            None => {
                sheet.push_str("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">");
                for c in cell.text.chars().take(MAX_CELL_CHARS) {
                    match c {
                        '&' => sheet.push_str("&amp;"),
                        '<' => sheet.push_str("&lt;"),
                        '>' => sheet.push_str("&gt;"),
                        '\t' | '\n' | '\r' => sheet.push(c),
                        // XML 1.0 has no way to write these.
                        c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => sheet.push('\u{fffd}'),
                        c => sheet.push(c),
                    }
                }
                sheet.push_str("</t></is></c>");
            }
        }
    }
    sheet.push_str("</row>");
}

/// A ZIP file of parts that are not packed: lists of a page are small, and a packer would be one more thing to trust.
fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let offset = out.len() as u32;
        let size = content.len() as u32;
        let mut head = Vec::new();
        // Version 2.0, no flags, stored, 1980-01-01.
        head.extend([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]);
        head.extend(crc.sum().to_le_bytes());
        head.extend(size.to_le_bytes());
        head.extend(size.to_le_bytes());
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(*content);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let offset = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((parts.len() as u16).to_le_bytes());
    out.extend((parts.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(offset.to_le_bytes());
    out.extend([0, 0]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> List {
        let mut list = List::new("things", "Things", &[("Name", Align::Words), ("N", Align::Figures), ("", Align::Signs)], "none");
        for text in ["=cmd|' /C calc'!A0", "plain \"quoted\", text\nwith a line", "@SUM(A1)", "-1+1", "\u{0}<b>&"] {
            list.row(vec![Cell::text(text), Cell::count(-3), Cell::none()]);
        }
        list
    }

    #[test]
    fn formulas_are_defused_and_numbers_stay_numbers() {
        let csv = csv(&list());
        assert!(csv.starts_with("\u{feff}\"Name\",\"N\"\r\n"), "{csv}");
        for line in ["\"'=cmd|' /C calc'!A0\",-3", "\"'@SUM(A1)\",-3", "\"'-1+1\",-3", "\"plain \"\"quoted\"\", text\nwith a line\",-3"] {
            assert!(csv.contains(line), "{line} in {csv}");
        }
        assert_eq!(defused("  =1"), "'  =1");
        assert_eq!(defused("good - but"), "good - but");
    }

    #[test]
    fn a_workbook_opens_and_holds_text() {
        use calamine::{Data, Reader as _, Xlsx};
        let mut book = Xlsx::new(std::io::Cursor::new(xlsx(&list()))).unwrap();
        let range = book.worksheet_range("List").unwrap();
        assert_eq!(range.get_value((1, 0)), Some(&Data::String("=cmd|' /C calc'!A0".to_owned())));
        assert_eq!(range.get_value((1, 1)), Some(&Data::Float(-3.0)));
        assert_eq!(range.get_value((5, 0)), Some(&Data::String("\u{fffd}<b>&".to_owned())));
    }
}
