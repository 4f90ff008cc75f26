//! Which of the verbatims to be written say the same, when there are too many to keep in memory?
//!
//! One more pass over the input, in the order in which [`super::write`] will ask: kept rows month by month, then batch by
//! batch. It costs a third reading, normalising and redacting, and is made only above the memory budget.

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::cast::AsArray as _;

use super::batches::{Batches, Job};
use super::duplicates::{Gather, Spilled};
use super::flow::ordered;
use super::keys::Decision;
use super::write::Writing;
use crate::annotate::text_key;
use crate::config::Role;
use crate::error::Result;
use crate::identity::{response_id_of_content, verbatim_id};
use crate::month::Month;
use crate::response::{Binding, cell};
use crate::schema::VERBATIM;
use crate::sink::Kept;
use crate::source::RawBatch;
use crate::text::normalise;

type Texts = BTreeMap<Month, Vec<(u128, String)>>;

/// Finds the first of equal texts beforehand; hashes go to `folder`.
pub(super) fn gather(w: &Writing<'_>, folder: &Path) -> Result<Spilled> {
    let mut gather = Gather::new(folder)?;
    if let Some(old) = w.old {
        for month in w.touched {
            let dropped = w.decisions.dropped.get(month).map_or(&[][..], Vec::as_slice);
            Kept::new(old, *month, dropped)?.rows(&VERBATIM, |batch| {
                let text_of = |name: &str| batch.column_by_name(name).expect("a column of verbatim").as_string::<i32>();
                let (ids, sources, texts) = (text_of("verbatim_id"), text_of("source"), text_of("text"));
                (0..batch.num_rows()).try_for_each(|i| gather.push(text_key(sources.value(i), *month, texts.value(i)), ids.value(i)))
            })?;
        }
    }
    let mut batches = Batches::new(w.inputs, w.batch_rows, w.progress);
    ordered(
        w.n_threads,
        w.cancel,
        || batches.next(),
        || {
            let (mut normalised, mut text) = (String::new(), String::new());
            move |Job { file, first_row, raw }| {
                let binding = &w.inputs.files[file].binding;
                let mut texts = Texts::new();
                for i in 0..raw.rows.len() {
                    if let Some((month, id)) = written(w, binding, &raw, i, first_row + i as u64) {
                        for (question, column) in &binding.verbatims {
                            let Some(answer) = cell(&raw, *column, i) else { continue };
                            normalise(answer, &mut normalised);
                            if !normalised.is_empty() {
                                w.engine.redactor.redact(&normalised, &mut text);
                                let source = &binding.source.name;
                                texts.entry(month).or_default().push((text_key(source, month, &text), verbatim_id(source, &id, question)));
                            }
                        }
                    }
                }
                Ok(texts)
            }
        },
        |texts: Texts| texts.values().flatten().try_for_each(|(text, id)| gather.push(*text, id)),
    )?;
    gather.settle()
}

/// Month and id of a row that will be written.
fn written(w: &Writing<'_>, binding: &Binding, raw: &RawBatch, i: usize, row: u64) -> Option<(Month, String)> {
    if row >= w.decisions.n_rows() {
        return None;
    }
    let (Decision::New(k) | Decision::Replacing(k)) = w.decisions.of(row) else { return None };
    let month = binding.place(raw, i).ok()?.month;
    let key = binding.key(raw, i, month).ok()?;
    let id = binding.field(raw, i, Role::Id).map_or_else(|| response_id_of_content(key.base, k), str::to_owned);
    Some((month, id))
}
