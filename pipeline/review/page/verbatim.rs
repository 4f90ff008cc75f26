//! What is known of one verbatim, and why?

use super::super::answer::Answer;
use super::super::app::missing;
use super::super::link;
use super::super::view::{Menu, View};
use crate::error::Result;

/// A verbatim is shown within its response, with all that was said.
pub(super) fn page(view: &View<'_>, id: &str) -> Result<Answer> {
    let Some(searcher) = view.tables.searcher() else {
        return Ok(missing(view, "The search index is being built: try again in a moment."));
    };
    let Some(hit) = searcher.verbatim(id)? else {
        return Ok(missing(view, "There is no verbatim with this id: a later dump may have replaced it."));
    };
    let back = link::response(&hit.source, &hit.response_id);
    super::response::show(view, &hit.source, &hit.response_id, Some(id), Menu::Search, &back)
}
