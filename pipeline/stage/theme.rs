//! Which theme is a clause about?
//!
//! In: the vector of a clause. Out: the nearest theme of the registry, with its similarity, and whether
//! that is near enough. Themes are compared one after the other in one block of memory; the first of two equally near ones
//! is taken. Boiler-plate ("thank you for your help") is known to the registry too, and is near no theme.

use crate::stage::embed::{Vector, dot, stride};
use crate::theme::{Registry, Status};

/// Finds nearest themes; cheap to make, one for each worker.
#[derive(Debug)]
pub struct Assigner<'e> {
    registry: &'e Registry,
    dimensions: usize,
    /// One centroid after the other, active themes first, then boiler-plate.
    centroids: Vec<i16>,
    /// What each centroid stands for.
    stands_for: Vec<Option<usize>>,
}

/// The theme nearest to a clause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Index in [`Registry::themes`].
    pub theme: usize,
    /// Cosine with the theme's centre, -1 to 1.
    pub similarity: f32,
    /// Whether that is at or above the theme's own threshold; if not, the clause is about none of the themes.
    pub near: bool,
}

impl<'e> Assigner<'e> {
    /// Over the active themes of `registry` that take clauses.
    pub fn new(registry: &'e Registry) -> Self {
        let dimensions = registry.dimensions();
        let themes = registry.themes().iter().enumerate().filter(|(_, theme)| theme.status == Status::Active);
        let themes = themes.filter_map(|(i, theme)| Some((Some(i), theme.centroid.as_ref()?)));
        let mut assigner = Self { registry, dimensions, centroids: Vec::new(), stands_for: Vec::new() };
        for (stands_for, centroid) in themes.chain(registry.boiler_plate().iter().map(|centroid| (None, centroid))) {
            assigner.stands_for.push(stands_for);
            assigner.centroids.extend_from_slice(centroid.padded());
        }
        assigner
    }

    /// The nearest theme; none when the registry has no theme that takes clauses or the vector is of another model.
    pub fn nearest(&mut self, vector: &Vector) -> Option<Nearest> {
        let vector = vector.padded();
        if vector.len() != stride(self.dimensions) {
            return None;
        }
        let (mut theme, mut boiler_plate) = ((i32::MIN, None), i32::MIN);
        for (centroid, stands_for) in self.centroids.chunks_exact(vector.len()).zip(&self.stands_for) {
            let product = dot(vector, centroid);
            match stands_for {
                Some(_) if product > theme.0 => theme = (product, *stands_for),
                None if product > boiler_plate => boiler_plate = product,
                _ => {}
            }
        }
        let index = theme.1?;
        let similarity = crate::stage::embed::cosine(theme.0);
        let near = similarity >= self.registry.themes()[index].threshold && boiler_plate <= theme.0;
        Some(Nearest { theme: index, similarity, near })
    }
}
