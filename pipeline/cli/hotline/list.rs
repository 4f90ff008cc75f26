//! `outspoken hotline list`

use std::io::Write as _;

use clap::Args;

use super::Place;
use super::words::{cut, due, line};
use crate::casework::{Case, Casebook, Filter, Severities, Status};
use crate::cli::Ending;
use crate::cli::tell::Voice;
use crate::month::Month;

/// What `hotline list` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten)]
    pub(super) choice: Choice,
    /// Time from which deadlines are counted [default: now].
    #[arg(long, value_name = "TIME", value_parser = crate::cli::run::time)]
    as_of: Option<jiff::Timestamp>,
    /// Print the cases as JSON.
    #[arg(long)]
    json: bool,
}

/// Which cases.
#[derive(Args, Debug)]
pub(super) struct Choice {
    /// Where they stand, repeated for several [default: open and acting].
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Vec<Status>,
    /// Every status, closed and historical too.
    #[arg(long, conflicts_with = "status")]
    all: bool,
    /// Who acts: care, sales or a team of your rules.
    #[arg(long, value_name = "ROUTE")]
    route: Option<String>,
    /// How severe, from 1 (worst) to 5: one number or a range such as 1-2.
    #[arg(long, value_name = "N", value_parser = severities)]
    severity: Option<Severities>,
    /// Detected at least so long ago: 12h, 3d.
    #[arg(long, value_name = "AGE", value_parser = age)]
    older_than: Option<i64>,
    /// Detected at most so long ago: 12h, 3d.
    #[arg(long, value_name = "AGE", value_parser = age)]
    newer_than: Option<i64>,
    /// Who has them; an empty name for those that nobody has.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Id of the account, or a part of its name.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Month that the responses are reported in.
    #[arg(long, value_name = "YYYY-MM", value_parser = crate::cli::run::month)]
    month: Option<Month>,
    /// Only those whose time to respond is over with nobody acting.
    #[arg(long)]
    overdue: bool,
}

impl Choice {
    fn filter(&self, now: i64) -> Filter {
        let status = match (self.all, self.status.is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => vec![Status::Open, Status::Acting],
            (false, false) => self.status.clone(),
        };
        Filter {
            ids: None,
            status,
            route: self.route.clone(),
            severity: self.severity,
            detected_from: self.newer_than.map(|age| now.saturating_sub(age)),
            detected_until: self.older_than.map(|age| now.saturating_sub(age)),
            owner: self.owner.clone(),
            account: self.account.clone(),
            month: self.month,
        }
    }

    /// The cases that are asked for, whatever their status unless one was named.
    pub(super) fn cases_of_every_status(&self, book: &Casebook, now: i64) -> crate::Result<Vec<Case>> {
        let mut cases = book.cases(&Filter { status: self.status.clone(), ..self.filter(now) })?;
        cases.retain(|case| !self.overdue || case.is_overdue(now));
        Ok(cases)
    }

    /// The cases that are asked for.
    pub(super) fn cases(&self, book: &Casebook, now: i64) -> crate::Result<Vec<Case>> {
        let mut cases = book.cases(&self.filter(now))?;
        cases.retain(|case| !self.overdue || case.is_overdue(now));
        Ok(cases)
    }
}

/// Prints the cases.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let now = arguments.as_of.unwrap_or_else(jiff::Timestamp::now).as_microsecond();
    let book = Casebook::open(&arguments.place.out)?;
    let cases = arguments.choice.cases(&book, now)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let cases: Vec<serde_json::Value> = cases.iter().map(|case| super::show::json(case, now)).collect::<Result<_, _>>()?;
        writeln!(out, "{:#}", serde_json::Value::Array(cases))?;
        return Ok(Ending::Complete);
    }
    if !cases.is_empty() {
        let rows: Vec<[String; 9]> = cases.iter().map(|case| row(case, &cases, now)).collect();
        write!(out, "{}", table(&["ID", "SEV", "ROUTE", "STATUS", "DUE", "OWNER", "ACCOUNT", "CONTACT", "WHAT"], &rows))?;
    }
    let n_overdue = cases.iter().filter(|case| case.is_overdue(now)).count();
    let ahead = if cases.iter().any(|case| case.is_ahead) { "; not all of it is in the tables yet: `outspoken sync`" } else { "" };
    let historical = if cases.is_empty() { historical(&arguments.choice, &book, now)? } else { String::new() };
    voice.say(&format!("{} cases, {n_overdue} overdue{ahead}{historical}", cases.len()));
    Ok(Ending::Complete)
}

/// What is said where nothing is open: that old feedback has its cases too.
fn historical(choice: &Choice, book: &Casebook, now: i64) -> crate::Result<String> {
    if choice.all || !choice.status.is_empty() {
        return Ok(String::new());
    }
    let n = book.cases(&Filter { status: vec![Status::Historical], ..choice.filter(now) })?.len();
    Ok(if n == 0 { String::new() } else { format!("; {n} historical, too old at first sight for a clock: `--status historical`") })
}

fn row(case: &Case, all: &[Case], now: i64) -> [String; 9] {
    let text = |value: &Option<String>| line(value.as_deref().unwrap_or_default());
    [
        short(&case.hotline_id, all),
        case.severity.map_or_else(String::new, |s| s.to_string()),
        cut(&line(&case.route), 12),
        case.state.status.as_str().to_owned(),
        due(case, now),
        cut(&text(&case.state.owner), 16),
        cut(&text(if case.account_name.is_some() { &case.account_name } else { &case.account_id }), 28),
        cut(&text(&case.contact_name), 20),
        cut(&text(&case.description), 60),
    ]
}

/// As many characters of the id as tell it apart in the list, and no fewer than eight.
fn short(id: &str, all: &[Case]) -> String {
    let is_unique = |n: &usize| {
        let start = id.get(..*n);
        all.iter().filter(|other| other.hotline_id.get(..*n) == start).count() < 2
    };
    let n = (8..id.len()).find(is_unique).unwrap_or(id.len());
    id.get(..n).unwrap_or(id).to_owned()
}

/// Columns as wide as their widest cell, the last one as long as it is.
fn table<const N: usize>(head: &[&str; N], rows: &[[String; N]]) -> String {
    let width = |c: usize| rows.iter().map(|row| row[c].chars().count()).max().unwrap_or(0).max(head[c].chars().count());
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut out = String::new();
    let mut write = |cells: &[&str]| {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', 2 + width - cell.chars().count()));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    };
    write(head);
    rows.iter().for_each(|row| write(&row.iter().map(String::as_str).collect::<Vec<_>>()));
    out
}

fn status(text: &str) -> Result<Status, String> {
    Status::parse(text).ok_or_else(|| "one of open, acting, closed, historical".to_owned())
}

fn severities(text: &str) -> Result<Severities, String> {
    Severities::parse(text).ok_or_else(|| "write a severity from 1 (worst) to 5, or a range such as 1-2".to_owned())
}

/// Microseconds.
fn age(text: &str) -> Result<i64, String> {
    let help = || "write an age as hours or days: 12h, 3d".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(help)?;
    let number: i64 = number.trim().parse().map_err(|_| help())?;
    let hours = match unit {
        "h" => number,
        "d" => number.checked_mul(24).ok_or_else(help)?,
        _ => return Err(help()),
    };
    hours.checked_mul(3_600_000_000).filter(|age| *age >= 0).ok_or_else(help)
}
