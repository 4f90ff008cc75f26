//! What do the published rows add up to, month by month?

mod account;
mod dictionary;
mod dimension;
mod distribution;
pub mod goals;
mod impact;
mod initiative;
pub mod interval;
mod kpi;
mod load;
pub mod significance;
mod tally;
mod theme_month;
mod window;

use arrow_array::RecordBatch;

use crate::error::Result;
use crate::month::Month;
use crate::schema::Table;

pub use goals::Goals;
pub use initiative::answers_needed;

/// Where published (or staged) row tables are read from.
pub trait Tables: Sync {
    /// The rows of a table in one month, with at least the columns asked for; empty when that month has no file.
    fn read(&self, table: &'static Table, month: Month, columns: &[&str]) -> Result<Vec<RecordBatch>>;
}

/// The figures of one month, each sorted by the key of its table.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The month.
    pub month: Month,
    /// Rows of `theme_month`.
    pub theme_month: RecordBatch,
    /// Rows of `kpi_month`.
    pub kpi_month: RecordBatch,
    /// Rows of `account_month`.
    pub account_month: RecordBatch,
    /// Rows of `initiative_month`.
    pub initiative_month: RecordBatch,
}

/// The figures of the months `wanted`; `all` are the months with row tables. Both are ascending, `wanted` among `all`.
///
/// Fails when `tables` cannot be read.
pub fn figures(tables: &dyn Tables, all: &[Month], wanted: &[Month], goals: &Goals) -> Result<Vec<Figures>> {
    let needed: Vec<Month> =
        all.iter().copied().filter(|month| is_reached(*month, wanted) || initiative::is_baseline(goals, *month)).collect();
    let rows = load::load(tables, &needed, wanted)?;
    let kpi = kpi::kpi_months(&rows, wanted, goals);
    let tallies = theme_month::theme_tallies(&rows);
    let themes = theme_month::theme_months(&rows, &tallies, wanted);
    let accounts = account::account_months(&rows, wanted);
    let initiatives = initiative::initiative_months(&rows, &tallies, wanted, goals);
    let of_month = wanted.iter().zip(kpi).zip(themes).zip(accounts).zip(initiatives);
    let figures = of_month.map(|((((month, kpi_month), theme_month), account_month), initiative_month)| Figures {
        month: *month,
        theme_month,
        kpi_month,
        account_month,
        initiative_month,
    });
    Ok(figures.collect())
}

fn is_reached(month: Month, wanted: &[Month]) -> bool {
    wanted.iter().any(|later| (0..window::HORIZON).contains(&later.since(month)))
}

/// The months whose figures change when the rows of `touched` change: these and the 23 months after each, as far as
/// they are in `all` or `touched`. A window of twelve months and the twelve before it reach that far.
pub fn affected(touched: &[Month], all: &[Month]) -> Vec<Month> {
    let mut months: Vec<Month> = all.iter().chain(touched).copied().collect();
    months.sort_unstable();
    months.dedup();
    months.retain(|month| touched.iter().any(|earlier| (0..window::HORIZON).contains(&month.since(*earlier))));
    months
}
