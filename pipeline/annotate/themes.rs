//! Which themes are the clauses of a verbatim about, and which one the verbatim?

use crate::stage::embed::{Embedder, Model, Vector};
use crate::stage::theme::Assigner;
use crate::text::Verbatim;
use crate::theme::Registry;

/// The theme nearest to a clause.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Near {
    pub(crate) theme: usize,
    pub(crate) similarity: f32,
    pub(crate) is_near: bool,
}

/// Finds the themes of verbatims; one for each worker.
#[derive(Debug)]
pub(crate) struct ThemeReader<'e> {
    embedder: Embedder<'e>,
    assigner: Assigner<'e>,
    vector: Vector,
    themes: Vec<Option<Near>>,
    /// Sum of the clauses' vectors, each as long as it says much.
    whole: Vec<i32>,
}

/// Sums of so many clauses pass no 32 bits.
const MOST_HEARD: usize = 1 << 16;

impl<'e> ThemeReader<'e> {
    pub(crate) fn new(model: &'e Model, registry: &'e Registry) -> Self {
        Self {
            embedder: Embedder::new(model, registry.usage()),
            assigner: Assigner::new(registry),
            vector: Vector::default(),
            themes: Vec::new(),
            whole: Vec::new(),
        }
    }

    /// The nearest theme of each clause; none: nothing to compare.
    pub(crate) fn read(&mut self, verbatim: &Verbatim<'_>) -> &[Option<Near>] {
        self.themes.clear();
        self.whole.clear();
        for (place, clause) in verbatim.clauses.iter().enumerate() {
            let has_vector = self.embedder.clause(verbatim, clause, &mut self.vector);
            let nearest = if has_vector { self.assigner.nearest(&self.vector) } else { None };
            if nearest.is_some() && place < MOST_HEARD {
                let sum = self.embedder.sum();
                self.whole.resize(sum.len(), 0);
                self.whole.iter_mut().zip(sum).for_each(|(whole, value)| *whole += i32::from(*value));
            }
            self.themes.push(nearest.map(|n| Near { theme: n.theme, similarity: n.similarity, is_near: n.near }));
        }
        &self.themes
    }

    /// For a verbatim in a language that themes are not found in.
    pub(crate) fn pass(&mut self, verbatim: &Verbatim<'_>) {
        self.themes.clear();
        self.themes.resize(verbatim.clauses.len(), None);
    }

    /// The nearest theme of each clause of the verbatim read last.
    pub(crate) fn themes(&self) -> &[Option<Near>] {
        &self.themes
    }

    /// Of the themes of its clauses the one nearest to what the verbatim says as a whole; of equals the one named first.
    ///
    /// The theme that clauses speak for most, by how near they are and how much they say, is that of "it came late" as often as that of
    /// the rest: NMI was .719 instead of .726 on Banking77, .085 instead of .113 on clothing reviews by class.
    pub(crate) fn primary(&self) -> Option<usize> {
        let mut near = self.themes.iter().flatten().filter(|near| near.is_near).map(|near| near.theme);
        let first = near.next()?;
        let mut others = near.filter(|theme| *theme != first).peekable();
        if others.peek().is_none() {
            return Some(first);
        }
        let Some(whole) = Vector::unit(&self.whole, self.whole.len()) else { return Some(first) };
        let of = |theme: usize| (self.assigner.product(&whole, theme), theme);
        Some(others.map(of).fold(of(first), |best, next| if next.0 > best.0 { next } else { best }).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ThemeSettings;
    use crate::text::{Tokens, WordTable};
    use crate::theme::{Sampler, text_hash};

    #[test]
    fn a_verbatim_is_of_the_theme_nearest_to_all_that_it_says() {
        let model = Model::shipped().unwrap();
        let mut sampler = Sampler::new(1_000);
        for place in ["every evening", "all day", "since the update", "upstairs", "twice an hour", "in the office"] {
            for (thing, fault) in
                [("router", "drops the connection"), ("router", "keeps restarting"), ("soup", "was cold"), ("soup", "had no flavour")]
            {
                let text = format!("the {thing} {fault} {place}");
                sampler.see(text_hash(&text), &text);
            }
        }
        let mut registry = Registry::empty(&model.fingerprint());
        let settings = ThemeSettings { max: Some(2), seeds: Some(Vec::new()), model: None };
        registry.grow(20_454, &sampler.finish(), &model, &settings).unwrap();
        let mut reader = ThemeReader::new(&model, &registry);
        let (mut tokens, mut table) = (Tokens::default(), WordTable::default());
        let mut read = |text: &str| {
            tokens.cut(text, &mut table);
            reader.read(&Verbatim { text, words: &tokens.words, clauses: &tokens.clauses, table: &table, language: "en" });
            reader.primary()
        };
        let (router, soup) = (read("the router keeps restarting"), read("the soup was cold"));
        assert!(router.is_some() && soup.is_some() && router != soup);
        assert_eq!(read("The soup was cold. The router drops the connection, and it keeps restarting since the update."), router);
        assert_eq!(read("The router keeps restarting. The soup had no flavour, and the soup was cold."), soup);
        assert_eq!(read(""), None);
    }
}
