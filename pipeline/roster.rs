//! Who are the customers, and who was asked?
//!
//! The account file says what an account is called, by which other ids and names it goes, its tier, revenue and renewal date, and who looks
//! after it; the invitation file, who was asked to answer in which wave. Both are tables in any format that input may have;
//! columns are found by name ([`account::COLUMNS`], [`invitation::COLUMNS`]) or named by the settings. Values that cannot be read are left out
//! and told with their line, never with what they hold.

pub mod account;
pub mod indicator;
pub mod invitation;
mod sheet;

pub(crate) use sheet::number;

/// Rows of a table that came from a file, and what in the file a person should look at.
#[derive(Clone, Debug, Default)]
pub struct Read<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// One sentence a slip, the first few of each kind.
    pub slips: Vec<String>,
}
