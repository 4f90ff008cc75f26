//! What does each term say in its place?
//!
//! One loop over the words of a verbatim notes the places where a term may begin or where more than a comma follows, one in five;
//! only these are then read, clause by clause. Negators, boosters, wishes and suppositions are held until a term with a valence
//! follows within their reach.

use crate::lexicon::{Meaning, Reach};
use crate::text::{Case, Clause, Verbatim, Word, WordId};

use super::cues::{Cue, Pending, Place, stops};
use super::emoticons;
use super::items::{ClauseReading, EmotionItem, Item, Span};
use super::lexicons::Lexicons;
use super::trie::{self, Language, Match, Record, UNKNOWN};

/// What the terms of one verbatim say; memory of one worker.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub clauses: Vec<ClauseReading>,
    pub items: Vec<Item>,
    pub emotions: Vec<EmotionItem>,
    pub effort: bool,
    /// What each language knows of a word, by language and by the word's id.
    known: Vec<Vec<Record>>,
    generation: u32,
    /// The same for the words of this verbatim in order, and two that are unknown behind them.
    records: Vec<Record>,
    /// Words where something may be.
    places: Vec<u32>,
    /// Whether most words are in capitals, so that capitals say nothing; counted when it matters.
    shouting: Option<bool>,
    buffer: String,
}

/// A negated positive term turns and loses a little ("not great" is milder than "bad"); a negated negative one becomes
/// faintly positive.
const NEGATED_POSITIVE: f64 = -0.65;
const NEGATED_NEGATIVE: f64 = -0.3;
/// What is wished for is missing.
const WISHED: f64 = -0.5;
/// A negator without a term near it.
const DID_NOT_HAPPEN: f64 = -0.6;
const SUPPOSED: f64 = 0.4;
const QUESTIONED_POSITIVE: f64 = 0.5;
const QUESTIONED_NEGATIVE: f64 = 0.8;
const CAPITALS: f64 = 1.25;
const STRETCH: f64 = 1.2;
/// How many words may stand between a cue and its term.
const NEGATION_REACH: u32 = 3;
const EMOTION_REACH: u32 = 3;
const BOOST_REACH: u32 = 1;
const WISH_REACH: u32 = 8;
const BACKWARD_REACH: u32 = 3;

impl Reader {
    /// Reads a verbatim in the language of this number; what was read before is forgotten.
    pub(super) fn read(&mut self, lexicons: &Lexicons, language: usize, verbatim: &Verbatim<'_>) {
        self.learn(lexicons, language, verbatim);
        self.clauses.clear();
        self.items.clear();
        self.emotions.clear();
        self.effort = false;
        self.shouting = None;
        let (_, terms) = &lexicons.languages[language];
        self.find_places(terms, language, verbatim.words);
        let places = std::mem::take(&mut self.places);
        let mut next_place = 0;
        for clause in verbatim.clauses {
            let first_item = self.items.len() as u32;
            let mut reading = ClauseReading { first_item, end_item: first_item, sentence: clause.sentence, ..ClauseReading::default() };
            let n_places = places[next_place..].iter().take_while(|at| **at < clause.end_word).count();
            let here = &places[next_place..next_place + n_places];
            next_place += n_places;
            if !here.is_empty() {
                self.read_clause(lexicons, terms, verbatim, clause, here, &mut reading);
                self.add_up(&mut reading);
            }
            self.clauses.push(reading);
        }
        self.places = places;
        super::weigh::weigh(&mut self.clauses);
    }

    /// The sum of the items of a clause.
    fn add_up(&mut self, reading: &mut ClauseReading) {
        reading.end_item = self.items.len() as u32;
        let items = self.items.get_mut(reading.first_item as usize..).expect("items only grow");
        if items.is_empty() {
            return;
        }
        if reading.is_question {
            question(items);
        }
        let sum: f64 = items.iter().map(|item| item.value).sum();
        reading.sum = Some(super::weigh::emphasised(sum, reading.n_exclamations));
    }

    /// Looks up the words that are new in the table.
    fn learn(&mut self, lexicons: &Lexicons, language: usize, verbatim: &Verbatim<'_>) {
        let table = verbatim.table;
        if self.generation != table.generation() {
            self.generation = table.generation();
            self.known.clear();
        }
        if self.known.len() <= language {
            self.known.resize(language + 1, Vec::new());
        }
        for id in self.known[language].len()..table.len() {
            let (number, stretched) = self.look_up(lexicons, table.folded(WordId(id as u32)));
            self.known[language].push(lexicons.languages[language].1.record(number, stretched));
        }
    }

    /// The number of a word, and whether letters that are repeated in it were left out for that.
    fn look_up(&mut self, lexicons: &Lexicons, folded: &str) -> (u32, bool) {
        let number = lexicons.word(folded);
        if number != UNKNOWN {
            return (number, false);
        }
        if folded.bytes().all(|b| b.is_ascii_digit()) {
            return (lexicons.digits(), false);
        }
        for keep in [2, 1] {
            shorten(folded, keep, &mut self.buffer);
            if self.buffer.len() < folded.len() {
                let number = lexicons.word(&self.buffer);
                if number != UNKNOWN {
                    return (number, true);
                }
            }
        }
        (UNKNOWN, false)
    }

    /// Notes where a term begins or where more than a comma or full stop follows: without a branch, as words come in no order that a
    /// processor could guess. First by each word alone, then those that are left by the words behind them.
    fn find_places(&mut self, terms: &Language, language: usize, words: &[Word]) {
        let known = &self.known[language];
        self.records.clear();
        self.records.reserve(words.len() + 2);
        self.places.resize(words.len(), 0);
        let mut n = 0;
        for (at, word) in (0_u32..).zip(words) {
            let record = known[word.id.index()];
            self.records.push(record);
            self.places[n] = at;
            n += usize::from(trie::may_begin(record) | word.marks.is_far());
        }
        self.records.extend([UNKNOWN; 2]);
        let n_candidates = std::mem::take(&mut n);
        for i in 0..n_candidates {
            let at = self.places[i];
            let three = self.records[at as usize..].first_chunk().copied().unwrap_or([UNKNOWN; 3]);
            self.places[n] = at;
            n += usize::from(terms.begins(three) | words[at as usize].marks.is_far());
        }
        self.places.truncate(n);
    }

    fn read_clause(
        &mut self,
        lexicons: &Lexicons,
        language: &Language,
        verbatim: &Verbatim<'_>,
        clause: &Clause,
        places: &[u32],
        reading: &mut ClauseReading,
    ) {
        let (first, end) = (clause.first_word as usize, clause.end_word as usize);
        let words = verbatim.words;
        let mut pending = Pending::default();
        let mut skip_until = first;
        for at in places.iter().map(|at| *at as usize) {
            let found = language.longest(&self.records[at..end]);
            if found.cue.is_some() || found.emotion.is_some() || found.effort.is_some() {
                self.feel(lexicons, &found, verbatim, at, &mut pending);
            }
            if let Some((term, n_words)) = found.sentiment.filter(|_| at >= skip_until) {
                skip_until = at + n_words as usize;
                let place = Place { text: verbatim.text, words, at, end: skip_until, first };
                self.take(lexicons, language, term, &place, &mut pending, reading);
            }
            let word = &words[at];
            if word.marks.is_far() {
                let gap_end = words.get(at + 1).map_or(verbatim.text.len(), |next| next.start_byte as usize);
                let gap = verbatim.text.as_bytes().get(word.end_byte as usize..gap_end);
                if gap.is_some_and(|gap| !matches!(gap, b" " | b", " | b". " | b".\n" | b"." | b"")) {
                    self.read_gap(verbatim.text, clause, word.end_byte as usize, gap_end, at, reading);
                }
            }
        }
        self.look_back(lexicons, &pending, first);
        self.did_not_happen(&pending, reading.first_item);
    }

    /// Marks and emoticons behind a word.
    fn read_gap(&mut self, text: &str, clause: &Clause, from: usize, to: usize, at: usize, reading: &mut ClauseReading) {
        let limit = (clause.end_byte as usize).min(to);
        for byte in &text.as_bytes()[from..limit] {
            reading.n_exclamations += u32::from(*byte == b'!');
            reading.is_question |= *byte == b'?';
        }
        if let Some((valence, start, end)) = emoticons::find(text, from, to) {
            let mut item = Item::new((start as u32, end as u32), None, valence);
            item.end_word = at as u32 + 1;
            self.items.push(item);
        }
    }

    fn take(
        &mut self,
        lexicons: &Lexicons,
        language: &Language,
        term: u32,
        place: &Place<'_>,
        pending: &mut Pending,
        reading: &mut ClauseReading,
    ) {
        let cue = Cue { span: place.span(), end_word: place.end as u32 };
        match lexicons.term(term).meaning {
            Meaning::Valence(base, when_negated) => self.value(term, base, when_negated, place, pending),
            Meaning::Negator(reach) => {
                let undoes = language.cancels && pending.used_at_word.is_none() && pending.reaches_negation(place, 3).is_some();
                (pending.negation, pending.used_at_word) = (if undoes { None } else { Some((cue, reach)) }, None);
                pending.negator = term;
            }
            Meaning::Booster(factor, Reach::Forward) => {
                let before = pending.boost.filter(|(boost, _)| boost.end_word == place.at as u32).map_or(1.0, |(_, f)| f);
                pending.boost = Some((cue, factor * before));
            }
            Meaning::Booster(factor, Reach::Backward) => self.boost_last(factor, cue, place),
            Meaning::Or | Meaning::And => pending.joiner = Some((lexicons.term(term).meaning, place.at as u32)),
            Meaning::Stop => (pending.negation, pending.used_at_word) = (None, None),
            Meaning::Wish => pending.wish = Some(cue),
            Meaning::Maybe => pending.maybe = Some(cue),
            Meaning::Contrast => {
                reading.contrast |= place.at == place.first;
                (pending.negation, pending.used_at_word) = (None, None);
            }
            Meaning::Concession => reading.concession |= place.at == place.first,
            Meaning::Both | Meaning::Number | Meaning::Determiner | Meaning::Emotion(..) | Meaning::Effort => {}
        }
    }

    fn value(&mut self, term: u32, base: f64, when_negated: Option<f64>, place: &Place<'_>, pending: &mut Pending) {
        let mut item = Item::new(place.span(), Some(term), base);
        item.end_word = place.end as u32;
        let word = &place.words[place.at];
        let mut factor = 1.0;
        if let Some((cue, boost)) = pending.boost.take()
            && place.at as u32 <= cue.end_word + BOOST_REACH
        {
            item.boosted_by = Some((cue.span, boost));
            factor *= boost;
        }
        item.stretched = trie::is_stretched(self.records[place.at]);
        item.capitals = word.case == Case::Upper && !*self.shouting.get_or_insert_with(|| is_shouting(place.words));
        factor *= if item.stretched { STRETCH } else { 1.0 };
        factor *= if item.capitals { CAPITALS } else { 1.0 };
        item.negated_by = self.negation(base, place, pending);
        item.value = match (item.negated_by, when_negated) {
            (Some(_), Some(value)) => value * factor,
            (Some(_), None) if base > 0.0 => base * factor.min(1.3) * NEGATED_POSITIVE,
            (Some(_), None) => base * NEGATED_NEGATIVE,
            (None, _) => base * factor,
        };
        if item.negated_by.is_some() {
            pending.used_at_word = Some(place.end as u32);
        }
        if let Some(cue) = pending.wish.filter(|cue| place.at as u32 <= cue.end_word + WISH_REACH) {
            item.wished_by = Some(cue.span);
            item.value = item.value.abs() * WISHED;
        } else if let Some(cue) = pending.maybe.filter(|cue| place.at as u32 <= cue.end_word + WISH_REACH) {
            item.supposed_by = Some(cue.span);
            item.value *= SUPPOSED;
        }
        if item.value != 0.0 || item.base != 0.0 {
            self.items.push(item);
        }
    }

    /// The negator that turns the term at `place`, if one does.
    fn negation(&self, base: f64, place: &Place<'_>, pending: &Pending) -> Option<Span> {
        let span = pending.reaches_negation(place, NEGATION_REACH)?;
        let Some(used) = pending.used_at_word else { return Some(span) };
        let at = place.at as u32;
        let goes_on = match pending.joiner {
            Some((joiner, joiner_at)) if joiner_at >= used && at <= joiner_at + 3 => {
                let same_way = self.items.last().is_some_and(|last| (last.base > 0.0) == (base > 0.0));
                joiner == Meaning::Or || same_way
            }
            _ => at == used,
        };
        goes_on.then_some(span)
    }

    fn boost_last(&mut self, factor: f64, cue: Cue, place: &Place<'_>) {
        let at = place.at as u32;
        if let Some(last) = self.items.last_mut()
            && last.end_word > place.first as u32
            && at <= last.end_word + 2
            && last.boosted_by.is_none()
        {
            last.value *= factor;
            last.boosted_by = Some((cue.span, factor));
        }
    }

    /// A negator that found nothing behind it and looks back: "das gefällt mir nicht".
    fn look_back(&mut self, lexicons: &Lexicons, pending: &Pending, first: usize) {
        let Some((cue, Reach::Backward)) = pending.negation else { return };
        if pending.used_at_word.is_some() {
            return;
        }
        let Some(last) = self.items.last_mut() else { return };
        let before = last.span.1 <= cue.span.0 && last.end_word > first as u32;
        if before && cue.end_word <= last.end_word + BACKWARD_REACH && last.negated_by.is_none() {
            let meaning = last.term.map(|term| lexicons.term(term).meaning);
            last.value = match meaning {
                Some(Meaning::Valence(_, Some(when_negated))) => when_negated,
                _ if last.value > 0.0 => last.value * NEGATED_POSITIVE,
                _ => last.value * NEGATED_NEGATIVE,
            };
            last.negated_by = Some(cue.span);
        }
    }

    /// A negator that found no term: something did not happen, or was not there.
    fn did_not_happen(&mut self, pending: &Pending, first_item: u32) {
        let Some((cue, _)) = pending.negation.filter(|_| pending.used_at_word.is_none()) else { return };
        if self.items.iter().skip(first_item as usize).any(|item| item.negated_by == Some(cue.span))
            || pending.wish.or(pending.maybe).is_some()
        {
            return;
        }
        let mut item = Item::new(cue.span, Some(pending.negator), DID_NOT_HAPPEN);
        item.end_word = cue.end_word;
        self.items.push(item);
    }

    /// Emotion and effort have terms of their own, also inside those of sentiment ("not happy"), so a negator is minded here
    /// even where it is part of one.
    fn feel(&mut self, lexicons: &Lexicons, found: &Match, verbatim: &Verbatim<'_>, at: usize, pending: &mut Pending) {
        let words = verbatim.words;
        let span = |n_words: u32| (words[at].start_byte, words[at + n_words as usize - 1].end_byte);
        let from = at as u32;
        let cue = pending.emotion_negation.filter(|cue| from <= cue.end_word + EMOTION_REACH);
        let negated_by = cue.filter(|cue| !stops(verbatim.text, cue.span.1, words[at].start_byte)).map(|cue| cue.span);
        let supposed = pending.wish.or(pending.maybe).is_some();
        if found.effort.is_some() {
            self.effort |= negated_by.is_none() && !supposed;
        }
        if let Some((term, n_words)) = found.emotion.filter(|_| from >= pending.emotion_until)
            && let Meaning::Emotion(emotion, when_negated) = lexicons.term(term).meaning
        {
            let emotion = match negated_by {
                _ if supposed => None,
                Some(_) => when_negated,
                None => Some(emotion),
            };
            pending.emotion_until = from + n_words;
            self.emotions.push(EmotionItem { span: span(n_words), term, emotion, negated_by });
        }
        if let Some(cue) = found.cue {
            let negates = matches!(lexicons.term(cue).meaning, Meaning::Negator(_));
            pending.emotion_negation = negates.then(|| Cue { span: span(1), end_word: from + 1 });
        }
    }
}

fn question(items: &mut [Item]) {
    for item in items {
        item.question = true;
        item.value *= if item.value > 0.0 { QUESTIONED_POSITIVE } else { QUESTIONED_NEGATIVE };
    }
}

/// Whether most words are in capitals.
fn is_shouting(words: &[Word]) -> bool {
    let n_upper = words.iter().filter(|word| word.case == Case::Upper).count();
    n_upper * 2 > words.len()
}

/// Shortens runs of three and more equal letters to `keep`.
fn shorten(word: &str, keep: usize, out: &mut String) {
    out.clear();
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        let mut n = 1;
        while rest.next_if_eq(&c).is_some() {
            n += 1;
        }
        out.extend(std::iter::repeat_n(c, if n > 2 { keep } else { n }));
    }
}
