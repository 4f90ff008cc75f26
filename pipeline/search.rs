//! Which verbatims say this?
//!
//! An index (tantivy) beside the tables, in `index/`: one document a verbatim, with its words as written and stemmed by its language, and the
//! fields that people ask by. It is a cache: it holds nothing that the tables do not, says which run it covers, and catches up month by
//! month. Row numbers in it lead to the rows of the tables ([`Places`]), so that a page about one verbatim reads a few
//! kilobytes of Parquet and never a table.

mod build;
mod collect;
mod covers;
mod fields;
mod find;
mod highlight;
mod index;
mod names;
mod plan;
mod syntax;
mod words;

pub use find::{FacetValue, Facets, Found, Hit, Places, Request, Sort};
pub use highlight::{Snippet, snippet};
pub use index::{CaughtUp, Index, Searcher};
pub use names::ThemeNames;
