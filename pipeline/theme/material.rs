//! What is there to make themes of?
//!
//! The distinct clauses of a sample, in order of their hashes, with their words, weights and vectors.
//! Clauses are distinct by their folded words: punctuation and case do not part them.

use std::cell::Cell;
use std::collections::HashMap;

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use super::{Month, Residual, Sample};
use crate::stage::embed::{
    Context, Embedder, FEWEST_IN_CONTEXT, Model, Usage, Vector, WordWeights, end_of_link, is_aside, is_link, is_mask, is_stop, stride,
};
use crate::text::{Clause, Tokens, Verbatim, WordTable};

/// Distinct clauses.
#[derive(Debug, Default)]
pub(super) struct Material {
    pub(super) clauses: Vec<Said>,
    /// Words of all clauses, one after the other.
    words: Vec<Placed>,
    /// Distinct folded words.
    vocabulary: Vec<String>,
    ids: HashMap<String, u32>,
}

/// A distinct clause.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// Hash of its folded words.
    pub(super) hash: u128,
    /// As the text with the smallest hash has it.
    pub(super) text: String,
    /// How many verbatims say it.
    pub(super) weight: u32,
    /// The verbatim that `text` is from.
    pub(super) source: u128,
    /// Month that it was last seen in.
    pub(super) month: Month,
    first_word: u32,
    end_word: u32,
}

/// A word in its place in a clause.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// Index in the vocabulary.
    pub(super) id: u32,
    pub(super) start_byte: u32,
    pub(super) end_byte: u32,
    /// Whether only white space or a hyphen stands between it and the word before.
    pub(super) joined: bool,
    /// Whether it is a placeholder, a handle or part of a link.
    pub(super) aside: bool,
}

/// Words after this one of a clause do not name themes.
const MAX_WORDS: usize = 100;

/// Distinct clauses of a month after which its sample is large enough: 2,000 long complaints, or all of 10,000 survey comments. Where
/// 130,000 were clustered instead, growing took more than half as long as analysing the month.
const MAX_CLAUSES: usize = 24_000;

/// A text of so many words is one statement.
const SHORT_WORDS: u32 = 26;

impl Material {
    /// From the clauses of a month's sample and of those kept from earlier months.
    pub(super) fn new(sample: &Sample, month: Month, kept: &[Residual]) -> Self {
        let mut material = Self::default();
        let mut seen: HashMap<u128, usize> = HashMap::new();
        let (mut tokens, mut table) = (Tokens::default(), WordTable::default());
        let n_distinct = Cell::new(0);
        let mut add = |text: &str, weight: u32, source: u128, month: Month| {
            tokens.cut(text, &mut table);
            let verbatim = Verbatim { text, words: &tokens.words, clauses: &tokens.clauses, table: &table, language: "und" };
            for clause in statements(&tokens.clauses) {
                let hash = clause_hash(&verbatim, &clause);
                let at = *seen.entry(hash).or_insert_with(|| {
                    material.clauses.push(Said {
                        hash,
                        text: verbatim.slice(clause.start_byte, clause.end_byte).to_owned(),
                        weight: 0,
                        source,
                        month,
                        first_word: 0,
                        end_word: 0,
                    });
                    n_distinct.set(material.clauses.len());
                    material.clauses.len() - 1
                });
                let said = &mut material.clauses[at];
                said.weight = said.weight.saturating_add(weight);
                said.month = said.month.max(month);
            }
        };
        // Texts come in order of their hashes, which is as good as any draw.
        for text in sample.texts() {
            if n_distinct.get() >= MAX_CLAUSES {
                break;
            }
            add(&text.text, text.weight, text.hash, month);
        }
        for clause in kept {
            add(&clause.text, clause.weight, super::text_hash(&clause.text), clause.month);
        }
        material.clauses.sort_unstable_by_key(|said| said.hash);
        material.place_words();
        material
    }

    fn place_words(&mut self) {
        let (mut tokens, mut table) = (Tokens::default(), WordTable::default());
        for said in &mut self.clauses {
            tokens.cut(&said.text, &mut table);
            said.first_word = self.words.len() as u32;
            let (mut end, mut link_end) = (0, 0);
            for word in tokens.words.iter().take(MAX_WORDS) {
                let folded = table.folded(word.id);
                let id = self.ids.get(folded).copied().unwrap_or_else(|| {
                    self.vocabulary.push(folded.to_owned());
                    self.ids.insert(folded.to_owned(), self.vocabulary.len() as u32 - 1);
                    self.vocabulary.len() as u32 - 1
                });
                let gap = said.text.get(end as usize..word.start_byte as usize).unwrap_or_default();
                let joined = end > 0 && (gap == "-" || gap.chars().all(char::is_whitespace));
                if is_link(folded) {
                    link_end = end_of_link(&said.text, word);
                }
                let aside = word.start_byte < link_end || is_aside(&said.text, word);
                self.words.push(Placed { id, start_byte: word.start_byte, end_byte: word.end_byte, joined, aside });
                end = word.end_byte;
            }
            said.end_word = self.words.len() as u32;
        }
    }

    /// The words of a clause.
    pub(super) fn words_of(&self, clause: usize) -> &[Placed] {
        let said = &self.clauses[clause];
        &self.words[said.first_word as usize..said.end_word as usize]
    }

    /// The folded form of a word.
    pub(super) fn folded(&self, id: u32) -> &str {
        &self.vocabulary[id as usize]
    }

    /// How many distinct words there are.
    pub(super) fn n_words(&self) -> usize {
        self.vocabulary.len()
    }

    /// How this corpus uses its words.
    pub(super) fn usage(&mut self, model: &Model) -> Usage {
        let mut frequencies = vec![0_usize; self.vocabulary.len()];
        self.each_word(|_, word| frequencies[word as usize] += 1);
        let listed = self.vocabulary.iter().map(String::as_str).zip(frequencies.iter().copied());
        let mut usage = Usage::of_weights(WordWeights::of_frequencies(self.clauses.len(), listed));
        let matrix = self.embed(model, &usage);
        let context = || Context::new(stride(model.dimensions()));
        let mut all = context();
        (0..matrix.len()).for_each(|row| all.see(matrix.row(row)));
        let moves = |(word, n): (&String, &usize)| (*n >= FEWEST_IN_CONTEXT && !is_stop(word) && !is_mask(word)).then(context);
        let mut contexts: Vec<Option<Context>> = self.vocabulary.iter().zip(&frequencies).map(moves).collect();
        self.each_word(|clause, word| {
            if let Some(context) = &mut contexts[word as usize] {
                context.see(matrix.row(clause));
            }
        });
        let listed = self.vocabulary.iter().zip(&contexts).filter_map(|(word, context)| Some((word.as_str(), context.as_ref()?)));
        usage.learn(model, &all, listed);
        usage
    }

    /// Calls `see` with each clause and each distinct word of it.
    fn each_word(&self, mut see: impl FnMut(usize, u32)) {
        let mut last = vec![u32::MAX; self.vocabulary.len()];
        for clause in 0..self.clauses.len() {
            for word in self.words_of(clause) {
                if last[word.id as usize] != clause as u32 {
                    last[word.id as usize] = clause as u32;
                    see(clause, word.id);
                }
            }
        }
    }

    /// The vectors of its clauses; clauses without one are dropped from both.
    pub(super) fn embed(&mut self, model: &Model, usage: &Usage) -> Matrix {
        // Each part learns its words anew: no more parts than threads.
        let part = self.clauses.len().div_ceil(rayon::current_num_threads()).max(4_096);
        let parts: Vec<Vec<Option<Vector>>> = self
            .clauses
            .par_chunks(part)
            .map(|part| {
                let mut embed = Sentences::new(model, usage);
                part.iter().map(|said| embed.vector(&said.text)).collect()
            })
            .collect();
        let mut vectors = parts.into_iter().flatten();
        let mut matrix = Matrix::new(model.dimensions());
        self.clauses.retain(|_| {
            let vector = vectors.next().flatten();
            vector.as_ref().inspect(|vector| matrix.push(vector)).is_some()
        });
        matrix
    }
}

/// What a text says: its clauses, or of a short text the whole. "It is still not there. Can you help?" tells more
/// than its parts: NMI on Banking77 rose from .68 to .705 with 30 words (.697 with 20, .691 with 14), airline reasons stayed within
/// .01. Longer comments tend to be about two things.
fn statements(clauses: &[Clause]) -> Vec<Clause> {
    match (clauses.first(), clauses.last()) {
        (Some(first), Some(last)) if last.end_word <= SHORT_WORDS => {
            vec![Clause { end_byte: last.end_byte, end_word: last.end_word, ..*first }]
        }
        _ => clauses.to_vec(),
    }
}

fn clause_hash(verbatim: &Verbatim<'_>, clause: &Clause) -> u128 {
    let mut hash = Xxh3::new();
    for word in verbatim.words_of(clause) {
        hash.update(verbatim.folded(word).as_bytes());
        hash.update(b" ");
    }
    hash.digest128()
}

/// Vectors of whole sentences, whatever clauses they have.
pub(super) struct Sentences<'e> {
    embedder: Embedder<'e>,
    tokens: Tokens,
    table: WordTable,
}

impl<'e> Sentences<'e> {
    pub(super) fn new(model: &'e Model, usage: &'e Usage) -> Self {
        Self { embedder: Embedder::new(model, usage), tokens: Tokens::default(), table: WordTable::default() }
    }

    /// The vector of all words of `text`.
    pub(super) fn vector(&mut self, text: &str) -> Option<Vector> {
        self.tokens.cut(text, &mut self.table);
        let (first, last) = (self.tokens.clauses.first()?, self.tokens.clauses.last()?);
        let whole = Clause { end_byte: last.end_byte, end_word: last.end_word, ..*first };
        let verbatim = Verbatim { text, words: &self.tokens.words, clauses: &self.tokens.clauses, table: &self.table, language: "und" };
        let mut vector = Vector::default();
        self.embedder.clause(&verbatim, &whole, &mut vector).then_some(vector)
    }
}

/// Vectors one after the other.
#[derive(Debug)]
pub(super) struct Matrix {
    pub(super) dimensions: usize,
    stride: usize,
    values: Vec<i16>,
    lengths: Vec<f32>,
}

impl Matrix {
    pub(super) fn new(dimensions: usize) -> Self {
        Self { dimensions, stride: stride(dimensions), values: Vec::new(), lengths: Vec::new() }
    }

    pub(super) fn push(&mut self, vector: &Vector) {
        self.values.extend_from_slice(vector.padded());
        self.lengths.push(vector.length());
    }

    /// [`Vector::length`] of each row.
    pub(super) fn lengths(&self) -> &[f32] {
        &self.lengths
    }

    pub(super) fn len(&self) -> usize {
        self.values.len() / self.stride
    }

    pub(super) fn row(&self, at: usize) -> &[i16] {
        &self.values[at * self.stride..(at + 1) * self.stride]
    }

    pub(super) fn vector(&self, at: usize) -> Vector {
        Vector::from_values(&self.row(at)[..self.dimensions]).expect("rows came from vectors")
    }
}
