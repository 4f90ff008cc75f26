//! The closed loop from outside: what people do with cases, and what the tables say afterwards.

#![expect(clippy::unwrap_used, reason = "a test that fails there has said enough")]

mod reach;
mod report;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;

use outspoken::Error;
use outspoken::casework::{By, Case, Casebook, Closing, Disposition, Filter, Operation, Status};
use outspoken::runner::{SyncOptions, SyncOutcome, sync};

use reach::{REACHABLE_SETTINGS, reachable, run_as_of};

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
