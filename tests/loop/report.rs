//! The monthly HOTLINE report goes out as a file and comes back edited.

use super::*;

/// The report as rows of cells, and back.
fn report(place: &Place) -> Vec<Vec<String>> {
    let output = place.program(&["hotline", "export", "--csv", "-", "--out", "out", "--as-of", AS_OF]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    parse_csv(std::str::from_utf8(&output.stdout).unwrap().trim_start_matches('\u{feff}'))
}

fn parse_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}

fn write_report(place: &Place, name: &str, rows: &[Vec<String>]) {
    let line = |row: &Vec<String>| row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
    place.write(name, rows.iter().map(|row| line(row) + "\r\n").collect::<String>());
}

fn set(rows: &mut [Vec<String>], id: &str, column: &str, value: &str) {
    let place = rows[0].iter().position(|name| name == column).unwrap_or_else(|| panic!("no column {column}"));
    let row = rows.iter_mut().find(|row| row[0] == id).unwrap();
    row[place] = value.to_owned();
}

/// Imports and gives exit code, plan and what was told.
fn import(place: &Place, arguments: &[&str]) -> (i32, serde_json::Value, String) {
    let all: Vec<&str> =
        ["hotline", "import", "--out", "out", "--json", "--who", "Bo"].into_iter().chain(arguments.iter().copied()).collect();
    let output = place.program(&all);
    let told = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_default(), told)
}

fn kinds(plan: &serde_json::Value) -> Vec<&str> {
    plan["changes"].as_array().unwrap().iter().map(|change| change["kind"].as_str().unwrap()).collect()
}

#[test]
fn the_report_comes_back_edited() {
    let place = published();
    let case = case_of(&place, "R-3", "care");
    let lead = case_of(&place, "R-4", "sales");
    let mut rows = report(&place);
    assert_eq!(rows.len() as u64, 1 + Casebook::open(&place.out()).unwrap().cases(&Filter::default()).unwrap().len() as u64);
    write_report(&place, "same.csv", &rows);
    let (code, plan, told) = import(&place, &["same.csv"]);
    assert_eq!((code, kinds(&plan).len()), (0, 0), "an unedited report changes nothing: {plan} {told}");

    set(&mut rows, &case.hotline_id, "Owner", "Zoë Müller 📞");
    set(&mut rows, &case.hotline_id, "First acted (UTC)", "2026-10-02 09:30");
    set(&mut rows, &case.hotline_id, "Status", "closed");
    set(&mut rows, &case.hotline_id, "Closed (UTC)", "2026-10-02 11:00");
    set(&mut rows, &case.hotline_id, "Disposition", "Expectation reset");
    set(&mut rows, &case.hotline_id, "Root cause", "billing");
    set(&mut rows, &case.hotline_id, "Resolution", "'=explained\nthe \"new\" price");
    set(&mut rows, &lead.hotline_id, "New note", "asked for 3 lines");
    set(&mut rows, &lead.hotline_id, "External ref", "CRM-7");
    write_report(&place, "edited.csv", &rows);
    let (code, plan, told) = import(&place, &["edited.csv"]);
    assert_eq!(code, 0, "{told}");
    let mut planned = kinds(&plan);
    planned.sort_unstable();
    assert_eq!(planned, ["acted", "closed", "note", "reassigned"], "one event a change");
    assert!(told.contains("nothing written yet: add --apply"), "{told}");
    assert_eq!(case_of(&place, "R-3", "care").state.owner, None, "a preview writes nothing");

    let (code, _, told) = import(&place, &["edited.csv", "--apply", "--at", "2026-10-03T08:00:00Z"]);
    assert!(code == 0 && told.contains("4 events written"), "{told}");
    let state = case_of(&place, "R-3", "care").state;
    assert_eq!((state.status, state.owner.as_deref()), (Status::Closed, Some("Zoë Müller 📞")));
    assert_eq!(state.resolution.as_deref(), Some("=explained\nthe \"new\" price"));
    assert_eq!((state.first_acted_at, state.closed_at), (Some(micros("2026-10-02T09:30:00Z")), Some(micros("2026-10-02T11:00:00Z"))));
    assert_eq!(case_of(&place, "R-4", "sales").state.external_ref.as_deref(), Some("CRM-7"));
    let (code, plan, _) = import(&place, &["edited.csv", "--apply"]);
    assert_eq!((code, kinds(&plan).len()), (0, 0), "the same file again changes nothing: {plan}");

    // What came out again is what is there: formulas defused, and nothing to take over.
    let rows = report(&place);
    let resolution = rows[0].iter().position(|name| name == "Resolution").unwrap();
    let row = rows.iter().find(|row| row[0] == case.hotline_id).unwrap();
    assert_eq!(row[resolution], "'=explained\nthe \"new\" price");
    write_report(&place, "again.csv", &rows);
    assert_eq!(kinds(&import(&place, &["again.csv"]).1).len(), 0);
}

#[test]
fn what_was_changed_on_both_sides_is_a_conflict() {
    let place = published();
    let case = case_of(&place, "R-3", "care");
    let mut rows = report(&place);
    apply(&place, &case, &Operation::Assign { owner: "Ann".to_owned(), text: String::new() }, AS_OF).unwrap();
    apply(&place, &case, &act("called"), "2026-10-02T09:00:00Z").unwrap();
    set(&mut rows, &case.hotline_id, "Owner", "Bo");
    set(&mut rows, &case.hotline_id, "New note", "told him");
    write_report(&place, "edited.csv", &rows);
    let (code, plan, _) = import(&place, &["edited.csv", "--apply"]);
    assert_eq!(code, 1);
    let conflict = &plan["conflicts"][0];
    assert_eq!((&conflict["field"], &conflict["file"], &conflict["here"]), (&"Owner".into(), &"Bo".into(), &"Ann".into()));
    assert_eq!(kinds(&plan), ["note"], "what only one side changed is taken over; that somebody acted here is no conflict");
    assert_eq!(case_of(&place, "R-3", "care").state.owner.as_deref(), Some("Ann"));
    let (code, plan, _) = import(&place, &["edited.csv", "--apply", "--take-file"]);
    assert_eq!((code, kinds(&plan)), (0, vec!["reassigned"]));
    assert_eq!(case_of(&place, "R-3", "care").state.owner.as_deref(), Some("Bo"));
}

#[test]
fn a_spreadsheet_goes_there_and_back() {
    let place = published();
    let case = case_of(&place, "R-3", "care");
    apply(&place, &case, &act("called"), "2026-10-02T09:00:30Z").unwrap();
    apply(&place, &case, &close("-5 % given back,\nshe is content"), "2026-10-02T10:00:59Z").unwrap();
    let export = |name: &str| {
        let output = place.program(&["hotline", "export", "--xlsx", name, "--out", "out", "--as-of", AS_OF]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        fs_err::read(place.path(name)).unwrap()
    };
    assert!(export("a.xlsx") == export("b.xlsx"), "the same cases give the same bytes");
    let (code, plan, told) = import(&place, &["a.xlsx"]);
    assert_eq!((code, kinds(&plan).len()), (0, 0), "{plan} {told}");
    let n = Casebook::open(&place.out()).unwrap().cases(&Filter::default()).unwrap().len();
    assert_eq!(plan["n_lines"], n, "{plan}");
}

#[test]
fn an_export_of_a_ticket_system_is_read() {
    let place = published();
    let (care, lead) = (case_of(&place, "R-3", "care").hotline_id, case_of(&place, "R-4", "sales").hotline_id);
    place.write(
        "tickets.csv",
        format!(
            "ID,Subject,Status,Assignee,Initially assigned at,Solved at,Updated at,HOTLINE case\n\
             4711,Angry customer,Solved,Ann Lee,2026-10-02 09:00,2026-10-02 12:15,2026-10-02 12:15,{care}\n\
             4712,Upgrade,Pending,,2026-10-02 10:00,,2026-10-02 10:00,{lead}\n\
             4713,Other,Open,,,,2026-10-02 10:00,\n\
             4714,Other,Broken,,,,2026-10-02 10:00,{care}\n"
        ),
    );
    let (code, plan, told) = import(&place, &["tickets.csv", "--apply", "--at", "2026-10-05T08:00:00Z"]);
    assert_eq!((code, plan["mapping"].as_str()), (1, Some("zendesk")), "{told}");
    let problems: Vec<&str> = plan["problems"].as_array().unwrap().iter().map(|p| p["what"].as_str().unwrap()).collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!(plan["n_others"], 1);
    let state = case_of(&place, "R-3", "care").state;
    assert_eq!((state.status, state.disposition.as_deref()), (Status::Closed, Some("resolved")));
    assert_eq!((state.owner.as_deref(), state.external_ref.as_deref()), (Some("Ann Lee"), Some("4711")));
    assert_eq!(state.closed_at.map(|at| at - at % 1_000_000), Some(micros("2026-10-02T12:15:00Z")));
    assert_eq!(case_of(&place, "R-4", "sales").state.status, Status::Acting);
    let (_, plan, _) = import(&place, &["tickets.csv"]);
    assert_eq!(kinds(&plan).len(), 0, "{plan}");
    // Somebody opens it again here; the old export does not close it once more.
    apply(&place, &case_of(&place, "R-3", "care"), &Operation::Reopen { text: String::new() }, "2026-10-06T08:00:00Z").unwrap();
    let (_, plan, _) = import(&place, &["tickets.csv"]);
    assert_eq!((kinds(&plan).len(), plan["conflicts"][0]["field"].as_str()), (0, Some("Status")), "{plan}");
    let (code, _, error) = import(&place, &["a.csv"]);
    assert!(code == 2 && error.contains("no HOTLINE report") && error.contains("zendesk"), "{error}");
}
