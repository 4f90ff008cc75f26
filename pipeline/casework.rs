//! What can people do with a HOTLINE case, and where does it stand?
//!
//! The operations that the command line, the review app and the import share. A [`Casebook`] reads cases from the published
//! tables and lays over them what review.db holds, so that it shows a decision at once; [`crate::runner::sync`] brings it into the tables.
//! What people do becomes events ([`crate::store::Event`]); where a case stands is a pure function of them ([`State`]).

mod add;
mod book;
mod case;
mod close;
mod export;
mod field;
mod file;
mod filter;
mod import;
mod mapping;
mod operation;
mod state;
pub(crate) mod wording;

pub use add::{Opening, Subject};
pub use book::Casebook;
pub(crate) use book::MANUAL;
pub(crate) use case::respond_by;
pub use case::{Case, Clock};
pub use close::{Closing, Disposition};
pub use export::{csv, xlsx};
pub use field::Field;
pub use file::{CaseFile, Hit};
pub use filter::{Filter, Severities};
pub use import::{Change, Conflict, Conflicts, Plan, Problem, plan};
pub use mapping::{Mapping, SHIPPED_MAPPINGS};
pub use operation::{By, Operation};
pub use state::{State, Status};
