//! The worked examples of docs/measures.md: each block is read, computed, and held against what it says.
//!
//! ```text
//! measure NAME KIND LOW HIGH [AREA]     a question; recommend is an nps of 0 to 10 unless said otherwise
//! count contact                         `one_per = "contact"`
//! pool NAME SOURCE SOURCE ...           sources that are counted together, too
//! goals LINE                            a line of goals.toml
//! given MONTH [SOURCE]                  the responses that follow
//! account ID KEY=VALUE ...              a line of the account file
//! asked KEY=VALUE ...                   a line of the invitation file, for the survey and month that were given last
//! N x KEY=VALUE ...                     so many responses; a key that is no column is a measure
//! then TABLE MONTH COLUMN=VALUE ...     one row; or: then none TABLE MONTH COLUMN=VALUE ...
//!   COLUMN VALUE  COLUMN VALUE ...      what it holds: figures as exact as they are written, `-` for null
//! ```

use std::collections::BTreeMap;

use outspoken::measure::{Directory, Goals, OnePer, Pools, Terms};
use outspoken::month::Month;
use outspoken::roster::account::Account;
use outspoken::roster::invitation::Invitation;

use super::feedback::{Answered, Feedback, Said, Scored};
use super::{Figures, find, float, held, int, text};

const PAGE: &str = include_str!("../../docs/measures.md");

#[test]
fn the_worked_examples_of_the_page_are_what_the_program_computes() {
    let blocks: Vec<&str> = PAGE.split("```example\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 12, "{} examples", blocks.len());
    let n_held: usize = blocks.iter().map(|block| check(block)).sum();
    assert!(n_held >= 60, "{n_held} figures");
}

#[derive(Default)]
struct Example {
    kinds: BTreeMap<String, (&'static str, f64, f64, Option<&'static str>)>,
    goals: String,
    one_per: OnePer,
    pools: BTreeMap<String, Vec<String>>,
    responses: BTreeMap<Month, Vec<Answered>>,
    given: Option<(Month, &'static str)>,
    accounts: Vec<Account>,
    invited: BTreeMap<Month, Vec<Invitation>>,
}

/// Words live as long as the test: the tables in memory take names that do.
fn kept(word: &str) -> &'static str {
    Box::leak(word.to_owned().into_boxed_str())
}

/// Table, month, and columns with their values.
type Row = (&'static str, Month, Vec<(String, String)>);

/// Holds a block; gives how many figures it states.
fn check(block: &str) -> usize {
    let mut example = Example::default();
    let mut computed: Option<(Vec<Month>, Vec<Figures>)> = None;
    let mut row: Option<Row> = None;
    let mut n_held = 0;
    for line in block.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some((table, month, key)) = row.as_ref().filter(|_| line.starts_with("  ")) {
            let (months, figures) = computed.as_ref().expect("a row comes first");
            let of_month = &figures[months.iter().position(|m| m == month).expect("a month that was given")];
            for pair in words.chunks(2) {
                hold(of_month, table, key, pair[0], pair[1]);
                n_held += 1;
            }
            continue;
        }
        match words[0] {
            "measure" => {
                let number = |i: usize| words[i].parse::<f64>().expect("a point");
                let area = words.get(5..).filter(|area| !area.is_empty()).map(|area| kept(&area.join(" ")));
                example.kinds.insert(words[1].to_owned(), (kept(words[2]), number(3), number(4), area));
            }
            "account" => {
                let mut account = Account { id: words[1].to_owned(), ..Account::default() };
                for (key, value) in pairs(&words[2..]) {
                    match key {
                        "name" => account.name = Some(value),
                        "alias" => account.aliases.push(value),
                        "tier" => account.tier = Some(value),
                        "revenue" => account.revenue = value.parse().ok(),
                        "renews" => account.renewal = Month::parse(&value).map(Month::days),
                        other => panic!("what is {other}?"),
                    }
                }
                example.accounts.push(account);
            }
            "asked" => {
                let (month, source) = example.given.expect("given MONTH comes first");
                let get = |wanted: &str| pairs(&words[1..]).find(|(key, _)| *key == wanted).map(|(_, value)| value);
                example.invited.entry(month).or_default().push(Invitation {
                    source: source.to_owned(),
                    month,
                    wave: None,
                    account_id: get("account"),
                    account_name: None,
                    contact_id: get("contact"),
                    contact_name: None,
                    contact_title: None,
                    contact_role: get("role"),
                    invited_at: None,
                    status: get("status"),
                });
            }
            "pool" => {
                example.pools.insert(words[1].to_owned(), words[2..].iter().map(|source| (*source).to_owned()).collect());
            }
            "count" => example.one_per = OnePer::Contact,
            "goals" => example.goals += &format!("{}\n", line.strip_prefix("goals ").expect("a line of goals.toml")),
            "given" => {
                let month = Month::parse(words[1]).expect("a month");
                example.given = Some((month, kept(words.get(2).unwrap_or(&"survey"))));
                example.responses.entry(month).or_default();
            }
            "then" => {
                let (months, figures) = computed.get_or_insert_with(|| example.compute());
                let is_none = words[1] == "none";
                let rest = if is_none { &words[2..] } else { &words[1..] };
                let month = Month::parse(rest[1]).expect("a month");
                let key: Vec<(String, String)> = rest[2..].iter().map(|word| key_of(word)).collect();
                if is_none {
                    let of_month = &figures[months.iter().position(|m| *m == month).expect("a month that was given")];
                    assert_eq!(place(of_month, rest[0], &key), None, "{line}");
                    n_held += 1;
                } else {
                    row = Some((kept(rest[0]), month, key));
                }
            }
            n => example.respond(n.parse().unwrap_or_else(|_| panic!("what is {line:?}?")), &words[2..]),
        }
    }
    n_held
}

/// A column with its value; blanks of a part are written as underscores.
fn key_of(word: &str) -> (String, String) {
    let (column, value) = word.split_once('=').expect("column=value");
    let value = if column == "dimension_value" { value.replace('_', " ") } else { value.to_owned() };
    (column.to_owned(), value)
}

fn pairs<'w>(words: &'w [&'w str]) -> impl Iterator<Item = (&'w str, String)> {
    words.iter().map(|word| word.split_once('=').expect("key=value")).map(|(key, value)| (key, value.replace('_', " ")))
}

impl Example {
    fn directory(&self) -> Directory {
        Directory::new(self.accounts.clone(), None)
    }

    fn respond(&mut self, n: usize, words: &[&str]) {
        let (month, source) = self.given.expect("given MONTH comes first");
        let responses = self.responses.get_mut(&month).expect("it was given");
        for _ in 0..n {
            let number = responses.len();
            let mut response =
                Answered { id: format!("{month}-{number}"), source, contact: Some(format!("{month}-{number}")), ..Answered::default() };
            for (key, value) in pairs(words) {
                match key {
                    "account" => response.account = Some(value),
                    "contact" => response.contact = Some(value),
                    "segment" => response.segment = Some(kept(&value)),
                    "case" => response.case = Some(kept(&value)),
                    "value" => response.account_value = value.parse().ok(),
                    "consent" => response.consent = Some(kept(&value)),
                    "theme" => {
                        let (theme, sentiment) = value.split_once(':').unwrap_or((&value, ""));
                        let clause = (Some(theme.to_owned()), sentiment.parse().ok());
                        response.verbatims.push(Said { meaningful: true, sentiment: sentiment.parse().ok(), clauses: vec![clause] });
                    }
                    "words" => response.verbatims.push(Said { meaningful: value != "nothing", ..Said::default() }),
                    measure => {
                        let (kind, low, high, area) = self.kinds.get(measure).copied().unwrap_or(("nps", 0.0, 10.0, None));
                        let value = value.parse().expect("points");
                        response.scores.push(Scored { measure: kept(measure), kind, area, value, scale: (low, high) });
                    }
                }
            }
            responses.push(response);
        }
    }

    fn compute(&self) -> (Vec<Month>, Vec<Figures>) {
        let mut feedback = Feedback::default();
        self.responses.iter().for_each(|(month, responses)| feedback.add(*month, responses, 64));
        self.invited.iter().for_each(|(month, invited)| feedback.invite(*month, invited));
        let months: Vec<Month> = self.responses.keys().copied().collect();
        let goals = Goals::parse(&self.goals, "goals.toml").expect("goals that can be used");
        let pools = Pools::new(self.pools.clone());
        let terms = Terms { goals: &goals, one_per: self.one_per, directory: &self.directory(), pools: &pools };
        let figures = held(256 << 20, &feedback, &months, &months, terms).expect("figures");
        (months, figures)
    }
}

fn place(figures: &Figures, table: &str, key: &[(String, String)]) -> Option<usize> {
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    let spaced: Vec<(String, String)> = key.iter().map(|(c, v)| (c.clone(), v.clone())).collect();
    spaced.iter().for_each(|(column, value)| wanted.push((column, value)));
    if matches!(table, "kpi_month" | "coverage_month") {
        for (column, value) in [("window_months", "1"), ("dimension", "all")] {
            let is_part = column == "dimension" && key.iter().any(|(c, _)| c == "dimension_value");
            if !is_part && !key.iter().any(|(c, _)| c == column) {
                wanted.push((column, value));
            }
        }
    }
    if table == "theme_month" && !key.iter().any(|(c, _)| c.starts_with("dimension")) {
        wanted.push(("dimension", "all"));
    }
    find(batch(figures, table), &wanted)
}

fn batch<'f>(figures: &'f Figures, table: &str) -> &'f arrow_array::RecordBatch {
    match table {
        "kpi_month" => &figures.kpi_month,
        "theme_month" => &figures.theme_month,
        "account_month" => &figures.account_month,
        "initiative_month" => &figures.initiative_month,
        "coverage_month" => &figures.coverage_month,
        "account_standing" => &figures.account_standing,
        other => panic!("what is {other}?"),
    }
}

fn hold(figures: &Figures, table: &str, key: &[(String, String)], column: &str, expected: &str) {
    let rows = batch(figures, table);
    let row = place(figures, table, key).unwrap_or_else(|| panic!("no row of {table} is {key:?}"));
    let kind = rows.schema().field_with_name(column).unwrap_or_else(|_| panic!("{table} has no {column}")).data_type().clone();
    let found = match kind {
        arrow_schema::DataType::Utf8 => return assert_eq!(text(rows, column, row), expected, "{key:?} {column}"),
        arrow_schema::DataType::Date32 => {
            let is_null = arrow_array::Array::is_null(rows.column_by_name(column).expect("it is there"), row);
            return assert_eq!((is_null, expected), (true, "-"), "{key:?} {column}");
        }
        arrow_schema::DataType::Int64 => int(rows, column, row).map(|n| n as f64),
        _ => float(rows, column, row),
    };
    let Ok(number) = expected.parse::<f64>() else {
        return assert_eq!((found, expected), (None, "-"), "{key:?} {column}");
    };
    let decimals = expected.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let half = 0.5 * 10_f64.powi(-(decimals as i32)) + 1e-9;
    assert!(found.is_some_and(|f| (f - number).abs() <= half), "{key:?} {column}: {found:?}, the page says {expected}");
}
