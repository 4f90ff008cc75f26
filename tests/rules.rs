//! Rule craft from outside: test, backtest, diff, cost and audit, through the program.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::Place;

const RULE: &str = "[[rule]]\nid = \"own.slow\"\nversion = 1\ncategory = \"churn\"\nroute = \"care\"\nseverity = 3\nrespond_within = \"24h\"\nmatch = 'slow OR \"want to leave\"'\naccept = [\"affirmed\"]\nunless = ['\"slow cooker\"']\n[rule.tests]\nfires = [\"So slow\"]\nsilent = [\"A slow cooker\", \"Never slow\"]\n";

const FEEDBACK: &str = "Response ID,Date,Comment,Overall\n\
R-1,2026-07-03,The line is slow and I want to leave you,1\n\
R-2,2026-07-04,We like the slow cooker,5\n\
R-3,2026-08-05,It was never slow,4\n\
R-4,2026-08-06,=slow(1),2\n\
R-5,2026-08-07,All is well here,5\n";

/// Standard output, standard error and exit code of the program.
fn program(place: &Place, arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = place.program(arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(!stderr.contains("panicked"), "{arguments:?}\n{stderr}");
    (stdout, stderr, output.status.code())
}

fn json(place: &Place, arguments: &[&str]) -> Value {
    let (stdout, stderr, code) = program(place, arguments);
    assert_eq!(code, Some(0), "{arguments:?}\n{stderr}");
    serde_json::from_str(&stdout).unwrap_or_else(|e| panic!("{e}: {stdout}"))
}

/// A place with the rule in `own.toml` and the feedback published in `out`.
fn published() -> Place {
    let place = Place::new();
    place.write("own.toml", RULE);
    place.write("feedback.csv", FEEDBACK);
    place.run(&["feedback.csv"]);
    place
}

#[test]
fn examples_that_fail_are_told_with_their_place() {
    let place = Place::new();
    place.write("own.toml", RULE);
    place.write("bad.toml", RULE.replace("\"So slow\"", "\"So slow\", \"A quick one\""));
    let (stdout, stderr, code) = program(&place, &["rules", "test", "own.toml"]);
    assert_eq!((stdout.as_str(), code), ("", Some(0)), "{stderr}");
    assert!(stderr.contains("1 rules, 3 examples, 0 failed"), "{stderr}");
    let (stdout, stderr, code) = program(&place, &["rules", "test", "bad.toml"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert_eq!(stdout, "bad.toml:12:21: own.slow should fire on \"A quick one\"; found: no match\n");
    let (stdout, _, code) = program(&place, &["rules", "test", "bad.toml", "--json"]);
    assert_eq!(code, Some(1));
    let found: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(found["failures"][0]["place"], "bad.toml:12:21");
    // A later file replaces the rule of the same id.
    assert_eq!(program(&place, &["rules", "test", "bad.toml", "own.toml"]).2, Some(0));
}

#[test]
fn what_cannot_be_read_is_told_with_the_character_and_what_is_accepted() {
    let place = Place::new();
    place.write("near.toml", RULE.replace("'slow OR \"want to leave\"'", "'slow NEAR leave'"));
    place.write("dear.toml", RULE.replace("'slow OR \"want to leave\"'", "'(a1 NEAR/90 b1) NEAR/90 (c1 NEAR/90 d1)'"));
    place.write("empty/readme.md", "");
    place.write("odd.csv", "a,b\n1,2\n");
    place.write("torn.csv", "label,text\nnone\n");
    for (arguments, expected) in [
        (vec!["rules", "test", "near.toml"], vec!["near.toml:8:19: NEAR needs a number of words", "hint: accepted: NEAR/5"]),
        (vec!["rules", "cost", "dear.toml"], vec!["dear.toml:8:9", "could look at", "the limit is 5000"]),
        (vec!["rules", "test", "missing.toml"], vec!["input not found: missing.toml", "hint: a rule file, a directory"]),
        (vec!["rules", "test", "empty"], vec!["input not found: empty", "*.toml"]),
        (vec!["rules", "backtest", "--out", "nowhere"], vec!["nowhere: there is no such output directory"]),
        (vec!["rules", "backtest", "--out", "empty"], vec!["empty: nothing is published here", "hint: run"]),
        (vec!["rules", "backtest", "--out", "empty", "--months", "2026-13"], vec!["`2026-13` is not a month"]),
        (vec!["rules", "audit"], vec!["--out"]),
        (vec!["rules", "audit", "--read", "odd.csv"], vec!["odd.csv: column `label` is missing", "found: a, b"]),
        (vec!["rules", "audit", "--read", "torn.csv"], vec!["torn.csv: line 2 has 1 cells, the first line has 2"]),
    ] {
        let (stdout, stderr, code) = program(&place, &arguments);
        assert_eq!((stdout.as_str(), code), ("", Some(2)), "{arguments:?}\n{stderr}");
        for text in expected {
            assert!(stderr.contains(text), "{arguments:?}: no {text:?} in\n{stderr}");
        }
    }
}

#[test]
fn a_false_alarm_counts_as_soon_as_the_case_is_closed() {
    let place = Place::new();
    place.write("feedback.csv", "Response ID,Date,Comment\nR-1,2026-07-03,I want to cancel my account\n");
    place.run(&["feedback.csv"]);
    let cases = json(&place, &["hotline", "list", "--out", "out", "--json", "--all"]);
    let id = cases[0]["hotline_id"].as_str().unwrap();
    let closing =
        ["hotline", "close", id, "--out", "out", "--disposition", "false_alarm", "--root-cause", "other", "--resolution", "A joke"];
    assert_eq!(program(&place, &closing).2, Some(0));
    let found = json(&place, &["rules", "backtest", "--out", "out", "--rule", "churn.cancel", "--json"]);
    assert_eq!((&found["rules"][0]["false_alarms"]["n"], &found["rules"][0]["false_alarms"]["base"]), (&1.into(), &1.into()), "{found}");
}

#[test]
fn a_backtest_counts_what_fires_and_what_is_suppressed() {
    let place = published();
    let found = json(&place, &["rules", "backtest", "--out", "out", "--rules", "own.toml", "--json"]);
    assert_eq!((&found["base"], &found["n_verbatims"], &found["n_alerts"]), (&5.into(), &5.into(), &2.into()));
    let rule = &found["rules"][0];
    assert_eq!((&rule["rule"], &rule["n_responses"], &rule["share"]), (&"own.slow".into(), &2.into(), &0.4.into()));
    assert_eq!(rule["suppressed"], serde_json::json!({ "assertion": 1, "unless:\"slow cooker\"": 1 }));
    assert_eq!(rule["false_alarms"], Value::Null);
    assert_eq!(rule["examples"][0]["before"], "The line is ");
    assert_eq!(rule["examples"][0]["matched"], "slow");
    let found = json(&place, &["rules", "backtest", "--out", "out", "--rules", "own.toml", "--months", "2026-08..", "--json"]);
    assert_eq!((&found["months"], &found["base"]), (&serde_json::json!(["2026-08"]), &3.into()));
    let (stdout, _, code) = program(&place, &["rules", "backtest", "--out", "out", "--rules", "own.toml"]);
    assert_eq!(code, Some(0));
    for text in ["2 alerts, 40.0 in 100 responses", "own.slow", "40.00 %", "[slow]", "suppressed by unless:\"slow cooker\"", "× assertion"]
    {
        assert!(stdout.contains(text), "no {text:?} in\n{stdout}");
    }
    let (_, stderr, code) = program(&place, &["rules", "backtest", "--out", "out", "--rule", "chrun"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("rule `chrun`") && stderr.contains("churn.cancel"), "{stderr}");
    let (_, stderr, code) = program(&place, &["rules", "backtest", "--out", "out", "--months", "2030-01"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("published are 2026-07 to 2026-08"), "{stderr}");
}

#[test]
fn a_diff_shows_what_is_added_and_dropped() {
    let place = published();
    place.write("new.toml", RULE.replace("slow OR", "well OR").replace("unless = ['\"slow cooker\"']\n", ""));
    let found = json(&place, &["rules", "diff", "own.toml", "new.toml", "--out", "out", "--json"]);
    assert_eq!((&found["n_alerts_old"], &found["n_alerts_new"]), (&2.into(), &2.into()));
    assert_eq!((&found["n_alerts_added"], &found["n_alerts_dropped"]), (&1.into(), &1.into()));
    assert_eq!(found["rules"], serde_json::json!({ "own.slow": { "added": 1, "dropped": 1 } }));
    let (stdout, ..) = program(&place, &["rules", "diff", "own.toml", "new.toml", "--out", "out"]);
    assert!(stdout.contains("+ own.slow 2026-08 R-5: All is [well] here (affirmed); otherwise no match"), "{stdout}");
    assert!(stdout.contains("- own.slow 2026-08 R-4"), "{stdout}");
    let same = json(&place, &["rules", "diff", "shipped", "shipped", "--out", "out", "--json"]);
    assert_eq!(same["changes"], serde_json::json!([]));
}

#[test]
fn the_cost_of_a_rule_is_told_with_its_reasons() {
    let place = published();
    place.write("slow.toml", RULE.replace("'slow OR \"want to leave\"'", "'\"i was\" OR /[0-9]+ h/'"));
    let found = json(&place, &["rules", "cost", "slow.toml", "--out", "out", "--json"]);
    let rule = &found["rules"][0];
    let reasons = rule["reasons"].as_array().unwrap();
    assert!(reasons[0].as_str().unwrap().contains("nearly every sentence") && reasons[0].as_str().unwrap().contains("`i`"), "{reasons:?}");
    assert!(reasons.iter().any(|reason| reason.as_str().unwrap().contains("regular expressions")), "{reasons:?}");
    assert_eq!(found["verbatims"], 5);
    let (stdout, _, code) = program(&place, &["rules", "cost"]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("churn.cancel"), "{stdout}");
}

#[test]
fn an_audit_is_drawn_labelled_and_read_back() {
    let place = published();
    let draw = ["rules", "audit", "--out", "out", "--rules", "own.toml", "--sample", "20", "--csv", "sample.csv"];
    assert_eq!(program(&place, &draw).2, Some(0));
    let text = fs_err::read_to_string(place.path("sample.csv")).unwrap();
    assert_eq!(text.lines().count(), 6, "{text}");
    assert!(text.contains(",'=slow(1),"), "a formula is defused: {text}");
    // A file that may hold labels is not written over.
    assert_eq!(program(&place, &draw).2, Some(2));
    let (_, stderr, code) = program(&place, &["rules", "audit", "--read", "sample.csv"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("no row has a label"), "{stderr}");

    let mut child = Command::new(env!("CARGO_BIN_EXE_outspoken"))
        .args(["rules", "audit", "--label", "sample.csv", "--rules", "own.toml"])
        .current_dir(place.path(""))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"nonsense\nchurn\nnone\nnone\nchurn\nq\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("`nonsense` is no category") && stderr.contains("4 labelled, 1 left"), "{stderr}");

    let found = json(&place, &["rules", "audit", "--read", "sample.csv", "--rules", "own.toml", "--json"]);
    assert_eq!((&found["n_labelled"], &found["n_unlabelled"]), (&4.into(), &1.into()));
    let precision = &found["rules"]["own.slow"]["precision"];
    assert_eq!(precision["n_labels"], 2);
    assert!(precision["low"].as_f64() < precision["share"].as_f64() && precision["share"].as_f64() < precision["high"].as_f64());
    let (stdout, ..) = program(&place, &["rules", "audit", "--read", "sample.csv", "--rules", "own.toml"]);
    assert!(stdout.contains("own.slow") && stdout.contains("churn") && stdout.contains("any"), "{stdout}");
}
