//! Tests of measures: worked examples of each definition, and what must hold of any feedback.

mod feedback;
mod worked;

use std::collections::BTreeMap;
use std::sync::Mutex;

use arrow_array::{Array as _, RecordBatch, cast::AsArray as _, types::Float64Type, types::Int64Type};
use feedback::{Answered, Feedback, Said, Scored, generated};
use outspoken::measure::{self, Directory, Goals, OnePer, Pools, Room, Terms, affected};
use outspoken::month::Month;

const COLUMN: &str = "a column of the table";

fn month(text: &str) -> Month {
    Month::parse(text).expect("a month")
}

fn text(batch: &RecordBatch, column: &str, row: usize) -> String {
    let cells = batch.column_by_name(column).expect(COLUMN).as_string::<i32>();
    if cells.is_valid(row) { cells.value(row).to_owned() } else { "-".to_owned() }
}

fn float(batch: &RecordBatch, column: &str, row: usize) -> Option<f64> {
    let cells = batch.column_by_name(column).expect(COLUMN).as_primitive::<Float64Type>();
    cells.is_valid(row).then(|| cells.value(row))
}

fn int(batch: &RecordBatch, column: &str, row: usize) -> Option<i64> {
    let cells = batch.column_by_name(column).expect(COLUMN).as_primitive::<Int64Type>();
    cells.is_valid(row).then(|| cells.value(row))
}

/// The one row whose text columns have these values; `window_months` is matched as text too.
fn find(batch: &RecordBatch, wanted: &[(&str, &str)]) -> Option<usize> {
    let window =
        |row: usize| batch.column_by_name("window_months").expect(COLUMN).as_primitive::<arrow_array::types::Int32Type>().value(row);
    let is = |row: usize, column: &str, value: &str| match column {
        "window_months" => window(row).to_string() == value,
        _ => text(batch, column, row) == value,
    };
    let found: Vec<usize> = (0..batch.num_rows()).filter(|row| wanted.iter().all(|(c, v)| is(*row, c, v))).collect();
    assert!(found.len() < 2, "{} rows are {wanted:?}", found.len());
    found.first().copied()
}

/// One rating for each value, each by a person of their own.
fn rated(measure: &'static str, kind: &'static str, scale: (f64, f64), values: &[(f64, usize)], start: usize) -> Vec<Answered> {
    let each = values.iter().flat_map(|(value, n)| std::iter::repeat_n(*value, *n));
    each.enumerate()
        .map(|(i, value)| Answered {
            id: format!("r{}", start + i),
            source: "survey",
            contact: Some(format!("c{}", start + i)),
            scores: vec![Scored { measure, kind, area: None, value, scale }],
            ..Answered::default()
        })
        .collect()
}

/// The figures of one month.
#[derive(Debug)]
struct Figures {
    kpi_month: RecordBatch,
    theme_month: RecordBatch,
    account_month: RecordBatch,
    initiative_month: RecordBatch,
    coverage_month: RecordBatch,
    account_standing: RecordBatch,
}

fn figures(feedback: &Feedback, all: &[Month], wanted: &[Month], goals: &Goals) -> outspoken::Result<Vec<Figures>> {
    within(256 << 20, feedback, all, wanted, goals)
}

fn within(budget_bytes: usize, feedback: &Feedback, all: &[Month], wanted: &[Month], goals: &Goals) -> outspoken::Result<Vec<Figures>> {
    held(
        budget_bytes,
        feedback,
        all,
        wanted,
        Terms { goals, one_per: OnePer::Response, directory: &Directory::default(), pools: &Pools::default() },
    )
}

fn held(budget_bytes: usize, feedback: &Feedback, all: &[Month], wanted: &[Month], terms: Terms<'_>) -> outspoken::Result<Vec<Figures>> {
    let folder = tempfile::tempdir().expect("a folder");
    let room = Room { folder: &folder.path().join("spill"), budget_bytes };
    let emitted = Mutex::new(BTreeMap::new());
    measure::figures(feedback, all, wanted, terms, room, &|table, month, batch| {
        let before = emitted.lock().expect("no thread panicked").insert((table.name, month), batch.clone());
        assert!(before.is_none(), "{} of {month} twice", table.name);
        Ok(())
    })?;
    let left = fs_err::read_dir(room.folder).map_or(0, Iterator::count);
    assert_eq!(left, 0, "what was spilled is cleared");
    let mut emitted = emitted.into_inner().expect("no thread panicked");
    let mut take = |table, month: Month| emitted.remove(&(table, month)).expect("every table of a wanted month");
    let of_month = |month: &Month| Figures {
        kpi_month: take("kpi_month", *month),
        theme_month: take("theme_month", *month),
        account_month: take("account_month", *month),
        initiative_month: take("initiative_month", *month),
        coverage_month: take("coverage_month", *month),
        account_standing: take("account_standing", *month),
    };
    Ok(wanted.iter().map(of_month).collect())
}

fn run(feedback: &Feedback, months: &[&str], goals: &str) -> Vec<Figures> {
    let months: Vec<Month> = months.iter().map(|m| month(m)).collect();
    let goals = Goals::parse(goals, "goals.toml").expect("goals that can be used");
    figures(feedback, &months, &months, &goals).expect("memory can be read")
}

fn close(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|f| (f - expected).abs() < 2e-6), "{found:?}, expected {expected}");
}

#[test]
fn each_statistic_is_what_its_definition_says() {
    let mut feedback = Feedback::default();
    feedback.add(month("2026-07"), &rated("overall", "csat", (1.0, 7.0), &[(7.0, 3), (6.0, 2), (4.0, 4), (1.0, 1)], 0), 100);
    feedback.add(month("2026-07"), &rated("four", "rating", (1.0, 4.0), &[(4.0, 3), (1.0, 2)], 100), 100);
    feedback.add(month("2026-07"), &rated("effort", "ces", (1.0, 7.0), &[(7.0, 1), (5.0, 1)], 200), 100);
    feedback.add(month("2026-07"), &rated("recommend", "nps", (0.0, 10.0), &[(10.0, 30), (9.0, 20), (7.0, 30), (6.0, 20)], 300), 100);
    feedback.add(month("2026-07"), &rated("recommend_10", "nps", (1.0, 10.0), &[(10.0, 3)], 500), 100);
    let out = run(&feedback, &["2026-07"], "");
    let kpi = &out[0].kpi_month;
    for (measure, statistic, base, value) in [
        ("overall", "mean", 10, 5.0),
        ("overall", "top_box", 10, 0.3),
        ("overall", "top_band", 10, 0.5),
        ("overall", "top_2_box", 10, 0.5),
        ("overall", "bottom_box", 10, 0.1),
        ("four", "top_box", 5, 0.6),
        ("effort", "ces", 2, 6.0),
        ("recommend", "nps", 100, 30.0),
        ("recommend_10", "top_box", 3, 1.0),
    ] {
        let row = find(kpi, &[("measure", measure), ("statistic", statistic), ("dimension", "all")]).unwrap();
        assert_eq!(int(kpi, "base", row), Some(base), "{measure} {statistic}");
        close(float(kpi, "value", row), value);
    }
    assert_eq!(find(kpi, &[("measure", "four"), ("statistic", "top_2_box")]), None, "four points have no second box");
    assert_eq!(find(kpi, &[("measure", "recommend_10"), ("statistic", "nps")]), None, "1 to 10 is a rating");
    let nps = find(kpi, &[("statistic", "nps")]).unwrap();
    close(float(kpi, "value_low", nps), 14.0511301788);
    close(float(kpi, "value_high", nps), 44.2012970057);
    let top = find(kpi, &[("measure", "four"), ("statistic", "top_box")]).unwrap();
    close(float(kpi, "value_low", top), 0.2307242);
    assert_eq!(text(kpi, "verdict", top), "-", "nothing to compare with");
}

#[test]
fn a_change_is_tested_against_the_last_wave() {
    let mut feedback = Feedback::default();
    feedback.add(month("2026-04"), &rated("recommend", "nps", (0.0, 10.0), &[(10.0, 40), (8.0, 40), (0.0, 40)], 0), 100);
    feedback.add(month("2026-07"), &rated("recommend", "nps", (0.0, 10.0), &[(9.0, 50), (8.0, 30), (3.0, 20)], 200), 100);
    feedback.add(month("2026-11"), &rated("recommend", "nps", (0.0, 10.0), &[(9.0, 50), (8.0, 30), (3.0, 20)], 400), 100);
    let out = run(&feedback, &["2026-04", "2026-07", "2026-11"], "");
    let kpi = &out[1].kpi_month;
    let row = find(kpi, &[("window_months", "1")]).unwrap();
    close(float(kpi, "previous_value", row), 0.0);
    close(float(kpi, "change", row), 30.0);
    close(float(kpi, "p_value", row), 0.004775558124);
    close(float(kpi, "q_value", row), 0.004775558124);
    close(float(kpi, "change_low", row), 9.162588401930);
    assert_eq!(text(kpi, "verdict", row), "up");
    assert_eq!(find(kpi, &[("window_months", "3")]), None, "the three months hold nothing before July");
    let year = find(kpi, &[("window_months", "12")]).unwrap();
    assert_eq!(int(kpi, "base", year), Some(220));
    let row = find(&out[2].kpi_month, &[("window_months", "1")]).unwrap();
    assert_eq!(text(&out[2].kpi_month, "verdict", row), "-", "the last wave is four months old");
}

#[test]
fn a_scale_that_changes_is_a_break() {
    let mut feedback = Feedback::default();
    feedback.add(month("2026-06"), &rated("overall", "csat", (1.0, 5.0), &[(5.0, 40)], 0), 100);
    feedback.add(month("2026-07"), &rated("overall", "csat", (1.0, 7.0), &[(1.0, 40)], 100), 100);
    feedback.add(month("2026-08"), &rated("overall", "csat", (1.0, 7.0), &[(1.0, 50)], 200), 100);
    let out = run(&feedback, &["2026-06", "2026-07", "2026-08"], "");
    let mean = |figures: &Figures, window| find(&figures.kpi_month, &[("statistic", "mean"), ("window_months", window)]);
    let row = mean(&out[1], "1").unwrap();
    close(float(&out[1].kpi_month, "value", row), 1.0);
    assert_eq!(float(&out[1].kpi_month, "previous_value", row), None);
    assert_eq!(mean(&out[1], "3"), None, "the seven points began this month");
    let row = mean(&out[2], "3").unwrap();
    assert_eq!(int(&out[2].kpi_month, "base", row), Some(90));
}

#[test]
fn small_parts_are_hidden_and_cannot_be_worked_out() {
    let mut feedback = Feedback::default();
    let mut responses = rated("overall", "csat", (1.0, 5.0), &[(5.0, 50), (1.0, 50)], 0);
    for (i, response) in responses.iter_mut().enumerate() {
        response.segment = Some(if i < 3 {
            "Public"
        } else if i < 23 {
            "Enterprise"
        } else {
            "Small business"
        });
    }
    feedback.add(month("2026-07"), &responses, 100);
    let out = run(&feedback, &["2026-07"], "");
    let kpi = &out[0].kpi_month;
    for (segment, base, is_shown) in [("Public", 3, false), ("Enterprise", 20, false), ("Small business", 77, true)] {
        let row = find(kpi, &[("statistic", "top_box"), ("dimension_value", segment)]).unwrap();
        assert_eq!((int(kpi, "base", row), float(kpi, "value", row).is_some()), (Some(base), is_shown), "{segment}");
        assert_eq!(text(kpi, "verdict", row), if is_shown { "-" } else { "base_too_small" });
    }
}

#[test]
fn people_are_counted_once_in_every_window() {
    let mut feedback = Feedback::default();
    for (m, contacts) in [("2026-05", &["a", "b"][..]), ("2026-06", &["b", "c", "c"]), ("2026-07", &["a"])] {
        let mut responses = rated("overall", "csat", (1.0, 5.0), &[(5.0, contacts.len())], 0);
        for (response, contact) in responses.iter_mut().zip(contacts) {
            response.contact = Some((*contact).to_owned());
            response.account_name = Some(format!(" ACME  {} ", if *contact == "c" { "east" } else { "West" }));
        }
        feedback.add(month(m), &responses, 100);
    }
    let out = run(&feedback, &["2026-05", "2026-06", "2026-07"], "");
    let kpi = &out[2].kpi_month;
    for (window, respondents, accounts, largest) in [("1", 1, 1, 1.0), ("3", 3, 2, 4.0 / 6.0), ("12", 3, 2, 4.0 / 6.0)] {
        let row = find(kpi, &[("statistic", "mean"), ("window_months", window)]).unwrap();
        close(float(kpi, "largest_account_share", row), largest);
        assert_eq!((int(kpi, "respondents", row), int(kpi, "accounts", row)), (Some(respondents), Some(accounts)), "{window}");
    }
    let accounts = &out[1].account_month;
    assert_eq!([text(accounts, "account_id", 0), text(accounts, "account_id", 1)], ["acme east", "acme west"]);
}

#[test]
fn goals_are_met_near_or_missed() {
    let mut feedback = Feedback::default();
    feedback.add(month("2026-07"), &rated("billing", "csat", (1.0, 5.0), &[(5.0, 40), (1.0, 60)], 0), 100);
    let goals = r#"
        [[goal]]
        measure = "billing"
        statistic = "top_box"
        owner = "Dana"
        baseline = 0.3
        goal = { "2026-06" = 0.45 }
        [[goal]]
        measure = "billing"
        statistic = "bottom_box"
        goal = { "2026-07" = 0.2 }
        [[goal]]
        measure = "billing"
        statistic = "mean"
        goal = { "2026-07" = 2.0 }
    "#;
    let kpi = run(&feedback, &["2026-07"], goals).remove(0).kpi_month;
    for (statistic, status) in [("top_box", "near"), ("bottom_box", "missed"), ("mean", "met"), ("top_band", "-")] {
        let row = find(&kpi, &[("statistic", statistic)]).unwrap();
        assert_eq!(text(&kpi, "status", row), status, "{statistic}");
    }
}

#[test]
fn themes_have_shares_changes_and_trends() {
    let mut feedback = Feedback::default();
    for (m, n_old, n_new) in [("2026-05", 50, 0), ("2026-06", 45, 0), ("2026-07", 5, 30)] {
        let say = |i: usize| {
            let theme = if i < n_old {
                "old"
            } else if i < n_old + n_new {
                "new"
            } else {
                "other"
            };
            let clause = (Some(theme.to_owned()), Some(0.5));
            Said { meaningful: true, sentiment: None, clauses: vec![clause.clone(), clause] }
        };
        let respond = |i| Answered { id: format!("{i}"), source: "log", verbatims: vec![say(i)], ..Answered::default() };
        let mut responses: Vec<Answered> = (0..100).map(respond).collect();
        responses.push(Answered { id: "nothing".to_owned(), source: "log", verbatims: vec![Said::default()], ..Answered::default() });
        feedback.add(month(m), &responses, 100);
    }
    let out = run(&feedback, &["2026-05", "2026-06", "2026-07"], "");
    let themes = &out[2].theme_month;
    for (theme, responses, share, change, verdict, trend) in [
        ("old", 5, 0.05, Some(-0.40), "down", "fading"),
        ("new", 30, 0.30, Some(0.30), "up", "new"),
        ("other", 65, 0.65, Some(0.10), "no_evidence", "growing"),
    ] {
        let row = find(themes, &[("theme_id", theme), ("dimension", "all")]).unwrap();
        assert_eq!((int(themes, "responses", row), int(themes, "base", row)), (Some(responses), Some(100)), "{theme}");
        close(float(themes, "share", row), share);
        close(float(themes, "share_change", row), change.unwrap());
        assert_eq!([text(themes, "verdict", row), text(themes, "trend", row)], [verdict, trend], "{theme}");
        close(float(themes, "sentiment", row), 0.5);
    }
    assert_eq!(text(&out[0].theme_month, "trend", 0), "-", "the first month has no trend");
}

#[test]
fn an_initiative_is_on_track_short_or_cannot_be_told() {
    let mut feedback = Feedback::default();
    for (m, n_best) in [("2026-03", 160), ("2026-04", 160), ("2026-07", 240), ("2026-08", 160)] {
        feedback.add(month(m), &rated("billing", "csat", (1.0, 5.0), &[(5.0, n_best), (1.0, 400 - n_best)], 0), 100);
    }
    feedback.add(month("2026-09"), &rated("billing", "csat", (1.0, 5.0), &[(5.0, 20), (1.0, 22)], 0), 100);
    let goals = r#"
        [[initiative]]
        id = "one-page-bill"
        measure = "billing"
        work_start = "2026-05-10"
        felt_from = "2026-07-01"
        full_effect_month = "2026-09"
        expected_change = { "2026-07" = 15 }
    "#;
    let out = run(&feedback, &["2026-03", "2026-04", "2026-07", "2026-08", "2026-09"], goals);
    assert_eq!(out[0].initiative_month.num_rows(), 0, "the work has not begun");
    for (figures, change, verdict) in [(&out[2], 20.0, "on_track"), (&out[3], 0.0, "short"), (&out[4], 7.619048, "cannot_be_told")] {
        let rows = &figures.initiative_month;
        close(float(rows, "baseline", 0), 0.4);
        close(float(rows, "actual_change", 0), change);
        assert_eq!(text(rows, "verdict", 0), verdict);
    }
    let detectable = float(&out[4].initiative_month, "detectable_change", 0).unwrap();
    assert!((20.0..24.0).contains(&detectable), "{detectable}");
    assert_eq!(outspoken::measure::answers_needed(42, detectable, 8.0).map(|n| n > 300), Some(true));
}

fn months(first: Month, n: i32) -> Vec<Month> {
    (0..n).map(|i| first.plus(i)).collect()
}

#[test]
fn neither_order_nor_batches_nor_threads_nor_memory_nor_the_months_asked_for_change_a_figure() {
    let all = months(month("2025-01"), 9);
    let (mut forth, mut back) = (Feedback::default(), Feedback::default());
    for m in &all {
        let mut responses = generated(*m, 300, 7);
        forth.add(*m, &responses, 300);
        responses.reverse();
        responses.iter_mut().for_each(|r| r.scores.reverse());
        back.add(*m, &responses, 7);
    }
    let goals = Goals::default();
    let expected = figures(&forth, &all, &all, &goals).unwrap();
    let same = |a: &Figures, b: &Figures| {
        assert_eq!(a.kpi_month, b.kpi_month);
        assert_eq!(a.theme_month, b.theme_month);
        assert_eq!(a.account_month, b.account_month);
    };
    figures(&back, &all, &all, &goals).unwrap().iter().zip(&expected).for_each(|(a, b)| same(a, b));
    for budget_bytes in [0, 100_000] {
        within(budget_bytes, &back, &all, &all, &goals).unwrap().iter().zip(&expected).for_each(|(a, b)| same(a, b));
    }
    let one = figures(&back, &all, &all[8..], &goals).unwrap();
    same(&one[0], &expected[8]);
    for n_threads in [1, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        let found = pool.install(|| figures(&back, &all, &all, &goals).unwrap());
        found.iter().zip(&expected).for_each(|(a, b)| same(a, b));
    }
}

#[test]
fn a_month_is_compared_with_that_of_the_year_before() {
    let mut feedback = Feedback::default();
    feedback.add(month("2025-07"), &rated("recommend", "nps", (0.0, 10.0), &[(10.0, 40), (8.0, 40), (0.0, 40)], 0), 100);
    feedback.add(month("2026-07"), &rated("recommend", "nps", (0.0, 10.0), &[(9.0, 50), (8.0, 30), (3.0, 20)], 200), 100);
    let out = run(&feedback, &["2025-07", "2026-07"], "");
    let kpi = &out[1].kpi_month;
    let row = find(kpi, &[("window_months", "1")]).unwrap();
    assert_eq!((text(kpi, "verdict", row), text(kpi, "last_year_verdict", row)), ("-".to_owned(), "up".to_owned()));
    close(float(kpi, "last_year_change", row), 30.0);
    close(float(kpi, "last_year_p_value", row), 0.004775558124);
}

#[test]
fn a_theme_is_not_blamed_for_what_comes_with_it() {
    let mut feedback = Feedback::default();
    // Of 200, those with `cause` are detractors; `bystander` comes with it half of the time and alone as often.
    let respond = |i: usize| {
        let (cause, bystander) = (i.is_multiple_of(4), i.is_multiple_of(8) || i % 8 == 1);
        let themes = [(cause, "cause"), (bystander, "bystander"), (!cause && !bystander, "other")];
        let said = themes.iter().filter(|(has, _)| *has).map(|(_, theme)| (Some((*theme).to_owned()), None)).collect();
        let mut response = rated("recommend", "nps", (0.0, 10.0), &[(if cause { 2.0 } else { 10.0 }, 1)], i).remove(0);
        response.verbatims = vec![Said { meaningful: true, sentiment: None, clauses: said }];
        response
    };
    feedback.add(month("2026-07"), &(0..200).map(respond).collect::<Vec<_>>(), 100);
    let themes = run(&feedback, &["2026-07"], "").remove(0).theme_month;
    let impact = |theme: &str, column| float(&themes, column, find(&themes, &[("theme_id", theme)]).unwrap()).unwrap();
    let cause = impact("cause", "nps_impact");
    assert!((-50.0..-30.0).contains(&cause), "{cause}: a quarter of the responses lose two hundred points each, less the ridge");
    assert!(impact("cause", "impact_high") < 0.0);
    let bystander = impact("bystander", "nps_impact");
    assert!(bystander.abs() < 5.0, "{bystander}");
}

#[test]
fn every_figure_lies_in_its_interval_and_rows_are_sorted_by_their_key() {
    let all = months(month("2025-01"), 8);
    let mut feedback = Feedback::default();
    all.iter().for_each(|m| feedback.add(*m, &generated(*m, 400, 3), 100));
    for figures in figures(&feedback, &all, &all, &Goals::default()).unwrap() {
        let kpi = &figures.kpi_month;
        for row in 0..kpi.num_rows() {
            let inside = |value, low, high| {
                let (value, low, high) = (float(kpi, value, row), float(kpi, low, row), float(kpi, high, row));
                low.is_none_or(|low| low <= value.unwrap()) && high.is_none_or(|high| value.unwrap() <= high)
            };
            assert!(inside("value", "value_low", "value_high") && inside("change", "change_low", "change_high"), "row {row}");
            assert!(float(kpi, "q_value", row) >= float(kpi, "p_value", row));
        }
        for (batch, columns) in [
            (kpi, &["source", "measure"][..]),
            (&figures.theme_month, &["source", "theme_id", "dimension", "dimension_value"]),
            (&figures.account_month, &["source", "account_id"]),
        ] {
            let key = |row: usize| {
                let mut key: Vec<String> = columns.iter().map(|c| text(batch, c, row)).collect();
                if columns.len() == 2 && columns[1] == "measure" {
                    key.truncate(1);
                }
                key
            };
            assert!((1..batch.num_rows()).all(|row| key(row - 1) <= key(row)));
        }
    }
}

#[test]
fn a_month_reaches_twenty_three_months_on() {
    let all = months(month("2025-01"), 36);
    let found = affected(&[month("2025-03")], &all);
    assert_eq!((found.first().copied(), found.last().copied(), found.len()), (Some(month("2025-03")), Some(month("2027-02")), 24));
    assert_eq!(affected(&[month("2030-01")], &all), [month("2030-01")], "a month that is new or gone counts too");
    assert!(affected(&[], &all).is_empty());
}

#[test]
fn rows_out_of_their_order_are_an_error() {
    let mut feedback = Feedback::default();
    feedback.add(month("2026-07"), &generated(month("2026-07"), 50, 1), 100);
    feedback.reverse("score");
    let error = figures(&feedback, &[month("2026-07")], &[month("2026-07")], &Goals::default()).unwrap_err().to_string();
    assert!(error.contains("score") && error.contains("order"), "{error}");
}

#[test]
fn no_rows_and_hostile_rows_are_rows() {
    let none = run(&Feedback::default(), &[], "");
    assert!(none.is_empty());
    let gone = figures(&Feedback::default(), &[], &[month("2026-07")], &Goals::default()).unwrap();
    assert_eq!((gone.len(), gone[0].kpi_month.num_rows(), gone[0].theme_month.num_rows()), (1, 0, 0));
    let mut feedback = Feedback::default();
    let mut responses = rated("overall \u{202e}\0", "no such kind", (-1e12, 1e300), &[(1e300, 2), (-1e12, 1), (0.1, 40)], 0);
    for (i, response) in responses.iter_mut().enumerate() {
        let name = [" \u{a0}\t ", "", "\0", "\u{feff}İ\u{301}", "all"][i % 5];
        response.account = Some(name.to_owned());
        response.account_name = Some(name.repeat(3));
        response.contact = Some(name.to_owned());
        response.segment = Some(name);
        response.verbatims = vec![Said { meaningful: true, sentiment: Some(7e9), clauses: vec![(Some(name.to_owned()), Some(-1.0))] }];
    }
    feedback.add(month("1900-01"), &responses, 100);
    feedback.add(month("2026-07"), &responses, 100);
    let out = run(&feedback, &["1900-01", "2026-07"], "");
    assert!(out.iter().all(|figures| figures.kpi_month.num_rows() > 0 && figures.account_month.num_rows() > 0));
}
