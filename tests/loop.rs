//! The closed loop from outside: what people do with cases, and what the tables say afterwards.

#![expect(clippy::unwrap_used, reason = "a test that fails there has said enough")]

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;

use outspoken::Error;
use outspoken::casework::{By, Case, Casebook, Closing, Disposition, Filter, Operation, Status};
use outspoken::runner::{SyncOptions, SyncOutcome, sync};

use crate::support::{AS_OF, Place, column, files, run_with};

const ROWS: &str = "Response ID,Date,Comment,Rating,Account ID,Account name,Contact name\n\
    R-1,2026-07-03,The technician was on time and very friendly,5,A-1,Blue Door Bakery,Kim Lee\n\
    R-2,2026-08-28,I will cancel my account if this is not fixed.,1,A-2,Harbour Clinic,Zoë Müller\n\
    R-3,2026-09-20,I will cancel my account today and talk to my lawyer,1,A-2,Harbour Clinic,Zoë Müller\n\
    R-4,2026-09-21,Is there a bigger plan? I'd like to upgrade,4,A-3,Redwood Tools,Ann Ito\n\
    R-5,2026-06-02,I will cancel my account today.,2,A-1,Blue Door Bakery,Kim Lee\n\
    R-6,2026-09-22,Fine overall and the app could be faster,4,A-3,Redwood Tools,Ann Ito\n";

fn micros(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

fn published() -> Place {
    let place = Place::new();
    place.write("a.csv", ROWS);
    place.run(&["a.csv"]);
    place
}

/// The only case of a response in a route.
fn case_of(place: &Place, response: &str, route: &str) -> Case {
    let cases = Casebook::open(&place.out()).unwrap().cases(&Filter::default()).unwrap();
    let mut found = cases.into_iter().filter(|case| case.response_id == response && case.route == route);
    let case = found.next().unwrap_or_else(|| panic!("{response} has no case of {route}"));
    assert!(found.next().is_none());
    case
}

fn by(at: &str) -> By {
    By { who: "Ana Ruiz".to_owned(), at: micros(at), seen: None }
}

fn apply(place: &Place, case: &Case, operation: &Operation, at: &str) -> Result<Case, Error> {
    Casebook::open(&place.out()).unwrap().apply(case, operation, &by(at))
}

fn act(text: &str) -> Operation {
    Operation::Act { text: text.to_owned(), owner: None }
}

fn close(resolution: &str) -> Operation {
    let closing = Closing {
        disposition: Disposition::Resolved,
        resolution: resolution.to_owned(),
        root_cause: Some("billing run".to_owned()),
        value_won: None,
    };
    Operation::Close(closing)
}

fn synced(place: &Place) -> SyncOutcome {
    let mut options = SyncOptions::new(place.out());
    options.as_of = AS_OF.parse().unwrap();
    sync(&options).unwrap()
}

/// A column of `hotline` by the id of the case.
fn cells(place: &Place, name: &str) -> BTreeMap<String, String> {
    column(&place.out(), "hotline", "hotline_id").into_iter().zip(column(&place.out(), "hotline", name)).collect()
}

#[test]
fn what_people_decide_is_in_the_tables_after_sync() {
    let place = published();
    let case = case_of(&place, "R-3", "care");
    apply(&place, &case, &act("called"), "2026-10-02T09:00:00Z").unwrap();
    apply(&place, &case, &Operation::Assign { owner: "Zoë 📞".to_owned(), text: String::new() }, "2026-10-02T09:01:00Z").unwrap();
    apply(&place, &case, &close("Refunded.\nShe stays."), "2026-10-02T10:00:00Z").unwrap();
    let before = case_of(&place, "R-3", "care");
    assert_eq!((before.state.status, before.is_ahead), (Status::Closed, true), "decisions are seen at once");

    let outcome = synced(&place);
    assert_eq!(outcome.months.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-09"]);
    for (name, value) in [
        ("status", "closed"),
        ("first_acted_at", "2026-10-02T09:00:00Z"),
        ("closed_at", "2026-10-02T10:00:00Z"),
        ("owner", "Zoë 📞"),
        ("resolution", "Refunded.\nShe stays."),
        ("disposition", "resolved"),
        ("root_cause", "billing run"),
        ("reopen_count", "0"),
    ] {
        assert_eq!(cells(&place, name)[&case.hotline_id], value, "{name}");
    }
    assert!(!case_of(&place, "R-3", "care").is_ahead);
    let accounts = column(&place.out(), "account_month", "account_id");
    let open = column(&place.out(), "account_month", "open_hotlines");
    let of_clinic: Vec<&String> = accounts.iter().zip(&open).filter(|(account, _)| *account == "A-2").map(|(_, n)| n).collect();
    assert_eq!(of_clinic, ["1", "0"], "August is still open, September is closed");
}

#[test]
fn sync_with_nothing_decided_publishes_nothing() {
    let place = published();
    let version = || fs_err::read_link(place.out().join("current")).unwrap();
    let before = version();
    assert_eq!(synced(&place).run_id, None);
    assert_eq!(version(), before);
    apply(&place, &case_of(&place, "R-3", "care"), &Operation::Note { text: "he is away".to_owned(), external_ref: None }, AS_OF).unwrap();
    assert_eq!(synced(&place).run_id, None, "a note changes no table");
}

#[test]
fn months_without_decisions_keep_their_files() {
    let place = published();
    let tables = place.out().join("tables");
    let inodes = || -> BTreeMap<String, u64> {
        files(&tables).into_keys().map(|name| (name.clone(), fs_err::metadata(tables.join(name)).unwrap().ino())).collect()
    };
    let before = inodes();
    apply(&place, &case_of(&place, "R-3", "care"), &close("done"), AS_OF).unwrap();
    synced(&place);
    let after = inodes();
    let changed: Vec<&String> = before.keys().filter(|name| before[*name] != after[*name]).collect();
    assert_eq!(
        changed,
        ["account_month/p_month=2026-09-01/part-0.parquet", "hotline/p_month=2026-09-01/part-0.parquet"],
        "what was closed, and the account's open cases"
    );
}

#[test]
fn sync_and_a_run_come_to_the_same_bytes() {
    let decide = |place: &Place| {
        apply(place, &case_of(place, "R-3", "care"), &act("called"), AS_OF).unwrap();
        apply(place, &case_of(place, "R-2", "care"), &close("done"), AS_OF).unwrap();
    };
    let (a, b) = (published(), published());
    decide(&a);
    decide(&b);
    synced(&a);
    b.run(&["a.csv"]);
    for name in ["hotline_id", "status", "first_acted_at", "closed_at", "respond_by", "linked_to"] {
        assert_eq!(column(&a.out(), "hotline", name), column(&b.out(), "hotline", name), "{name}");
    }
    assert_eq!(column(&a.out(), "account_month", "open_hotlines"), column(&b.out(), "account_month", "open_hotlines"));
}

#[test]
fn a_response_keeps_its_case_over_runs_and_corrected_dumps() {
    let place = published();
    let case = case_of(&place, "R-3", "care");
    apply(&place, &case, &act("called"), AS_OF).unwrap();
    place.write("b.csv", ROWS.replace("talk to my lawyer", "never come back"));
    let mut options = place.options(&["b.csv"]);
    options.as_of = "2026-10-20T08:00:00Z".parse().unwrap();
    assert_eq!(run_with(&options).unwrap().manifest.rows.replacing, 1);
    let after = case_of(&place, "R-3", "care");
    assert_eq!((after.hotline_id, after.state.status), (case.hotline_id, Status::Acting));
    assert_eq!(after.state.detected_at, micros(AS_OF));
}

#[test]
fn an_operation_that_has_not_seen_the_last_event_is_refused() {
    let place = published();
    let case = case_of(&place, "R-3", "care");
    let mut book = Casebook::open(&place.out()).unwrap();
    let seen = |key: &str| By { seen: Some(key.to_owned()), ..by(AS_OF) };
    let after = book.apply(&case, &act("called"), &seen(&case.last_event)).unwrap();
    let error = book.apply(&case, &close("done"), &seen(&case.last_event)).unwrap_err();
    assert!(matches!(error, Error::CaseChanged { n_since: 1, .. }), "{error}");
    assert_eq!(
        error.to_string(),
        format!(
            "case {} was changed since you looked: 1 new event(s), the last one `acted` by Ana Ruiz at 2026-10-02 08:00:00Z",
            case.hotline_id
        )
    );
    book.apply(&case, &close("done"), &seen(&after.last_event)).unwrap();
}

#[test]
fn what_does_not_fit_where_a_case_stands_is_refused() {
    let place = published();
    let check = |operation: Operation, what: &str| {
        let case = case_of(&place, "R-3", "care");
        let error = apply(&place, &case, &operation, AS_OF).unwrap_err();
        assert!(error.to_string().contains(what) && error.hint().is_some(), "{operation:?}: {error}");
    };
    let closing =
        |disposition, resolution: &str, value_won| Closing { disposition, resolution: resolution.to_owned(), root_cause: None, value_won };
    check(Operation::Reopen { text: String::new() }, "not closed");
    check(Operation::Close(closing(Disposition::Resolved, "  ", None)), "needs a resolution");
    check(Operation::Close(closing(Disposition::LeadWon, "sold", None)), "has a value");
    check(Operation::Close(closing(Disposition::Resolved, "done", Some(5.0))), "`resolved` has no value");
    check(Operation::Close(closing(Disposition::LeadWon, "sold", Some(f64::NAN))), "is no value");
    check(Operation::Amend(closing(Disposition::Resolved, "done", None)), "not closed");
    check(Operation::Note { text: "\n".to_owned(), external_ref: None }, "empty");
    apply(&place, &case_of(&place, "R-3", "care"), &close("done"), AS_OF).unwrap();
    check(act("again"), "is closed");
    check(close("again"), "closed already");
}

#[test]
fn a_historical_case_gets_its_clock_when_somebody_takes_it_up() {
    let place = published();
    let case = case_of(&place, "R-5", "care");
    assert_eq!((case.state.status, case.respond_by), (Status::Historical, None));
    let acting = apply(&place, &case, &act("called"), AS_OF).unwrap();
    assert_eq!(acting.state.status, Status::Acting);
    assert!(acting.respond_by.is_some_and(|by| by >= acting.state.detected_at));
}

#[test]
fn cases_of_an_account_within_thirty_days_are_linked() {
    let place = published();
    let (first, second) = (case_of(&place, "R-2", "care"), case_of(&place, "R-3", "care"));
    assert_eq!(second.linked_to, Some(first.hotline_id));
    assert_eq!(first.linked_to, None);
}

#[test]
fn the_commands_do_what_they_say() {
    let place = published();
    let ask = |arguments: &[&str], exit_code: i32| {
        let all: Vec<&str> = ["hotline"].into_iter().chain(arguments.iter().copied()).chain(["--out", "out"]).collect();
        let output = place.program(&all);
        let texts = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(output.status.code(), Some(exit_code), "{arguments:?}\n{}\n{}", texts[0], texts[1]);
        texts
    };
    let id = case_of(&place, "R-3", "care").hotline_id;
    let prefix = id.get(..8).unwrap();
    let [list, _] = ask(&["list", "--as-of", "2026-10-09T08:00:00Z"], 0);
    assert!(list.contains("OVERDUE") && list.contains("Harbour Clinic") && list.contains(prefix), "{list}");
    let [sales, _] = ask(&["list", "--route", "sales", "--json"], 0);
    let sales: serde_json::Value = serde_json::from_str(&sales).unwrap();
    assert_eq!((sales.as_array().unwrap().len(), &sales[0]["response_id"]), (1, &"R-4".into()));
    let [all, _] = ask(&["list", "--all", "--account", "harbour", "--month", "2026-09"], 0);
    assert_eq!(all.lines().count(), 2, "{all}");

    let [case, _] = ask(&["show", prefix], 0);
    for text in [id.as_str(), "Comment: I will cancel my account today", "fired", "legal", "earlier cases", "Zoë Müller", "history (UTC)"]
    {
        assert!(case.contains(text), "no {text:?} in\n{case}");
    }
    let at = ["--who", "Ana Ruiz", "--at", "2026-10-02T09:00:00Z"];
    ask(&[&["act", prefix, "called"], &at[..]].concat(), 0);
    ask(&[&["contacted", prefix, "she is angry"], &at[..]].concat(), 0);
    ask(&[&["note", prefix, "two\nlines", "--external-ref", "T-77"], &at[..]].concat(), 0);
    ask(&[&["assign", prefix, "Bo"], &at[..]].concat(), 0);
    let [_, error] = ask(&["close", prefix, "--disposition", "resolved"], 2);
    assert!(error.contains("no resolution was given"), "{error}");
    let [_, error] = ask(&["close", prefix, "--disposition", "done", "--resolution", "x"], 2);
    assert!(error.contains("expectation_reset"), "{error}");
    ask(&["close", prefix, "--disposition", "expectation-reset", "--resolution", "explained", "--root-cause", "price", "--quiet"], 0);
    let [_, error] = ask(&["act", prefix], 2);
    assert!(error.contains("is closed") && error.contains("hint: "), "{error}");
    let [reopened, _] = ask(&["reopen", prefix, "she called again", "--json"], 0);
    let reopened: serde_json::Value = serde_json::from_str(&reopened).unwrap();
    assert_eq!((&reopened["status"], &reopened["reopen_count"], &reopened["external_ref"]), (&"acting".into(), &1.into(), &"T-77".into()));
    let [case, _] = ask(&["show", &prefix.to_uppercase(), "--json"], 0);
    let case: serde_json::Value = serde_json::from_str(&case).unwrap();
    let kinds: Vec<&str> = case["history"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["detected", "acted", "contacted", "note", "reassigned", "closed", "reopened"]);
    let [_, error] = ask(&["show", "zzzz"], 2);
    assert!(error.contains("not found"), "{error}");
}

fn add(place: &Place, arguments: &[&str]) -> (i32, String, String) {
    let all: Vec<&str> = ["hotline", "add"].into_iter().chain(arguments.iter().copied()).chain(["--out", "out", "--at", AS_OF]).collect();
    let output = place.program(&all);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_owned();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_case_opened_by_hand_is_seen_at_once_and_survives_runs() {
    let place = published();
    let (code, id, _) = add(&place, &["Rang us: the app\nkeeps logging him out", "--account", "redwood tools", "--severity", "3"]);
    assert_eq!((code, id.len()), (0, 26), "{id}");
    let case = case_of(&place, "R-6", "care");
    assert_eq!((case.hotline_id.as_str(), case.trigger.as_deref(), case.is_ahead), (id.as_str(), Some("manual"), true));
    assert_eq!(case.account_name.as_deref(), Some("Redwood Tools"), "the newest response of the account");
    assert!(case.respond_by.is_some());
    let (code, _, error) = add(&place, &["again", "--response", "R-6"]);
    assert!(code == 2 && error.contains("has this case of care already") && error.contains("hint: "), "{error}");
    for (arguments, what) in [
        (&["x", "--response", "R-99"][..], "no such response"),
        (&["x", "--account", "Nobody"], "no response is of this account"),
        (&["x", "--response", "R-1", "--severity", "9"], "9 is no severity"),
        (&["x", "--response", "R-1", "--within", "soon"], "no time to respond"),
        (&[" ", "--response", "R-1"], "it says nothing"),
    ] {
        let (code, _, error) = add(&place, arguments);
        assert!(code == 2 && error.contains(what) && error.contains("hint: "), "{arguments:?}: {error}");
    }

    let check = |place: &Place| {
        assert_eq!(cells(place, "trigger")[&id], "manual");
        assert_eq!(cells(place, "status")[&id], "open");
        assert_eq!(cells(place, "context")[&id], "rating: 4 (of 1 to 5)\nComment: Fine overall and the app could be faster");
        assert_eq!(cells(place, "account_id")[&id], "A-3");
        let flags: BTreeMap<String, String> =
            column(&place.out(), "response", "response_id").into_iter().zip(column(&place.out(), "response", "is_hotline")).collect();
        assert_eq!(flags["R-6"], "true", "a response with a case is a HOTLINE");
    };
    assert!(synced(&place).run_id.is_some());
    check(&place);
    assert!(!case_of(&place, "R-6", "care").is_ahead);
    place.run(&["a.csv"]);
    check(&place);
    // The response is written again, and in another month.
    place.write("b.csv", ROWS.replace("R-6,2026-09-22", "R-6,2026-08-22"));
    place.run(&["b.csv"]);
    check(&place);
    assert_eq!(cells(&place, "report_month")[&id], "2026-08-01");
    assert_eq!(synced(&place).run_id, None, "the run brought everything up to date");
}

#[test]
fn work_that_was_begun_does_not_vanish_when_a_text_is_corrected() {
    let place = published();
    let (worked, other) = (case_of(&place, "R-3", "care"), case_of(&place, "R-2", "care"));
    apply(&place, &worked, &act("called"), AS_OF).unwrap();
    let calm = |rows: String| {
        rows.replace("I will cancel my account today and talk to my lawyer,1", "All is well now,5")
            .replace("I will cancel my account if this is not fixed.,1", "All is well here too,5")
    };
    place.write("b.csv", calm(ROWS.to_owned()));
    place.run(&["b.csv"]);
    let status = cells(&place, "status");
    assert_eq!(status.get(&worked.hotline_id).map(String::as_str), Some("acting"));
    assert_eq!(status.get(&other.hotline_id), None, "nobody worked on it");
    let flags: BTreeMap<String, String> =
        column(&place.out(), "response", "response_id").into_iter().zip(column(&place.out(), "response", "is_hotline")).collect();
    assert_eq!((flags["R-3"].as_str(), flags["R-2"].as_str()), ("true", "false"));
    // The response itself goes: the case has nothing to hang on.
    place.write(
        "c.csv",
        calm(ROWS.to_owned()).lines().filter(|line| !line.starts_with("R-3")).map(|line| format!("{line}\n")).collect::<String>(),
    );
    let mut options = place.options(&["c.csv"]);
    options.replace_month = true;
    let manifest = run_with(&options).unwrap().manifest;
    assert!(manifest.warnings.iter().any(|warning| warning.contains("1 HOTLINE cases")), "{:?}", manifest.warnings);
    assert_eq!(cells(&place, "status").get(&worked.hotline_id), None);
}

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

const REACHABLE: &str = "Response ID,Date,Comment,Rating,Account ID,Account name,Contact name,Email,Phone\n\
    R-1,2026-09-20,I will cancel my account today. Ring me on +1 202 555 0143 or write to kim.private@example.org. My card is 4111 1111 1111 1111,1,A-2,Harbour Clinic,Kim Lee,kim.lee@harbour.example,+1 202 555 0199\n\
    R-2,2026-09-21,Everything was fine and quick. Write to ann@example.org,5,A-3,Redwood Tools,Ann Ito,ann.ito@redwood.example,+1 202 555 0177\n\
    R-3,2026-06-01,I will cancel my account today. Ring me on +1 202 555 0166,1,A-4,Blue Door,Bea Day,bea@blue.example,+1 202 555 0155\n";

const REACHABLE_SETTINGS: &str = "[[source]]\nname = \"survey\"\nid = \"Response ID\"\nreceived_at = \"Date\"\nverbatims = [\"Comment\"]\n\
    account_id = \"Account ID\"\naccount_name = \"Account name\"\ncontact_name = \"Contact name\"\ncontact_email = \"Email\"\ncontact_phone = \"Phone\"\n";

fn reachable(place: &Place, more: &str) {
    place.write("a.csv", REACHABLE);
    place.write("s.toml", format!("{REACHABLE_SETTINGS}{more}"));
}

fn run_as_of(place: &Place, as_of: &str) -> std::process::Output {
    place.program(&["run", "a.csv", "--config", "s.toml", "--out", "out", "--as-of", as_of])
}

#[test]
fn contact_details_are_in_review_db_and_nowhere_else() {
    let place = Place::new();
    reachable(&place, "[[handover]]\nname = \"desk\"\nfile = \"desk/care.jsonl\"\n");
    let ran = run_as_of(&place, AS_OF);
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    let case = case_of(&place, "R-1", "care");
    let book = Casebook::open(&place.out()).unwrap();
    let contacts: Vec<String> =
        book.contacts(&case, micros(AS_OF)).unwrap().into_iter().map(|c| format!("{} {}", c.kind, c.value)).collect();
    assert_eq!(
        contacts,
        [
            "name Kim Lee",
            "phone +1 202 555 0199",
            "phone +1 202 555 0143",
            "email kim.lee@harbour.example",
            "email kim.private@example.org"
        ]
    );
    assert!(book.contacts(&case_of(&place, "R-3", "care"), micros(AS_OF)).unwrap().is_empty(), "nobody calls back on a historical case");
    drop(book);
    let shown = place.program(&["hotline", "show", &case.hotline_id, "--out", "out", "--as-of", AS_OF]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("call back     phone +1 202 555 0143 (from the answer)"));

    // Everything else that is written.
    for arguments in [
        &["hotline", "export", "--csv", "out/report.csv", "--out", "out"][..],
        &["hotline", "list", "--all", "--json", "--out", "out"],
        &["report", "--out", "out"],
    ] {
        let output = place.program(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        fs_err::write(place.out().join(format!("told-{}.txt", arguments[1])), [output.stdout, output.stderr].concat()).unwrap();
    }
    fs_err::write(place.out().join("told-run.txt"), [ran.stdout, ran.stderr].concat()).unwrap();
    // Pages of tables are packed: they are read as text, too.
    for table in outspoken::schema::TABLES {
        let cells: String = table.columns.iter().flat_map(|c| column(&place.out(), table.name, c.name)).collect();
        fs_err::write(place.out().join(format!("cells-{}.txt", table.name)), cells).unwrap();
    }
    let mut n = 0;
    for (name, bytes) in files(&place.out()) {
        let has = |word: &str| bytes.windows(word.len()).any(|w| w == word.as_bytes());
        let is_store = name.starts_with("review.db");
        for secret in
            ["555 0143", "555 0199", "kim.lee@harbour", "kim.private@", "ann@example", "ann.ito@", "555 0177", "555 0155", "4111 1111"]
        {
            assert!(is_store || !has(secret), "{name} holds {secret}");
            n += 1;
        }
        for secret in ["ann@example", "ann.ito@", "555 0177", "555 0155", "555 0166", "4111 1111"] {
            assert!(!has(secret), "{name} holds {secret}, which nobody needs");
        }
    }
    assert!(n > 100);

    // Ninety days later they are gone.
    let output = place.program(&["sync", "--out", "out", "--as-of", "2027-01-05T08:00:00Z"]);
    assert_eq!(output.status.code(), Some(0));
    for (name, bytes) in files(&place.out()) {
        assert!(!bytes.windows(8).any(|w| w == b"555 0143"), "{name} still holds it");
    }
}

#[test]
fn no_contact_details_are_kept_where_none_are_wanted() {
    let place = Place::new();
    reachable(&place, "[hotline]\ncontact_retention_days = 0\n");
    assert_eq!(run_as_of(&place, AS_OF).status.code(), Some(0));
    let case = case_of(&place, "R-1", "care");
    assert!(Casebook::open(&place.out()).unwrap().contacts(&case, micros(AS_OF)).unwrap().is_empty());
    // A change of the retention is no change of the rows.
    reachable(&place, "[hotline]\ncontact_retention_days = 30\n");
    let output = run_as_of(&place, AS_OF);
    assert!(String::from_utf8_lossy(&output.stderr).contains("3 unchanged"), "{}", String::from_utf8_lossy(&output.stderr));
}

fn handed_over(place: &Place, file: &str) -> Vec<String> {
    let Ok(text) = fs_err::read_to_string(place.out().join(file)) else { return Vec::new() };
    text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["hotline_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn cases_are_handed_over_once_and_what_fails_is_tried_again() {
    let place = Place::new();
    let command = "[[handover]]\nname = \"crm\"\nroute = \"care\"\ncommand = [\"sh\", \"-c\", \"test -e open && cat >> crm.jsonl\"]\n";
    reachable(&place, &format!("{command}[[handover]]\nname = \"desk\"\nfile = \"desk/care.jsonl\"\n"));
    let output = run_as_of(&place, AS_OF);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "a hand-over never keeps tables from being published: {told}");
    assert!(told.contains("hand-over `crm` failed: `sh` ended with exit status: 1; 1 of 1 cases wait for the next run or sync"), "{told}");
    let id = case_of(&place, "R-1", "care").hotline_id;
    assert_eq!(handed_over(&place, "desk/care.jsonl"), [id.as_str()], "the historical case is handed to nobody");
    assert!(handed_over(&place, "crm.jsonl").is_empty());

    // Commands are not kept with the output: whoever may write there must not choose what is run.
    let sync = |arguments: &[&str]| {
        let output = place.program(&[&["sync", "--out", "out", "--as-of", AS_OF], arguments].concat());
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    place.write("out/open", "");
    let (code, told) = sync(&[]);
    assert!(
        code == 1 && told.contains("1 cases wait for the hand-over `crm`, which the settings do not name: give them with --config"),
        "{told}"
    );
    let (code, told) = sync(&["--config", "s.toml"]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(handed_over(&place, "crm.jsonl"), [id.as_str()]);
    sync(&["--config", "s.toml"]);
    assert_eq!(run_as_of(&place, AS_OF).status.code(), Some(0));
    assert_eq!((handed_over(&place, "crm.jsonl").len(), handed_over(&place, "desk/care.jsonl").len()), (1, 1), "each once");
}

#[test]
fn a_command_that_does_not_end_is_given_up() {
    let place = Place::new();
    reachable(&place, "[[handover]]\nname = \"slow\"\ncommand = [\"sleep\", \"600\"]\ntimeout_seconds = 1\n");
    let told = String::from_utf8_lossy(&run_as_of(&place, AS_OF).stderr).into_owned();
    assert!(told.contains("`sleep` did not end within 1 s"), "{told}");
}

#[test]
fn a_hand_over_that_cannot_be_is_refused() {
    let place = Place::new();
    for (more, what) in [
        ("[[handover]]\nname = \"x\"\n", "neither or both"),
        ("[[handover]]\nfile = \"a.jsonl\"\n", "needs a name"),
        ("[[handover]]\nname = \"x\"\nfile = \"../a.jsonl\"\n", "leaves the output directory"),
        ("[[handover]]\nname = \"x\"\nfile = \"/etc/a.jsonl\"\n", "leaves the output directory"),
        ("[hotline.calendar]\nhours = [17, 9]\n", "no business day"),
    ] {
        reachable(&place, more);
        let output = run_as_of(&place, AS_OF);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && told.contains(what) && told.contains("hint: "), "{more}: {told}");
    }
}

#[test]
fn business_time_runs_in_the_hours_that_are_set() {
    let place = Place::new();
    reachable(&place, "");
    run_as_of(&place, AS_OF);
    let case = add(&place, &["rang us", "--response", "R-2", "--within", "2 business days"]);
    assert_eq!(case.0, 0, "{}", case.2);
    let by = |place: &Place| case_of(place, "R-2", "care").respond_by.map(|at| jiff::Timestamp::from_microsecond(at).unwrap().to_string());
    // 2026-10-02 is a Friday.
    assert_eq!(by(&place).as_deref(), Some("2026-10-05T17:00:00Z"));
    place.write("s.toml", format!("{REACHABLE_SETTINGS}[hotline.calendar]\nholidays = [\"2026-10-05\"]\nhours = [8, 16]\n"));
    assert_eq!(place.program(&["sync", "--out", "out", "--config", "s.toml", "--as-of", AS_OF]).status.code(), Some(0));
    assert_eq!(by(&place).as_deref(), Some("2026-10-06T16:00:00Z"));
    assert_eq!(cells(&place, "respond_by")[&case.1], "2026-10-06T16:00:00Z");
}

#[test]
fn what_init_writes_can_be_run_with_as_it_is() {
    let place = published();
    let output = place.program(&["init", "mine"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let run = place.program(&["run", "a.csv", "--config", "mine/outspoken.toml", "--out", "other", "--as-of", AS_OF]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    for (table, name) in [("verbatim", "sentiment"), ("hotline_hit", "rule_id"), ("hotline", "hotline_id"), ("clause", "theme_id")] {
        assert_eq!(column(&place.path("other"), table, name), column(&place.out(), table, name), "{table}.{name}");
    }
    // A copy that is edited counts.
    let path = place.path("mine/lexicons/hotline/churn.toml");
    let rules = fs_err::read_to_string(&path).unwrap();
    place.write("mine/lexicons/hotline/churn.toml", format!("{rules}\n[[rule]]\nid = \"mine.bakery\"\nversion = 1\ncategory = \"irate\"\nroute = \"care\"\nseverity = 4\nrespond_within = \"2 days\"\nmatch = '\"on time\"'\n[rule.tests]\nfires = [\"He was on time\"]\nsilent = [\"He was late\"]\n"));
    place.program(&["run", "a.csv", "--config", "mine/outspoken.toml", "--out", "other", "--as-of", AS_OF]);
    assert!(column(&place.path("other"), "hotline_hit", "rule_id").contains(&"mine.bakery".to_owned()));
    let again = place.program(&["init", "mine"]);
    let told = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(again.status.code() == Some(2) && told.contains("is there already") && told.contains("nothing was written"), "{told}");
}
