//! Runs after runs: the same dump, corrected dumps, late rows.

use std::os::unix::fs::MetadataExt as _;

use outspoken::Error;
use outspoken::month::Month;
use outspoken::runner::RowCounts;

use crate::support::{Place, column, files, run_with};

const HEADER: &str = "Response ID,Date,Comment,Rating\n";

fn counts(read: u64, new: u64, replacing: u64, unchanged: u64, superseded: u64, rejected: u64) -> RowCounts {
    RowCounts { read, new, replacing, unchanged, superseded, rejected, withdrawn: replacing }
}

/// Rows that make the columns plain to see whatever the test adds.
const OTHERS: [(&str, &str, &str, &str); 6] = [
    ("O-1", "2026-09-01", "The engineer explained every step of the repair.", "5"),
    ("O-2", "2026-09-02", "Prices went up and nobody wrote to us first.", "2"),
    ("O-3", "2026-09-03", "Your website forgets my address every time.", "3"),
    ("O-4", "2026-09-04", "Installation took one hour as promised, well done.", "5"),
    ("O-5", "2026-09-05", "Second month in a row with a wrong invoice.", "2"),
    ("O-6", "2026-09-06", "Helpful people in the store on Main Street.", "4"),
];

fn dump(place: &Place, name: &str, rows: &[(&str, &str, &str, &str)]) {
    let rows = rows.iter().map(|(id, date, comment, rating)| format!("{id},{date},\"{comment}\",{rating}\n"));
    place.write(name, format!("{HEADER}{}", rows.collect::<String>()));
}

const FIRST: [(&str, &str, &str, &str); 4] = [
    ("R-1", "2026-07-03", "The technician was on time and very friendly, thank you.", "5"),
    ("R-2", "2026-07-04", "Two calls and still no answer about my bill.", "2"),
    ("R-3", "2026-08-01", "I will cancel my account if this is not fixed.", "1"),
    ("R-4", "2026-08-02", "Fine overall, the app could be faster.", "4"),
];

#[test]
fn the_same_dump_twice_changes_no_row_and_rewrites_no_file() {
    let place = Place::new();
    dump(&place, "july.csv", &FIRST);
    assert_eq!(place.run(&["july.csv"]).manifest.rows, counts(4, 4, 0, 0, 0, 0));
    let tables = place.out().join("tables");
    let inodes = |names: &[String]| names.iter().map(|name| fs_err::metadata(tables.join(name)).unwrap().ino()).collect::<Vec<_>>();
    let before = files(&tables);
    let names: Vec<String> = before.keys().cloned().collect();
    let inodes_before = inodes(&names);
    assert_eq!(place.run(&["july.csv"]).manifest.rows, counts(4, 0, 0, 4, 0, 0));
    assert!(files(&tables) == before, "the same bytes");
    assert_eq!(inodes(&names), inodes_before, "the same files");
}

#[test]
fn a_corrected_dump_under_another_name_replaces_its_rows_wherever_their_month_was() {
    let place = Place::new();
    dump(&place, "a.csv", &FIRST);
    place.run(&["a.csv"]);
    dump(
        &place,
        "b.csv",
        &[
            ("R-2", "2026-08-09", "Two calls, and now the bill is right.", "4"),
            ("R-4", "2026-08-02", "Fine overall, the app could be faster.", "4"),
        ],
    );
    assert_eq!(place.run(&["b.csv"]).manifest.rows, counts(2, 0, 1, 1, 0, 0));
    let ids = column(&place.out(), "response", "response_id");
    assert_eq!(ids, ["R-1", "R-3", "R-4", "R-2"], "July lost a row, August kept its own and gained one");
    let months = column(&place.out(), "response", "report_month");
    assert_eq!(months, ["2026-07-01", "2026-08-01", "2026-08-01", "2026-08-01"]);
    assert!(!column(&place.out(), "verbatim", "text").iter().any(|text| text.contains("still no answer")));
}

#[test]
fn the_last_row_of_an_id_wins_within_a_dump() {
    let place = Place::new();
    let mut rows = OTHERS.to_vec();
    rows.extend([FIRST[0], FIRST[1], ("R-1", "2026-07-05", "Corrected: on time, friendly, and tidy.", "5")]);
    dump(&place, "a.csv", &rows);
    assert_eq!(place.run(&["a.csv"]).manifest.rows, counts(9, 8, 0, 0, 1, 0));
    assert_eq!(column(&place.out(), "response", "source_row"), ["8", "9", "1", "2", "3", "4", "5", "6"]);
}

#[test]
fn an_empty_list_of_rules_is_no_rule() {
    let place = Place::new();
    dump(&place, "july.csv", &[("R-1", "2026-07-03", "If this is not fixed I will cancel my contract.", "3")]);
    dump(&place, "others.csv", &OTHERS);
    let fired = |rules: Option<Vec<String>>| {
        let mut options = place.options(&["july.csv", "others.csv"]);
        options.settings.hotline.rules = rules;
        run_with(&options).unwrap();
        column(&place.out(), "hotline_hit", "rule_id").len()
    };
    assert!(fired(None) > 0, "without the key the shipped rules are in force");
    assert_eq!(fired(Some(Vec::new())), 0);
}

#[test]
fn forty_equal_answers_without_ids_are_forty_rows() {
    let place = Place::new();
    let others: String = OTHERS.iter().map(|(_, date, comment, rating)| format!("{date},\"{comment}\",{rating}\n")).collect();
    place.write("a.csv", format!("Date,Comment,Rating\n{others}{}", "2026-07-03,Good service today,5\n".repeat(40)));
    assert_eq!(place.run(&["a.csv"]).manifest.rows, counts(46, 46, 0, 0, 0, 0));
    assert_eq!(place.run(&["a.csv"]).manifest.rows, counts(46, 0, 0, 46, 0, 0));
    let mut ids = column(&place.out(), "response", "response_id");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 46);
    let firsts = column(&place.out(), "verbatim", "duplicate_of");
    assert_eq!(firsts.iter().filter(|first| *first == "null").count(), 7, "39 are duplicates of the first");
}

#[test]
fn replace_month_takes_out_what_the_dump_lacks() {
    let place = Place::new();
    place.write(
        "a.csv",
        "Date,Comment,Rating\n2026-07-03,Good service today,5\n2026-07-04,Late again and rude,1\n2026-08-04,Quick and kind staff,5\n",
    );
    place.run(&["a.csv"]);
    place.write("b.csv", "Date,Comment,Rating\n2026-07-03,Good service today,5\n2026-07-04,Late again but polite,2\n");
    let mut options = place.options(&["b.csv"]);
    options.replace_month = true;
    let rows = run_with(&options).unwrap().manifest.rows;
    assert_eq!((rows.new, rows.unchanged, rows.withdrawn), (1, 1, 1));
    assert_eq!(column(&place.out(), "verbatim", "text"), ["Good service today", "Late again but polite", "Quick and kind staff"]);
}

#[test]
fn a_case_keeps_the_clock_of_the_run_that_first_saw_it() {
    let place = Place::new();
    dump(&place, "a.csv", &[("R-3", "2026-09-28", "I will cancel my account if this is not fixed.", "1")]);
    place.run(&["a.csv"]);
    let detected = column(&place.out(), "hotline", "detected_at");
    assert_eq!(detected, ["2026-10-02T08:00:00Z"]);
    dump(&place, "b.csv", &[("R-3", "2026-09-28", "I will cancel my account today, it was not fixed.", "1")]);
    let mut options = place.options(&["b.csv"]);
    options.as_of = "2026-10-09T08:00:00Z".parse().unwrap();
    assert_eq!(run_with(&options).unwrap().manifest.rows.replacing, 1);
    assert_eq!(column(&place.out(), "hotline", "detected_at"), detected);
}

#[test]
fn dates_are_filled_by_the_month_of_the_command_line() {
    let place = Place::new();
    dump(
        &place,
        "a.csv",
        &[
            ("R-1", "1970-01-01", "No date was recorded for this one.", "3"),
            ("R-2", "2026-07-04", "This one has a date, as it should.", "4"),
        ],
    );
    let rows = place.run(&["a.csv"]).manifest.rows;
    assert_eq!((rows.new, rows.rejected), (1, 1));
    assert_eq!(column(&place.out(), "reject", "reason"), ["epoch_date"]);
    let mut options = place.options(&["a.csv"]);
    options.month = Month::parse("2026-06");
    assert_eq!(run_with(&options).unwrap().manifest.rows.new, 1);
    assert_eq!(column(&place.out(), "reject", "reason"), Vec::<String>::new());
}

#[test]
fn too_many_rejects_publish_nothing() {
    let place = Place::new();
    let mut rows = OTHERS.to_vec();
    rows.push(("R-9", "yesterday", "Some words about nothing much.", "3"));
    dump(&place, "a.csv", &rows);
    let mut options = place.options(&["a.csv"]);
    options.max_reject_share = Some(0.05);
    assert!(matches!(run_with(&options), Err(Error::Limit { .. })));
    assert!(!place.out().join("tables").exists());
}

#[test]
fn one_directory_has_one_writer() {
    let place = Place::new();
    dump(&place, "a.csv", &FIRST);
    let _held = outspoken::sink::Output::open(&place.out()).unwrap();
    let message = run_with(&place.options(&["a.csv"])).unwrap_err().to_string();
    assert!(message.contains("another run is writing here (process "), "{message}");
}
