//! Which HOTLINE cases does a response open, and what does whoever picks one up need to read?
//!
//! One case for each route. Cases arise from rules that fired, from the worst point of a measure that is marked,
//! from the survey partner's flag and from a request to be called back.

use std::fmt::Write as _;

use super::{Building, Engine, Row, Tally, contacts};
use crate::clock::RespondWithin;
use crate::config::Role;
use crate::identity::hotline_id;
use crate::response::says_yes;
use crate::stage::hotline::Hit;
use crate::text::{CharIndex, Verbatim};

const CARE: &str = "care";
/// Severity of a case that only a score or the partner opened, and of a call-back request.
const SCORE_SEVERITY: i32 = 2;
const CALLBACK_SEVERITY: i32 = 3;

/// Gathers what a response says to a care team; writes hits at once and cases at the end.
pub(super) struct CaseWriter<'a> {
    engine: &'a Engine,
    row: &'a Row<'a>,
    fired: Vec<Fired>,
    answers: String,
}

/// A reason for a case.
struct Fired {
    route: String,
    trigger: Trigger,
    severity: i32,
    category: Option<String>,
    rule_id: String,
    /// Time to respond, as the rules write it.
    within: String,
    /// Matched words, or what the score was.
    what: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trigger {
    Keyword,
    Score,
    Partner,
    Callback,
}

impl Trigger {
    fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Score => "score",
            Self::Partner => "partner",
            Self::Callback => "callback",
        }
    }
}

impl<'a> CaseWriter<'a> {
    /// `answers`: memory for what was answered, which [`Self::write`] gives back.
    pub(super) fn new(engine: &'a Engine, row: &'a Row<'a>, mut answers: String) -> Self {
        answers.clear();
        Self { engine, row, fired: Vec::new(), answers }
    }

    /// Takes the hits of one verbatim: each becomes a row, those that fired a reason.
    pub(super) fn see(&mut self, question: &str, id: &str, verbatim: &Verbatim<'_>, hits: &[Hit], out: &mut Building) {
        if !self.answers.is_empty() {
            self.answers.push('\n');
        }
        for part in [question, ": ", verbatim.text] {
            self.answers.push_str(part);
        }
        let mut chars = CharIndex::new(verbatim.text);
        for hit in hits {
            let rule = &self.engine.rules.rules()[hit.rule as usize];
            let matched = verbatim.slice(hit.start_byte, hit.end_byte);
            if hit.fired {
                self.fired.push(Fired {
                    route: rule.route.clone(),
                    trigger: Trigger::Keyword,
                    severity: rule.severity,
                    category: Some(rule.category.clone()),
                    rule_id: rule.id.clone(),
                    within: rule.respond_within.to_string(),
                    what: one_line(matched),
                });
            }
            use crate::schema::hotline_hit as col;
            let h = &mut out.hit;
            h.text(col::verbatim_id, id);
            h.text(col::response_id, self.row.id);
            h.text(col::source, self.row.source());
            h.date(col::report_month, self.row.place.month.days());
            h.text(col::rule_id, rule.id.as_str());
            h.int(col::rule_version, i64::from(rule.version));
            h.text(col::category, rule.category.as_str());
            h.int(col::start_char, i64::from(chars.char_at(hit.start_byte)));
            h.int(col::end_char, i64::from(chars.char_at(hit.end_byte)));
            h.text(col::matched_text, matched);
            h.text(col::assertion, hit.assertion.as_str());
            h.text(col::cue_text, hit.cue.map(|(start, end)| verbatim.slice(start, end)));
            h.flag(col::fired, hit.fired);
            let reason = hit.suppressed_by.as_ref().map(ToString::to_string);
            h.text(col::suppressed_by, reason.as_deref().filter(|_| !hit.fired));
            h.end_row();
        }
    }

    /// Writes the cases; returns whether there is one, and the memory for answers. `note`: the partner's, normalised and redacted.
    pub(super) fn write(mut self, note: Option<&str>, out: &mut Building, tally: &mut Tally) -> (bool, String) {
        self.see_scores(out);
        let is_found = !self.fired.is_empty();
        self.see_flags(note, out);
        if self.fired.iter().any(|f| f.trigger == Trigger::Partner) {
            tally.n_partner_flags += 1;
            tally.n_partner_flags_found += u64::from(is_found);
        }
        if self.fired.is_empty() {
            return (false, self.answers);
        }
        self.fired.sort_by(|a, b| (a.severity, a.trigger, &a.rule_id).cmp(&(b.severity, b.trigger, &b.rule_id)));
        let mut routes: Vec<&str> = self.fired.iter().map(|f| f.route.as_str()).collect();
        routes.sort_unstable();
        routes.dedup();
        let context = self.context(note);
        for route in &routes {
            let reasons: Vec<&Fired> = self.fired.iter().filter(|f| f.route == *route).collect();
            self.write_case(route, &reasons, &context, out);
            if self.engine.settings.hotline.contact_retention_days > 0 && !self.is_historical() {
                contacts::gather(self.engine, self.row, &hotline_id(self.row.source(), self.row.id, route), &mut out.contacts);
            }
            *tally.n_cases.entry((*route).to_owned()).or_default() += 1;
        }
        (true, self.answers)
    }

    fn see_scores(&mut self, out: &mut Building) {
        for (s, answer) in &self.row.scores {
            let binding = &self.row.binding.scores[*s];
            if binding.hotline && answer.is_bottom_box() {
                let what = format!("{} {} of {}, the worst point", binding.measure, answer.value, answer.high);
                self.see_other(Trigger::Score, format!("score:{}", binding.measure), SCORE_SEVERITY, what, out);
            }
        }
    }

    fn see_flags(&mut self, note: Option<&str>, out: &mut Building) {
        if self.row.field(Role::HotlineFlag).is_some_and(says_yes) {
            self.see_other(
                Trigger::Partner,
                "partner".to_owned(),
                SCORE_SEVERITY,
                note.map_or_else(|| "flagged by the survey partner".to_owned(), one_line),
                out,
            );
        }
        if self.row.field(Role::CallbackRequested).is_some_and(says_yes) {
            self.see_other(Trigger::Callback, "callback".to_owned(), CALLBACK_SEVERITY, "asked to be called back".to_owned(), out);
        }
    }

    fn see_other(&mut self, trigger: Trigger, id: String, severity: i32, what: String, out: &mut Building) {
        use crate::schema::hotline_hit as col;
        let h = &mut out.hit;
        h.text(col::response_id, self.row.id);
        h.text(col::source, self.row.source());
        h.date(col::report_month, self.row.place.month.days());
        h.text(col::rule_id, id.as_str());
        h.flag(col::fired, true);
        h.end_row();
        let within = format!("{}h", self.engine.settings.hotline.respond_within_hours);
        self.fired.push(Fired { route: CARE.to_owned(), trigger, severity, category: None, rule_id: id, within, what });
    }

    /// Every answered question with its answer, scores first.
    fn context(&self, note: Option<&str>) -> String {
        let mut context = String::new();
        for (s, answer) in &self.row.scores {
            let binding = &self.row.binding.scores[*s];
            let name = &self.row.binding.names[binding.column];
            writeln!(context, "{name}: {} (of {} to {})", answer.value, answer.low, answer.high).expect("a string takes everything");
        }
        context.push_str(&self.answers);
        if let Some(note) = note {
            if !context.is_empty() && !context.ends_with('\n') {
                context.push('\n');
            }
            write!(context, "Survey partner's note: {note}").expect("a string takes everything");
        }
        if context.is_empty() {
            context.push_str("(no question answered)");
        }
        context.trim_end().to_owned()
    }

    /// Whether the response is too old for a clock.
    fn is_historical(&self) -> bool {
        let max_age = i64::from(self.engine.settings.hotline.max_age_days) * 86_400_000_000;
        self.row.place.received_at.is_some_and(|at| at < self.engine.as_of - max_age)
    }

    fn write_case(&self, case_route: &str, reasons: &[&Fired], answers: &str, out: &mut Building) {
        use crate::schema::hotline as col;
        let worst = reasons[0];
        let first_trigger = reasons.iter().map(|f| f.trigger).min().expect("a case has a reason");
        let case_category = reasons.iter().find_map(|f| f.category.as_deref());
        let mut ids: Vec<&str> = Vec::new();
        for reason in reasons {
            if !ids.contains(&reason.rule_id.as_str()) {
                ids.push(&reason.rule_id);
            }
        }
        let received = self.row.place.received_at;
        let is_historical = self.is_historical();
        let line = match case_category {
            Some(category) => {
                let reason = reasons.iter().find(|f| f.category.is_some()).expect("a category has a reason");
                format!("{category}: “{}”", reason.what)
            }
            None => worst.what.clone(),
        };
        let h = &mut out.hotline;
        h.text(col::hotline_id, hotline_id(self.row.source(), self.row.id, case_route).as_str());
        h.text(col::response_id, self.row.id);
        h.text(col::source, self.row.source());
        h.date(col::report_month, self.row.place.month.days());
        h.text(col::category, case_category);
        h.text(col::route, case_route);
        h.int(col::severity, i64::from(worst.severity));
        h.text(col::trigger, first_trigger.as_str());
        h.text(col::rule_ids, ids.join(",").as_str());
        h.text(col::account_id, self.row.field(Role::AccountId));
        h.text(col::account_name, self.row.field(Role::AccountName));
        h.text(col::contact_name, self.row.field(Role::ContactName));
        h.text(col::description, line.as_str());
        h.text(col::context, answers);
        h.time(col::received_at, received);
        h.time(col::detected_at, self.engine.as_of);
        h.int(col::reopen_count, 0);
        h.text(col::status, if is_historical { "historical" } else { "open" });
        let within = shortest(reasons.iter().map(|f| f.within.as_str()));
        h.text(col::respond_within, within);
        h.end_row();
    }
}

/// The shortest of the times to respond.
fn shortest<'a>(times: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    times.min_by_key(|time| RespondWithin::parse(time).map_or(i64::MAX, |within| within.calendar_hours()))
}

/// On one line, at most 160 characters.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", line.get(..end).expect("a character boundary")),
        None => line,
    }
}
