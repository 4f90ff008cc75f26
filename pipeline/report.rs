//! What does a person read about a month?
//!
//! The review pack: one page of HTML without script or network, made from the published tables and the manifest alone, so that every figure can
//! be looked up again. It computes no statistic. The same tables give the same bytes.

mod account;
mod areas;
mod attention;
mod case;
pub(crate) mod chart;
mod consent;
mod grid;
mod headline;
mod hotlines;
pub(crate) mod html;
pub(crate) mod initiative;
mod initiatives;
pub(crate) mod kpi;
pub(crate) mod number;
mod pack;
mod page;
mod quote;
mod reading;
mod record;
pub(crate) mod row;
pub(crate) mod theme;
mod themes;
mod tiles;

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::month::Month;

/// Writes the review pack of a month (none: the newest) from the tables that `out` has published, and gives its path:
/// `out/reports/YYYY-MM/index.html`.
///
/// Readers see the old page or the whole new one. Fails with [`Error::Output`] when there are no tables or no responses in the month.
pub fn write(out: &Path, month: Option<Month>) -> Result<PathBuf> {
    let pack = pack::Pack::load(out, month)?;
    let folder = out.join("reports").join(pack.month.to_string());
    fs_err::create_dir_all(&folder).map_err(Error::io("cannot make the folder of the report"))?;
    let (path, next) = (folder.join("index.html"), folder.join(".index.html.next"));
    fs_err::write(&next, page::render(&pack)).map_err(Error::io("cannot write the report"))?;
    fs_err::rename(&next, &path).map_err(Error::io("cannot write the report"))?;
    Ok(path)
}
