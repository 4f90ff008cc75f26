//! What is written of the open answers of one response?

use std::time::{Duration, Instant};

use super::cases::CaseWriter;
use super::themes::ThemeReader;
use super::{Building, Engine, Row, StageTimes, Tally, text_key};
use crate::identity::verbatim_id;
use crate::language::Detector;
use crate::response::cell;
use crate::stage::hotline::{Facts, Hit, Matcher};
use crate::stage::sentiment::{Scored, Scorer};
use crate::text::{CharIndex, Repairs, Tokens, Verbatim, WordTable, is_meaningful, normalise};

/// Takes a verbatim through all stages; one for each worker.
pub(super) struct VerbatimWriter<'e> {
    engine: &'e Engine,
    table: WordTable,
    tokens: Tokens,
    languages: Detector,
    matcher: Matcher<'e>,
    scorer: Scorer<'e>,
    normalised: String,
    text: String,
    hits: Vec<Hit>,
    scored: Scored,
    themes: ThemeReader<'e>,
    clock: Clock,
}

impl<'e> VerbatimWriter<'e> {
    pub(super) fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            table: WordTable::default(),
            tokens: Tokens::default(),
            languages: Detector::default(),
            matcher: Matcher::new(&engine.rules),
            scorer: Scorer::new(&engine.lexicons),
            normalised: String::new(),
            text: String::new(),
            hits: Vec::new(),
            scored: Scored::default(),
            themes: ThemeReader::new(&engine.model, &engine.registry),
            clock: Clock::default(),
        }
    }

    pub(super) fn take_times(&mut self, times: &mut StageTimes) {
        for (stage, time) in std::mem::take(&mut self.clock.times) {
            *times.0.entry(stage).or_default() += time;
        }
    }

    /// Writes the verbatims, clauses and hits of a response; returns how many open questions were answered.
    pub(super) fn write(
        &mut self,
        row: &Row<'_>,
        facts: &Facts<'_>,
        cases: &mut CaseWriter<'_>,
        out: &mut Building,
        tally: &mut Tally,
    ) -> usize {
        let mut n = 0;
        for (question, column) in &row.binding.verbatims {
            let Some(raw) = cell(row.raw, *column, row.i) else { continue };
            self.clock.start();
            let repairs = normalise(raw, &mut self.normalised);
            if self.normalised.is_empty() {
                continue;
            }
            let before = row.raw.redacted.get(&(row.i, *column)).copied().unwrap_or_default();
            let n_redactions = before + self.engine.redactor.redact(&self.normalised, &mut self.text);
            self.clock.lap("redaction");
            n += 1;
            tally.n_verbatims += 1;
            tally.n_text_bytes += self.text.len() as u64;
            tally.n_redactions += u64::from(n_redactions);
            tally.n_entities += u64::from(repairs.n_entities);
            tally.n_mojibake += u64::from(repairs.n_mojibake);
            if repairs != Repairs::default() && tally.mended.len() < Tally::MAX_MENDED {
                tally.mended.push((0, row.raw.rows[row.i]));
            }
            self.one(row, question, n_redactions, facts, cases, out, tally);
        }
        n
    }

    #[expect(clippy::too_many_arguments, reason = "one call, one verbatim; a struct of borrowed parts would only rename them")]
    fn one(
        &mut self,
        row: &Row<'_>,
        question: &str,
        n_redactions: u32,
        facts: &Facts<'_>,
        cases: &mut CaseWriter<'_>,
        out: &mut Building,
        tally: &mut Tally,
    ) {
        self.tokens.cut(&self.text, &mut self.table);
        self.clock.lap("tokens");
        let language = self.languages.detect(&self.text, &self.tokens.words, &self.table);
        self.clock.lap("language");
        let verbatim =
            Verbatim { text: &self.text, words: &self.tokens.words, clauses: &self.tokens.clauses, table: &self.table, language };
        // An undecided text gets the rules of the default language; its own language stays undecided.
        let for_rules =
            Verbatim { language: if language == "und" { &self.engine.settings.language.default } else { language }, ..verbatim };
        self.matcher.matches(&for_rules, facts, &mut self.hits);
        self.clock.lap("hotline");
        self.scorer.score(&verbatim, &mut self.scored);
        self.clock.lap("sentiment");
        if self.engine.settings.themes.reads(language) {
            let nearest = self.themes.read(&verbatim);
            tally.n_clauses += nearest.iter().flatten().count() as u64;
            tally.n_residual += nearest.iter().flatten().filter(|near| !near.is_near).count() as u64;
        } else {
            self.themes.pass(&verbatim);
        }
        self.clock.lap("themes");
        let id = verbatim_id(row.source(), row.id, question);
        cases.see(question, &id, &verbatim, &self.hits, out);
        self.clauses(row, &id, &verbatim, out);
        let is_hotline = self.hits.iter().any(|hit| hit.fired);
        out.texts.push(text_key(row.source(), row.place.month, &self.text));
        let primary = self.themes.primary();
        {
            use crate::schema::verbatim as col;
            let v = &mut out.verbatim;
            v.text(col::verbatim_id, id.as_str());
            v.text(col::response_id, row.id);
            v.text(col::source, row.source());
            v.date(col::report_month, row.place.month.days());
            v.text(col::question, question);
            v.text(col::text, self.text.as_str());
            v.int(col::redaction_count, i64::from(n_redactions));
            v.text(col::language, language);
            v.int(col::char_count, if self.text.is_ascii() { self.text.len() } else { self.text.chars().count() } as i64);
            v.int(col::word_count, self.tokens.words.len() as i64);
            v.int(col::clause_count, self.tokens.clauses.len() as i64);
            v.flag(col::meaningful, is_meaningful(&self.text));
            v.float(col::sentiment, self.scored.sentiment);
            v.text(col::sentiment_label, self.scored.label);
            v.float(col::vader_compound, self.scored.vader);
            v.text(col::emotion, self.scored.emotion);
            v.text(col::primary_theme_id, primary.map(|theme| self.engine.registry.themes()[theme].id.as_str()));
            v.int(col::registry_version, i64::from(self.engine.registry.version()));
            v.text(col::found_theme_id, None);
            v.flag(col::is_hotline, is_hotline);
            v.end_row();
        }
        self.clock.lap("rows");
    }

    fn clauses(&self, row: &Row<'_>, id: &str, verbatim: &Verbatim<'_>, out: &mut Building) {
        use crate::schema::clause as col;
        let mut chars = CharIndex::new(verbatim.text);
        let c = &mut out.clause;
        for (i, clause) in verbatim.clauses.iter().enumerate() {
            let nearest = self.themes.themes()[i];
            c.text(col::verbatim_id, id);
            c.int(col::clause, i as i64);
            c.date(col::report_month, row.place.month.days());
            c.int(col::start_char, i64::from(chars.char_at(clause.start_byte)));
            c.int(col::end_char, i64::from(chars.char_at(clause.end_byte)));
            c.float(col::sentiment, self.scored.clauses.get(i).copied().flatten());
            c.text(col::theme_id, nearest.filter(|near| near.is_near).map(|near| self.engine.registry.themes()[near.theme].id.as_str()));
            c.float(col::theme_similarity, nearest.map(|near| f64::from(near.similarity)));
            c.text(col::found_theme_id, None);
            c.end_row();
        }
    }
}

/// Times every sixteenth verbatim: a clock read at every stage of every verbatim would be 3 % of a run on short comments.
#[derive(Default)]
struct Clock {
    n: u32,
    last: Option<Instant>,
    times: std::collections::BTreeMap<&'static str, Duration>,
}

const EVERY: u32 = 16;

impl Clock {
    fn start(&mut self) {
        self.n = self.n.wrapping_add(1);
        self.last = self.n.is_multiple_of(EVERY).then(Instant::now);
    }

    fn lap(&mut self, stage: &'static str) {
        if let Some(last) = self.last {
            let now = Instant::now();
            *self.times.entry(stage).or_default() += (now - last) * EVERY;
            self.last = Some(now);
        }
    }
}
