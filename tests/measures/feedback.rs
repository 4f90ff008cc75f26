//! Row tables in memory: made by hand, row by row, or generated from a seed.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use outspoken::Result;
use outspoken::measure::{Batches, Tables};
use outspoken::month::Month;
use outspoken::roster::invitation::{self, Invitation};
use outspoken::schema::{self, Rows, Table, clause, hotline, response, score, verbatim};

/// A response with everything that figures look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answered {
    pub(crate) id: String,
    pub(crate) source: &'static str,
    pub(crate) account: Option<String>,
    pub(crate) account_name: Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) contact_name: Option<String>,
    pub(crate) segment: Option<&'static str>,
    pub(crate) channel: Option<&'static str>,
    pub(crate) product: Option<String>,
    pub(crate) area: Option<&'static str>,
    pub(crate) scores: Vec<Scored>,
    /// Verbatims, each with its clauses: theme and sentiment.
    pub(crate) verbatims: Vec<Said>,
    /// What may be shown to others.
    pub(crate) consent: Option<&'static str>,
    /// What its account is worth.
    pub(crate) account_value: Option<f64>,
    /// Status of its case.
    pub(crate) case: Option<&'static str>,
}

/// A rating.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scored {
    pub(crate) measure: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) area: Option<&'static str>,
    pub(crate) value: f64,
    pub(crate) scale: (f64, f64),
}

/// A verbatim.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(crate) meaningful: bool,
    pub(crate) sentiment: Option<f64>,
    pub(crate) clauses: Vec<(Option<String>, Option<f64>)>,
}

/// Tables in memory.
#[derive(Default)]
pub(crate) struct Feedback(BTreeMap<(&'static str, Month), Vec<RecordBatch>>);

impl Tables for Feedback {
    fn read(&self, table: &'static Table, month: Month, columns: &[&str]) -> Result<Batches> {
        let project = |batch: &RecordBatch| {
            let wanted: Vec<usize> = columns.iter().map(|c| table.index_of(c).expect("a column of the table")).collect();
            batch.project(&wanted).expect("columns of the table")
        };
        let batches: Vec<RecordBatch> =
            self.0.get(&(table.name, month)).map(|batches| batches.iter().map(project).collect()).unwrap_or_default();
        Ok(Box::new(batches.into_iter().map(Ok)))
    }
}

impl Feedback {
    /// The responses of one month, in batches of `n_rows` responses.
    pub(crate) fn add(&mut self, month: Month, responses: &[Answered], n_rows: usize) {
        for batch in responses.chunks(n_rows) {
            self.put(month, &schema::RESPONSE, batch, response_rows);
            self.put(month, &schema::SCORE, batch, score_rows);
            self.put(month, &schema::VERBATIM, batch, verbatim_rows);
            self.put(month, &schema::CLAUSE, batch, clause_rows);
            self.put(month, &schema::HOTLINE, batch, hotline_rows);
        }
    }

    /// Those who were asked in a month.
    pub(crate) fn invite(&mut self, month: Month, invited: &[Invitation]) {
        self.0.entry((schema::INVITATION.name, month)).or_default().push(invitation::rows(invited.iter()));
    }

    /// Turns the rows of a table around.
    pub(crate) fn reverse(&mut self, table: &str) {
        for ((name, _), batches) in &mut self.0 {
            if *name == table {
                batches.reverse();
                for batch in batches {
                    *batch = concat((0..batch.num_rows()).rev().map(|row| batch.slice(row, 1)).collect());
                }
            }
        }
    }

    fn put(&mut self, month: Month, table: &'static Table, responses: &[Answered], fill: fn(&mut Rows, &Answered, i32)) {
        let mut rows = Rows::new(table);
        responses.iter().for_each(|response| fill(&mut rows, response, month.days()));
        self.0.entry((table.name, month)).or_default().push(rows.finish());
    }
}

fn concat(batches: Vec<RecordBatch>) -> RecordBatch {
    arrow_select::concat::concat_batches(&batches[0].schema(), &batches).expect("batches of one table")
}

fn response_rows(rows: &mut Rows, r: &Answered, day: i32) {
    let nps = r.scores.iter().find(|s| s.kind == "nps").map(|s| s.value as i64);
    rows.text(response::response_id, r.id.as_str());
    rows.text(response::source, r.source);
    rows.date(response::report_month, day);
    rows.text(response::account_id, r.account.as_deref());
    rows.text(response::account_name, r.account_name.as_deref());
    rows.text(response::contact_id, r.contact.as_deref());
    rows.text(response::contact_name, r.contact_name.as_deref());
    rows.text(response::segment, r.segment);
    rows.text(response::channel, r.channel);
    rows.text(response::product, r.product.as_deref());
    rows.text(response::area, r.area);
    rows.int(response::nps_score, nps);
    rows.text(
        response::nps_class,
        nps.map(|n| {
            if n >= 9 {
                "promoter"
            } else if n >= 7 {
                "passive"
            } else {
                "detractor"
            }
        }),
    );
    rows.text(response::share_consent, r.consent);
    rows.flag(response::is_hotline, r.case.is_some());
    rows.float(response::account_value, r.account_value);
    rows.end_row();
}

fn score_rows(rows: &mut Rows, r: &Answered, day: i32) {
    for s in &r.scores {
        let (low, high) = s.scale;
        let n_points = high - low + 1.0;
        let position = s.value - low + 1.0;
        rows.text(score::response_id, r.id.as_str());
        rows.text(score::source, r.source);
        rows.date(score::report_month, day);
        rows.text(score::measure, s.measure);
        rows.text(score::kind, s.kind);
        rows.text(score::area, s.area);
        rows.float(score::value, s.value);
        rows.float(score::scale_low, low);
        rows.float(score::scale_high, high);
        rows.flag(score::is_top_box, s.value >= high);
        rows.flag(score::is_top_band, position / n_points > 0.8);
        rows.flag(score::is_top_2_box, (n_points >= 5.0).then_some(s.value >= high - 1.0));
        rows.flag(score::is_bottom_box, s.value <= low);
        rows.end_row();
    }
}

fn verbatim_id(r: &Answered, number: usize) -> String {
    format!("{}/{}/{number}", r.source, r.id)
}

fn verbatim_rows(rows: &mut Rows, r: &Answered, day: i32) {
    for (number, said) in r.verbatims.iter().enumerate() {
        rows.text(verbatim::verbatim_id, verbatim_id(r, number).as_str());
        rows.text(verbatim::response_id, r.id.as_str());
        rows.text(verbatim::source, r.source);
        rows.date(verbatim::report_month, day);
        rows.text(verbatim::text, "");
        rows.int(verbatim::char_count, 0);
        rows.flag(verbatim::meaningful, said.meaningful);
        rows.float(verbatim::sentiment, said.sentiment);
        rows.flag(verbatim::is_hotline, false);
        rows.end_row();
    }
}

fn clause_rows(rows: &mut Rows, r: &Answered, day: i32) {
    for (number, said) in r.verbatims.iter().enumerate() {
        for (place, (theme, sentiment)) in said.clauses.iter().enumerate() {
            rows.text(clause::verbatim_id, verbatim_id(r, number).as_str());
            rows.int(clause::clause, place as i64);
            rows.date(clause::report_month, day);
            rows.int(clause::start_char, 0);
            rows.int(clause::end_char, 1);
            rows.float(clause::sentiment, *sentiment);
            rows.text(clause::theme_id, theme.as_deref());
            rows.end_row();
        }
    }
}

fn hotline_rows(rows: &mut Rows, r: &Answered, day: i32) {
    let Some(status) = r.case else { return };
    rows.text(hotline::hotline_id, format!("case {} {}", r.source, r.id).as_str());
    rows.text(hotline::response_id, r.id.as_str());
    rows.text(hotline::source, r.source);
    rows.date(hotline::report_month, day);
    rows.text(hotline::route, "care");
    rows.text(hotline::status, status);
    rows.end_row();
}

/// Numbers from a seed: splitmix64.
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }
}

/// Responses of a month: a survey whose scale changes in June 2025, a quarterly survey, a complaint log without ratings.
pub(crate) fn generated(month: Month, n_responses: usize, seed: u64) -> Vec<Answered> {
    let mut seed = Seed(seed ^ ((month.days() as u64) << 20));
    (0..n_responses).map(|number| one(month, number, &mut seed)).collect()
}

fn one(month: Month, number: usize, seed: &mut Seed) -> Answered {
    let is_quarter = month.to_string().ends_with("-03") || month.to_string().ends_with("-09");
    let source = seed.of(if is_quarter { &["survey", "survey", "log", "waves"][..] } else { &["survey", "survey", "log"][..] });
    let account = seed.below(400);
    let has_account = seed.chance(80);
    let mut response = Answered {
        id: format!("{month}-{number}"),
        source,
        account: (has_account && !account.is_multiple_of(3)).then(|| format!("A-{account}")),
        account_name: has_account.then(|| format!(" Firm  {}{account}", seed.of(&["No ", "NO "]))),
        contact: seed.chance(60).then(|| format!("C-{account}-{}", account % 7)),
        contact_name: seed.chance(70).then(|| format!("Person {}", seed.below(9))),
        segment: seed.of(&[Some("Enterprise"), Some("Small business"), Some("Small business"), Some("Public"), None]),
        channel: seed.of(&[Some("phone"), Some("web"), Some("e-mail")]),
        product: seed.chance(90).then(|| format!("Product {:02}", seed.below(6) * seed.below(7))),
        area: (source == "log").then(|| seed.of(&["Billing", "Service", "Provisioning"])),
        ..Answered::default()
    };
    if source != "log" {
        rate(&mut response, month, seed);
    }
    speak(&mut response, month, seed);
    response.case = seed.chance(7).then(|| seed.of(&["open", "acting", "closed"]));
    response
}

fn rate(response: &mut Answered, month: Month, seed: &mut Seed) {
    let high = if month >= Month::new(2025, 6) { 7.0 } else { 5.0 };
    let drift = (month.days() / 30 % 5) as u64;
    let mut add = |measure, kind, area, scale: (f64, f64), percent: u64, seed: &mut Seed| {
        if seed.chance(percent) {
            let n_points = (scale.1 - scale.0) as u64 + 1;
            let value = scale.0 + (seed.below(n_points + drift).min(n_points - 1)) as f64;
            response.scores.push(Scored { measure, kind, area, value, scale });
        }
    };
    add("overall_satisfaction", "csat", None, (1.0, high), 90, seed);
    add("billing", "csat", Some("Billing"), (1.0, 5.0), 60, seed);
    add("service", "csat", Some("Service"), (1.0, 4.0), 60, seed);
    add("effort", "ces", None, (1.0, 7.0), 50, seed);
    add("recommend", "nps", None, (0.0, 10.0), 85, seed);
}

fn speak(response: &mut Answered, month: Month, seed: &mut Seed) {
    let n_themes = if month >= Month::new(2025, 4) { 25 } else { 20 };
    for _ in 0..seed.below(3) {
        let clauses = (0..seed.below(4)).map(|_| {
            let theme = seed.below(n_themes) * seed.below(n_themes) / n_themes;
            (seed.chance(75).then(|| format!("t{theme:02}")), seed.chance(80).then(|| seed.below(2001) as f64 / 1000.0 - 1.0))
        });
        let clauses: Vec<_> = clauses.collect();
        let meaningful = seed.chance(90);
        let sentiment = seed.chance(80).then(|| seed.below(2_000_001) as f64 / 1e6 - 1.0);
        response.verbatims.push(Said { meaningful, sentiment, clauses });
    }
}
