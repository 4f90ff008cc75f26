//! What do the published rows add up to, month by month?
//!
//! Row tables come in through [`Tables`]; out come the rows of `kpi_month`, `theme_month`, `account_month` and
//! `initiative_month`. Every month is computed from row tables alone, never from an earlier result, so that a correction
//! reaches whatever it touches: [`affected`] names those months. Which file they lie in, and what people decided about
//! cases, is left to others.
//!
//! # Definitions
//!
//! Each has a worked example among the tests (`tests/measures.rs` and the modules below), and
//! `benches/quality/measures.py` recomputes whole tables in SQL, scipy and statsmodels.
//!
//! **Answers.** A row of `score` with a value. "Don't know" is no answer and outside the base. Sources are pooled only where settings say so ([`Pools`]),
//! and then beside the figures of each.
//! A recommend question on another scale than 0 to 10, and an answer to one that is not a whole point, is no NPS.
//!
//! **Statistics.** `mean` (and `ces`, the mean of an effort question) in points, oriented so that high is good; `top_box`
//! the best point; `top_band` the points in the top fifth of the scale; `top_2_box` the two best of five points or
//! more; `bottom_box` the worst; `nps` promoters (9, 10) less detractors (0 to 6) of all answers, -100 to 100, unrounded.
//! Of 100 answers with 50 promoters and 20 detractors the NPS is 30.
//!
//! **Windows.** One, three and twelve months that end with the report month. A window of three or twelve is written
//! where its answers go back before the report month; otherwise it would repeat the month.
//!
//! **A scale that changes is a break.** Answers on two scales are never pooled: in each window the newest scale is counted,
//! and there is no change against answers on another. Newest is the one answered last; of two answered in the same month
//! the one that began later, then the one with more answers.
//!
//! **Intervals** hold 95 %: Wilson's for shares ([`interval::wilson`]), Student's t for means, clipped to the scale
//! ([`interval::mean`]), the adjusted Wald of Rocks for NPS ([`interval::nps`]). A mean of one answer has none. Thirty people of
//! one account are not thirty opinions: intervals and tests are those of the effective base (`measure/cluster.rs`).
//!
//! **Respondents** are distinct contact ids, else distinct pairs of account and contact name; **accounts** are distinct
//! account ids, else account names without regard to case and white space. Unknown ones are not counted; null when none is known.
//! `largest_account_share` is the share of the answers that one account gave: above a fifth, the figure leans on one customer.
//!
//! **Change.** A month is compared with the previous wave, the latest of the three months before that has answers of the
//! measure; a longer window with the window before it, which it does not overlap; and each also with the same months of
//! the year before. Tests are two-sided: pooled two-proportion z for shares with Newcombe's interval of the difference, Welch's
//! t for means, and for NPS the difference over the root of the two variances of [`interval::nps`].
//!
//! **Verdicts.** p-values are adjusted after Benjamini and Hochberg over all tests of a table in one month and source (a new
//! source must not restate the verdicts of another), one family for each kind of comparison. `up` or `down`: q is at most 0.05.
//! They are directions, not praise. `base_too_small`: either base is under 30, or suppressed.
//!
//! **Suppression.** In a part of the responses, and for an account, a figure over fewer than five answers is null. When that
//! is one part of a dimension alone, the next smallest is hidden with it, since the total would give it away.
//!
//! **Themes.** `base` counts responses with a meaningful verbatim, `responses` those of them with a clause of the theme, and
//! `share` is their quotient. A theme that the source had within 24 months keeps a row of zeros in `all`. `trend`: `new` when the source
//! was heard before but the theme was not; else the share against the pooled three months before, `growing` or
//! `fading` where q is at most 0.05, `steady` otherwise. `nps_impact` and `top_box_impact` are defined in `measure/impact.rs`.
//!
//! **Accounts.** `sentiment` is the mean over verbatims, `top_box` that of overall satisfaction: the first csat measure of the month,
//! in order, with "overall" in its name, else with "satisfaction". `top_themes` are the three with most responses.
//!
//! **Goals** ([`goals`]) are `met` when the figure is at least the goal (at most, for `bottom_box`), `near` when its interval
//! holds the goal, else `missed`. **Initiatives** are held against the twelve months before the work: see `measure/initiative.rs`.
//!
//! Sums are integers in millionths; transcendental functions are those of `libm`; names are counted in their order. So
//! neither the order of rows nor batches nor threads nor the machine change a figure.

mod account;
mod cell;
mod cluster;
mod coverage;
mod dimension;
mod directory;
mod distinct;
mod distribution;
mod follow;
pub mod goals;
mod impact;
mod initiative;
pub mod interval;
mod invited;
mod kpi;
mod largest;
mod names;
mod one_per;
mod people;
mod pool;
mod response;
mod series;
pub mod significance;
mod sliding;
mod spool;
mod standing;
mod tallies;
mod tally;
mod theme_month;
mod window;
mod windows;

use std::path::Path;

use arrow_array::RecordBatch;

use crate::error::Result;
use crate::month::Month;
use crate::schema::{ACCOUNT_STANDING, COVERAGE_MONTH, INITIATIVE_MONTH, KPI_MONTH, THEME_MONTH, Table};
use tallies::AllTallies;

pub use directory::Directory;
pub use goals::Goals;
pub use initiative::answers_needed;
pub use interval::paired;
pub use one_per::OnePer;
pub use pool::Pools;

/// Batches of a table, one after the other.
pub type Batches = Box<dyn Iterator<Item = Result<RecordBatch>>>;

/// Where published (or staged) row tables are read from.
pub trait Tables: Sync {
    /// The rows of a table in one month, batch by batch, with at least the columns asked for; none when that month has no file.
    ///
    /// Rows of `score` and `verbatim` follow the order of `response`, rows of `clause` that of `verbatim`.
    fn read(&self, table: &'static Table, month: Month, columns: &[&str]) -> Result<Batches>;
}

/// Where figures keep what memory cannot hold.
#[derive(Clone, Copy, Debug)]
pub struct Room<'a> {
    /// Folder for files that nobody else reads; made when it is needed, left for the caller to clear.
    pub folder: &'a Path,
    /// Bytes of memory for what grows with the responses; never changes a figure.
    pub budget_bytes: usize,
}

/// Takes the rows of a month table, sorted by its key; called from several threads, for each table and month once.
pub type Emit<'a> = &'a (dyn Fn(&'static Table, Month, &RecordBatch) -> Result<()> + Sync);

/// What figures are held against, and how they are counted.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// Goals and initiatives.
    pub goals: &'a Goals,
    /// What one answer stands for.
    pub one_per: OnePer,
    /// The accounts of the account file.
    pub directory: &'a Directory,
    /// Sources that are counted together, too.
    pub pools: &'a Pools,
}

/// Hands the figures of the months `wanted` to `emit`: `kpi_month`, `theme_month`, `account_month`, `initiative_month`, and where
/// accounts or invitations are known `coverage_month` and `account_standing`.
/// `all` are the months with row tables. Both are ascending. A wanted month that is not among `all` has no rows.
///
/// Returns what in the goals finds no answers, one sentence each: a goal that nothing is held against is a slip of the pen.
///
/// Fails when `tables` cannot be read, when their rows are not in the order in which they were written, and with what `emit`
/// fails with.
pub fn figures(
    tables: &dyn Tables,
    all: &[Month],
    wanted: &[Month],
    terms: Terms<'_>,
    room: Room<'_>,
    emit: Emit<'_>,
) -> Result<Vec<String>> {
    let goals = terms.goals;
    // A month that lost its last row is wanted but no longer among all.
    let mut needed: Vec<Month> = all.iter().chain(wanted).copied().collect();
    needed.sort_unstable();
    needed.dedup();
    needed.retain(|month| is_reached(*month, wanted) || initiative::is_baseline(goals, *month));
    let tallies = AllTallies::read(tables, &needed, wanted, terms, room, emit)?;
    let frames = kpi::all_frames(&tallies, wanted);
    let asked = frames.iter().flat_map(window::Frame::spans).chain(initiative::spans(&tallies, wanted, goals));
    let windows = windows::Windows::count(&tallies, asked, terms.one_per, room)?;
    let kpi = kpi::kpi_months(&tallies, &windows, &frames, wanted, goals);
    let initiatives = initiative::initiative_months(&tallies, &windows, wanted, goals);
    drop(windows);
    let themes = theme_month::theme_months(&tallies, wanted)?;
    for (month, ((kpi, themes), initiatives)) in wanted.iter().zip(kpi.iter().zip(&themes).zip(&initiatives)) {
        emit(&KPI_MONTH, *month, kpi)?;
        emit(&THEME_MONTH, *month, themes)?;
        emit(&INITIATIVE_MONTH, *month, initiatives)?;
        let known: Vec<&standing::StandingMonth> = tallies.months.iter().filter_map(|m| m.standing.as_ref()).collect();
        let upto = known.partition_point(|m| m.month <= *month);
        emit(&COVERAGE_MONTH, *month, &coverage::rows(&known[..upto], *month, terms))?;
        emit(&ACCOUNT_STANDING, *month, &standing::rows(&known[..upto], *month, terms))?;
    }
    let idle = goals::idle(goals, &tallies);
    tallies.clear()?;
    Ok(idle)
}

/// The rows of `account_month` of one month: they look at no other month, and at no goal.
///
/// Fails like [`figures`].
pub fn account_figures(tables: &dyn Tables, month: Month, terms: Terms<'_>) -> Result<RecordBatch> {
    let (mut names, mut accounts) = (names::Names::default(), account::Accounts::default());
    response::each_response(tables, month, &mut names, terms, |response| {
        accounts.add(response);
        Ok(())
    })?;
    accounts.invite(&invited::of_month(tables, month, terms)?, &mut names);
    Ok(accounts.rows(month, &names))
}

fn is_reached(month: Month, wanted: &[Month]) -> bool {
    wanted.iter().any(|later| (0..window::HORIZON).contains(&later.since(month)))
}

/// The months whose figures change when the rows of `touched` change: these and the 23 months after each, as far as
/// they are in `all` or `touched`. A window of twelve months and the twelve before it reach that far.
///
/// Goals are no rows: when they change, every month is to be written again. An initiative whose baseline is measured
/// looks back to the twelve months before its work, which a correction more than 23 months later does not reach.
pub fn affected(touched: &[Month], all: &[Month]) -> Vec<Month> {
    let mut months: Vec<Month> = all.iter().chain(touched).copied().collect();
    months.sort_unstable();
    months.dedup();
    months.retain(|month| touched.iter().any(|earlier| (0..window::HORIZON).contains(&month.since(*earlier))));
    months
}
