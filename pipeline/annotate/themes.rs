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
    /// How much the clause says: the length of its vector before it was brought to one.
    length: f32,
}

/// Finds the themes of verbatims; one for each worker.
#[derive(Debug)]
pub(crate) struct ThemeReader<'e> {
    embedder: Embedder<'e>,
    assigner: Assigner<'e>,
    vector: Vector,
    themes: Vec<Option<Near>>,
}

impl<'e> ThemeReader<'e> {
    pub(crate) fn new(model: &'e Model, registry: &'e Registry) -> Self {
        Self {
            embedder: Embedder::new(model, registry.weights()),
            assigner: Assigner::new(registry),
            vector: Vector::default(),
            themes: Vec::new(),
        }
    }

    /// The nearest theme of each clause; none: nothing to compare.
    pub(crate) fn read(&mut self, verbatim: &Verbatim<'_>) -> &[Option<Near>] {
        self.themes.clear();
        for clause in verbatim.clauses {
            let has_vector = self.embedder.clause(verbatim, clause, &mut self.vector);
            let nearest = if has_vector { self.assigner.nearest(&self.vector) } else { None };
            let length = self.vector.length();
            self.themes.push(nearest.map(|n| Near { theme: n.theme, similarity: n.similarity, is_near: n.near, length }));
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

    /// The theme that its clauses speak for most, by how near they are and how much they say; of equals the one named first.
    pub(crate) fn primary(&self) -> Option<usize> {
        let mut best: Option<(f32, usize)> = None;
        for (i, nearest) in self.themes.iter().enumerate() {
            let Some(Near { theme, is_near: true, .. }) = *nearest else { continue };
            let of_it = self.themes.iter().skip(i).flatten().filter(|near| near.is_near && near.theme == theme);
            let weight = of_it.map(|near| near.similarity * near.length).sum();
            if best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, theme));
            }
        }
        best.map(|(_, theme)| theme)
    }
}
