//! Into which parts does a theme fall?
//!
//! The clauses that a theme has in the published tables are clustered by themselves, with the words weighed as in the registry, and
//! named by what tells the parts from one another.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::Xxh3;

use super::cluster::{Points, parted};
use super::edit::Part;
use super::id::theme_id;
use super::material::Material;
use super::name::Namer;
use super::{Registry, Sample};
use crate::stage::embed::Model;

/// A part has at least so many distinct clauses.
const FEWEST: usize = 4;

impl Registry {
    /// At most `n` parts of the theme whose clauses `clauses` holds; `taken` are labels of other themes. Fewer than two: it does not
    /// fall into parts. Equal clauses give equal parts, whatever their order.
    pub fn split(&self, model: &Model, clauses: &Sample, n: usize, taken: &[String]) -> Vec<Part> {
        let mut material = Material::new(clauses, 0, &[]);
        let matrix = material.embed(model, self.usage());
        let rows: Vec<usize> = (0..matrix.len()).collect();
        let weights: Vec<u32> = material.clauses.iter().map(|said| said.weight.max(1)).collect();
        let mut seed = Xxh3::new();
        material.clauses.iter().for_each(|said| seed.update(&said.hash.to_le_bytes()));
        let found = parted(Points { matrix: &matrix, rows: &rows, weights: &weights }, n, seed.digest());
        let namer = Namer::new(&material, model, self.usage());
        let mut taken: BTreeSet<String> = taken.iter().map(|label| label.to_lowercase()).collect();
        let mut parts = Vec::new();
        for cluster in found.into_iter().filter(|cluster| cluster.rows.len() >= FEWEST) {
            let name = namer.name(&cluster.rows, &taken);
            let id = theme_id(self.version(), "split", cluster.rows.iter().map(|row| material.clauses[*row].hash));
            let label = if name.label.is_empty() { format!("part {}", parts.len() + 1) } else { name.label };
            taken.insert(label.to_lowercase());
            parts.push(Part { id, label, keywords: name.keywords, n_clauses: cluster.rows.len(), centroid: Some(cluster.centre) });
        }
        parts
    }
}
