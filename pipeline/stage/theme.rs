//! Which theme is a clause about?
//!
//! In: the vector of a clause. Out: the nearest theme of the registry, with its similarity, and whether
//! that is near enough. Of two equally near themes the first is taken. Boiler-plate ("thank you for your help") is known to the
//! registry too, and a clause that is nearer to it is near no theme.

mod centres;

pub(crate) use centres::Centres;

use crate::stage::embed::{Vector, cosine, dot};
use crate::theme::{Registry, Status};

/// Finds nearest themes; cheap to make, one for each worker.
#[derive(Debug)]
pub struct Assigner<'e> {
    registry: &'e Registry,
    centres: Centres,
    /// Index in the registry of each centre.
    themes: Vec<usize>,
    boiler_plate: Centres,
    products: Vec<[i32; 16]>,
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
        let active = registry.themes().iter().enumerate().filter(|(_, theme)| theme.status == Status::Active);
        let (themes, centroids): (Vec<usize>, Vec<&Vector>) = active.filter_map(|(i, theme)| Some((i, theme.centroid.as_ref()?))).unzip();
        let centres = Centres::new(registry.dimensions(), centroids.into_iter());
        let boiler_plate = Centres::new(registry.dimensions(), registry.boiler_plate().iter());
        Self { registry, centres, themes, boiler_plate, products: Vec::new() }
    }

    /// The nearest theme; none when the registry has no theme that takes clauses or the vector is of another model.
    pub fn nearest(&mut self, vector: &Vector) -> Option<Nearest> {
        let (place, product) = self.centres.nearest(vector.padded(), i32::MIN, &mut self.products)?;
        let theme = self.themes[place];
        let similarity = cosine(product);
        let near = similarity >= self.registry.themes()[theme].threshold
            && self.boiler_plate.nearest(vector.padded(), product, &mut self.products).is_none();
        Some(Nearest { theme, similarity, near })
    }

    /// The product of a vector with the centre of a theme of the registry.
    pub(crate) fn product(&self, vector: &Vector, theme: usize) -> i32 {
        let centroid = self.registry.themes().get(theme).and_then(|theme| theme.centroid.as_ref());
        centroid.map_or(i32::MIN, |centroid| dot(vector.padded(), centroid.padded()))
    }
}
