//! What does a person read about a month?
//!
//! The review pack: one page of HTML without script or network, made from the published tables and the manifest alone, so that every figure can
//! be looked up again. It computes no statistic. The same tables give the same bytes.

mod account;
mod action;
pub(crate) mod address;
mod area;
mod areas;
mod attention;
mod case;
pub(crate) mod chart;
mod client;
mod client_page;
mod consent;
mod coverage;
mod edition;
mod evidence;
mod grid;
mod handout;
mod headline;
mod hotlines;
pub(crate) mod html;
mod indicator;
pub(crate) mod initiative;
mod initiatives;
pub(crate) mod kpi;
mod markdown;
mod notify;
pub(crate) mod number;
mod pack;
mod page;
mod payback;
mod proposal;
mod publish;
mod quote;
mod rank;
mod reading;
mod record;
pub(crate) mod row;
mod said;
mod sheets;
mod silent;
mod slipping;
mod spread;
mod terms;
pub(crate) mod theme;
mod themes;
mod tiles;

use std::path::{Path, PathBuf};

pub use edition::{Edition, Format};
pub use notify::{Notice, notices};

use crate::error::{Error, Result};
use crate::month::Month;

/// What `report` is asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The month; none: the newest with responses.
    pub month: Option<Month>,
    /// For whom.
    pub edition: Edition,
    /// How it is written.
    pub format: Format,
    /// Whether the page is frozen, with the day when results were received and that of the meeting.
    pub publish: Option<[Option<jiff::civil::Date>; 2]>,
}

/// Writes the review pack of a month (none: the newest) from the tables that `out` has published, and gives its path:
/// `out/reports/YYYY-MM/index.html`.
///
/// Readers see the old page or the whole new one. Fails with [`Error::Output`] when there are no tables or no responses in the month.
pub fn write(out: &Path, month: Option<Month>) -> Result<PathBuf> {
    make(out, &Options { month, ..Options::default() })
}

/// Writes a report, and gives its path below `out/reports/YYYY-MM/`: of the pack also a CSV of each table behind it. What is published is
/// frozen in `published/` beside it, and its path is given.
///
/// Fails as [`write()`] does, for an area or account that nobody knows (with the nearest known one), and for a workbook of an edition.
pub fn make(out: &Path, options: &Options) -> Result<PathBuf> {
    options.format.check(&options.edition)?;
    let mut pack = pack::Pack::load(out, options.month, options.edition.circle())?;
    let folder = out.join("reports").join(pack.month.to_string());
    fs_err::create_dir_all(&folder).map_err(Error::io("cannot make the folder of the report"))?;
    let path = folder.join(format!("{}.{}", options.edition.file(), options.format.ending()));
    if options.format == Format::Xlsx {
        sheets::write_xlsx(&pack, &path)?;
        return Ok(path);
    }
    if options.edition == Edition::Pack {
        sheets::write_csv(&pack, &folder.join("tables"))?;
        pack.evidence = evidence::of_pack(&pack)?;
    }
    let page = render(&pack, &options.edition)?;
    let text = if options.format == Format::Markdown { markdown::of(&page) } else { page };
    put(&path, &text)?;
    let Some(dates) = options.publish else { return Ok(path) };
    let frozen = publish::freeze(&folder, &pack, &options.edition.file(), &text, dates)?;
    if options.edition == Edition::Pack && options.format == Format::Html {
        // The live page says at once that it was published.
        pack.published = publish::last(out, pack.month, &options.edition.file())?;
        put(&path, &render(&pack, &options.edition)?)?;
    }
    Ok(frozen)
}

fn render(pack: &pack::Pack, edition: &Edition) -> Result<String> {
    match edition {
        Edition::Pack => Ok(page::render(pack)),
        Edition::Area(area) => area::render(pack, area),
        Edition::Account(account) => client_page::internal(pack, account),
        Edition::Customer(account) => handout::customer(pack, account),
        Edition::Staff => said::render(pack, said::Reader::Staff),
        Edition::Customers => said::render(pack, said::Reader::Customers),
    }
}

fn put(path: &Path, text: &str) -> Result<()> {
    let next = path.with_extension("next");
    fs_err::write(&next, text).map_err(Error::io("cannot write the report"))?;
    fs_err::rename(&next, path).map_err(Error::io("cannot write the report"))
}
