//! What do all stages together say of a batch?
//!
//! The whole of the analysis is here, as one pure function of a batch: the runner calls it from its workers, a
//! binding calls it from wherever it runs. Rows come out in the order in which they went in, by month.

mod cases;
mod contacts;
mod themes;
mod verbatims;

pub(crate) use themes::ThemeReader;

use std::collections::BTreeMap;
use std::time::Duration;

use arrow_array::RecordBatch;

use crate::config::{Role, Settings};
use crate::error::Result;
use crate::identity::{response_id_of_content, response_key};
use crate::month::Month;
use crate::redact::Redactor;
use crate::response::{Answer, Binding, Place, RowKey, Score, cell, says_yes};
use crate::runner::keys::{Decision, PublishedKey};
use crate::schema::{CLAUSE, HOTLINE, HOTLINE_HIT, RESPONSE, RESPONSE_ATTRIBUTE, Room, Rows, SCORE, Table, VERBATIM};
use crate::source::RawBatch;
use crate::stage::embed::Model;
use crate::stage::hotline::{Facts, Rules, ScoreFact};
use crate::stage::sentiment::Lexicons;
use crate::store::Contact;
use crate::text::normalise;
use crate::theme::Registry;
use cases::CaseWriter;
use verbatims::VerbatimWriter;

/// Everything that the stages need, compiled before the first batch and shared by all workers.
#[derive(Debug)]
pub struct Engine {
    /// What was set.
    pub settings: Settings,
    /// HOTLINE rules.
    pub rules: Rules,
    /// Sentiment lexicons.
    pub lexicons: Lexicons,
    /// The static embedding model.
    pub model: Model,
    /// The themes that clauses are assigned to.
    pub registry: Registry,
    /// Takes personal data out.
    pub redactor: Redactor,
    /// The clock of the run, microseconds since 1970-01-01T00:00Z.
    pub as_of: i64,
}

/// Seconds that each stage took, from a sample of verbatims.
#[derive(Clone, Debug, Default)]
pub struct StageTimes(pub BTreeMap<&'static str, Duration>);

impl StageTimes {
    /// Adds the times of another batch.
    pub fn add(&mut self, other: &Self) {
        for (stage, time) in &other.0 {
            *self.0.entry(stage).or_default() += *time;
        }
    }
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Annotated {
    /// Rows by month; rows of a month are in the order of the input.
    pub months: BTreeMap<Month, MonthRows>,
    /// Counts for the summary.
    pub tally: Tally,
}

/// Rows of one month.
#[derive(Debug)]
pub struct MonthRows {
    /// One batch for each row table.
    pub tables: Vec<(&'static Table, RecordBatch)>,
    /// For each row of `verbatim`: hash of source, month and text, which equal texts share.
    pub texts: Vec<u128>,
    /// For each row of `response`: its key.
    pub keys: Vec<PublishedKey>,
    /// How the customers of its HOTLINE cases can be reached: for review.db alone.
    pub contacts: Vec<Contact>,
}

/// Counts that the summary and the manifest tell.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Verbatims.
    pub n_verbatims: u64,
    /// Their characters' bytes.
    pub n_text_bytes: u64,
    /// Clauses with a vector.
    pub n_clauses: u64,
    /// Of these, near no theme.
    pub n_residual: u64,
    /// Pieces of personal data replaced.
    pub n_redactions: u64,
    /// HTML entities decoded.
    pub n_entities: u64,
    /// Characters of mojibake turned back.
    pub n_mojibake: u64,
    /// The first rows whose verbatims had either: file of the input (filled in by the runner), row.
    pub mended: Vec<(usize, u64)>,
    /// HOTLINE cases by route.
    pub n_cases: BTreeMap<String, u64>,
    /// Answers that are not on their scale, by measure.
    pub n_out_of_scale: BTreeMap<String, u64>,
    /// Survey partner's flags, and how many of them a rule or score found too.
    pub n_partner_flags: u64,
    /// See `n_partner_flags`.
    pub n_partner_flags_found: u64,
    /// Time by stage.
    pub times: StageTimes,
}

impl Tally {
    /// Rows that are kept in `mended`: enough to go and look.
    pub const MAX_MENDED: usize = 5;

    /// Adds the counts of another batch.
    pub fn add(&mut self, other: &Self) {
        self.n_verbatims += other.n_verbatims;
        self.n_text_bytes += other.n_text_bytes;
        self.n_clauses += other.n_clauses;
        self.n_residual += other.n_residual;
        self.n_redactions += other.n_redactions;
        self.n_entities += other.n_entities;
        self.n_mojibake += other.n_mojibake;
        let room = Self::MAX_MENDED.saturating_sub(self.mended.len());
        self.mended.extend(other.mended.iter().take(room));
        self.n_partner_flags += other.n_partner_flags;
        self.n_partner_flags_found += other.n_partner_flags_found;
        for (route, n) in &other.n_cases {
            *self.n_cases.entry(route.clone()).or_default() += n;
        }
        for (measure, n) in &other.n_out_of_scale {
            *self.n_out_of_scale.entry(measure.clone()).or_default() += n;
        }
        self.times.add(&other.times);
    }
}

/// The scratch part of one worker.
pub struct Annotator<'e> {
    engine: &'e Engine,
    verbatims: VerbatimWriter<'e>,
    normalised: String,
    redacted: String,
    /// Where a case's context gathers.
    answers: String,
    /// How much the rows of the last batch took, by month.
    rooms: BTreeMap<Month, [Room; 7]>,
}

/// Builders of one month.
struct Building {
    response: Rows,
    attribute: Rows,
    verbatim: Rows,
    clause: Rows,
    hit: Rows,
    hotline: Rows,
    score: Rows,
    texts: Vec<u128>,
    keys: Vec<PublishedKey>,
    contacts: Vec<Contact>,
}

impl Building {
    fn new(rooms: Option<&[Room; 7]>) -> Self {
        let none = Default::default();
        let [response, attribute, verbatim, clause, hit, hotline, score] = rooms.unwrap_or(&none);
        Self {
            response: Rows::with_room(&RESPONSE, response),
            attribute: Rows::with_room(&RESPONSE_ATTRIBUTE, attribute),
            verbatim: Rows::with_room(&VERBATIM, verbatim),
            clause: Rows::with_room(&CLAUSE, clause),
            hit: Rows::with_room(&HOTLINE_HIT, hit),
            hotline: Rows::with_room(&HOTLINE, hotline),
            score: Rows::with_room(&SCORE, score),
            texts: Vec::new(),
            keys: Vec::new(),
            contacts: Vec::new(),
        }
    }

    fn rooms(&self) -> [Room; 7] {
        let Self { response, attribute, verbatim, clause, hit, hotline, score, .. } = self;
        [response, attribute, verbatim, clause, hit, hotline, score].map(Rows::room)
    }

    fn finish(self) -> MonthRows {
        let Self { response, attribute, verbatim, clause, hit, hotline, score, texts, keys, contacts } = self;
        let tables = [response, attribute, verbatim, clause, hit, hotline, score].map(|mut rows| (rows.table(), rows.finish()));
        MonthRows { tables: tables.into(), texts, keys, contacts }
    }
}

/// A response while its row is being written: what verbatims, cases and scores need of it.
struct Row<'a> {
    binding: &'a Binding,
    raw: &'a RawBatch,
    i: usize,
    id: &'a str,
    place: Place,
    scores: Vec<(usize, Score)>,
    nps: Option<i32>,
}

impl Row<'_> {
    fn source(&self) -> &str {
        &self.binding.source.name
    }

    fn field(&self, role: Role) -> Option<&str> {
        self.binding.field(self.raw, self.i, role)
    }
}

impl<'e> Annotator<'e> {
    /// A worker's scratch.
    pub fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            verbatims: VerbatimWriter::new(engine),
            normalised: String::new(),
            redacted: String::new(),
            answers: String::new(),
            rooms: BTreeMap::new(),
        }
    }

    /// Analyses the rows of a batch that were decided to be written. `decisions`: one for each row; `file`: its name, for
    /// `response.source_file`; empty: the rows are not from a file.
    ///
    /// Fails only when a row that was placed and keyed before no longer can be: the file changed in between.
    pub fn annotate(&mut self, binding: &Binding, raw: &RawBatch, decisions: &[Decision], file: &str) -> Result<Annotated> {
        let mut months: BTreeMap<Month, Building> = BTreeMap::new();
        let mut tally = Tally::default();
        for (i, decision) in decisions.iter().enumerate() {
            let (Decision::New(k) | Decision::Replacing(k)) = *decision else { continue };
            let place = binding.place(raw, i);
            let key = place.as_ref().ok().and_then(|place| binding.key(raw, i, place.month).ok());
            let (Ok(place), Some(key)) = (place, key) else {
                return Err(crate::Error::Input {
                    path: file.into(),
                    what: "the file changed while it was read".to_owned(),
                    found: None,
                    hint: Some("run again when it is complete".to_owned()),
                });
            };
            let building = months.entry(place.month).or_insert_with(|| Building::new(self.rooms.get(&place.month)));
            self.row(binding, raw, i, (place, key, k), file, building, &mut tally);
        }
        self.verbatims.take_times(&mut tally.times);
        self.rooms = months.iter().map(|(month, building)| (*month, building.rooms())).collect();
        Ok(Annotated { months: months.into_iter().map(|(month, building)| (month, building.finish())).collect(), tally })
    }

    #[expect(clippy::too_many_arguments, reason = "one call, one row; a struct of borrowed parts would only rename them")]
    fn row(
        &mut self,
        binding: &Binding,
        raw: &RawBatch,
        i: usize,
        at: (Place, RowKey, u32),
        file: &str,
        out: &mut Building,
        tally: &mut Tally,
    ) {
        let (place, key, k) = at;
        let id = match binding.field(raw, i, Role::Id) {
            Some(id) => id.to_owned(),
            None => response_id_of_content(key.base, k),
        };
        let day = place.received_at.map(|micros| micros.div_euclid(86_400_000_000) as i32);
        let (scores, n_out_of_scale) = read_scores(binding, raw, i, day);
        for measure in n_out_of_scale {
            *tally.n_out_of_scale.entry(measure).or_default() += 1;
        }
        let nps =
            scores.iter().find(|(s, _)| binding.scores[*s].kind == crate::config::ScoreKind::Nps).map(|(_, score)| score.value as i32);
        let row = Row { binding, raw, i, id: &id, place, scores, nps };
        let facts: Vec<ScoreFact<'_>> = row
            .scores
            .iter()
            .map(|(s, score)| ScoreFact { measure: &binding.scores[*s].measure, value: score.value, low: score.low, high: score.high })
            .collect();
        let facts = Facts {
            nps,
            scores: &facts,
            segment: row.field(Role::Segment),
            channel: row.field(Role::Channel),
            product: row.field(Role::Product),
            area: row.field(Role::Area),
            source: row.source(),
        };
        let mut cases = CaseWriter::new(self.engine, &row, std::mem::take(&mut self.answers));
        let n_verbatims = self.verbatims.write(&row, &facts, &mut cases, out, tally);
        for (s, score) in &row.scores {
            write_score(&row, *s, score, &mut out.score);
        }
        let note = row.field(Role::HotlineNote).map(str::to_owned).map(|note| self.clean(&note).to_owned());
        let (is_hotline, answers) = cases.write(note.as_deref(), out, tally);
        self.answers = answers;
        self.attributes(&row, &mut out.attribute);
        self.response(&row, file, n_verbatims, is_hotline, &mut out.response);
        out.keys.push(PublishedKey { base: key.base, content: key.content, k, source: PublishedKey::source_of(row.source()) });
    }

    fn response(&mut self, row: &Row<'_>, file: &str, n_verbatims: usize, is_hotline: bool, out: &mut Rows) {
        use crate::schema::response as col;
        out.text(col::response_id, row.id);
        out.text(col::source, row.source());
        let is_of_file = !file.is_empty();
        out.text(col::source_file, is_of_file.then_some(file));
        out.int(col::source_row, is_of_file.then_some(row.raw.rows[row.i] as i64));
        out.date(col::report_month, row.place.month.days());
        out.time(col::received_at, row.place.received_at);
        out.time(col::sent_at, row.place.sent_at);
        out.time(col::experience_at, row.place.experience_at);
        for (role, column) in [
            (Role::Wave, col::wave),
            (Role::AccountId, col::account_id),
            (Role::AccountName, col::account_name),
            (Role::ContactId, col::contact_id),
            (Role::ContactName, col::contact_name),
            (Role::ContactTitle, col::contact_title),
            (Role::ContactRole, col::contact_role),
            (Role::Segment, col::segment),
            (Role::Channel, col::channel),
            (Role::Product, col::product),
            (Role::Area, col::area),
        ] {
            let value = row.field(role).map(|value| {
                normalise(value, &mut self.normalised);
                self.normalised.as_str()
            });
            out.text(column, value.filter(|value| !value.is_empty()));
        }
        out.int(col::nps_score, row.nps.map(i64::from));
        out.text(
            col::nps_class,
            row.nps.map(|n| {
                if n >= 9 {
                    "promoter"
                } else if n >= 7 {
                    "passive"
                } else {
                    "detractor"
                }
            }),
        );
        out.int(col::verbatim_count, n_verbatims as i64);
        out.text(col::share_consent, row.field(Role::ShareConsent).map(consent));
        out.flag(col::is_hotline, is_hotline);
        out.float(col::account_value, row.field(Role::AccountValue).and_then(crate::roster::number));
        out.end_row();
    }

    fn attributes(&mut self, row: &Row<'_>, out: &mut Rows) {
        use crate::schema::response_attribute as col;
        for (column, position) in &row.binding.passthrough {
            let cell = cell(row.raw, *position, row.i).map(|cell| self.clean(cell));
            out.text(col::source, row.source());
            out.text(col::response_id, row.id);
            out.date(col::report_month, row.place.month.days());
            out.text(col::name, column.as_str());
            out.text(col::value, cell);
            out.end_row();
        }
    }

    /// Normalised and redacted.
    fn clean(&mut self, raw: &str) -> &str {
        normalise(raw, &mut self.normalised);
        self.engine.redactor.redact(&self.normalised, &mut self.redacted);
        &self.redacted
    }
}

fn read_scores(binding: &Binding, raw: &RawBatch, i: usize, day: Option<i32>) -> (Vec<(usize, Score)>, Vec<String>) {
    let (mut scores, mut out_of_scale) = (Vec::new(), Vec::new());
    for (s, score) in binding.scores.iter().enumerate() {
        match score.read(cell(raw, score.column, i), day) {
            Answer::Given(answer) => scores.push((s, answer)),
            Answer::None => {}
            Answer::OutOfScale => out_of_scale.push(score.measure.clone()),
        }
    }
    (scores, out_of_scale)
}

fn write_score(row: &Row<'_>, s: usize, answer: &Score, out: &mut Rows) {
    use crate::schema::score as col;
    let binding = &row.binding.scores[s];
    out.text(col::response_id, row.id);
    out.text(col::source, row.source());
    out.date(col::report_month, row.place.month.days());
    out.text(col::measure, binding.measure.as_str());
    out.text(col::kind, binding.kind.as_str());
    out.text(col::area, binding.area.as_deref());
    out.float(col::value_raw, answer.raw);
    out.float(col::value, answer.value);
    out.float(col::scale_low, answer.low);
    out.float(col::scale_high, answer.high);
    out.flag(col::is_top_box, answer.is_top_box());
    out.flag(col::is_top_band, answer.is_top_band());
    out.flag(col::is_top_2_box, answer.is_top_2_box());
    out.flag(col::is_bottom_box, answer.is_bottom_box());
    out.end_row();
}

/// Consent as the table has it; what is not understood gives the least.
fn consent(cell: &str) -> &'static str {
    match cell.trim().to_lowercase().as_str() {
        "named" | "name" | "by name" | "full" => "named",
        "anonymous" | "anonymously" | "anon" => "anonymous",
        _ if says_yes(cell) => "named",
        _ => "aggregate_only",
    }
}

/// The key that equal texts of one source and month share.
pub(crate) fn text_key(source: &str, month: Month, text: &str) -> u128 {
    response_key(source, text) ^ (month.days() as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
}
