//! What can people do with a HOTLINE case, and where does it stand?
//!
//! The operations that the command line, the review app and the import share. A [`Casebook`] reads cases from the published
//! tables and lays over them what review.db holds, so that it shows a decision at once; [`crate::runner::sync`] brings it into the tables.
//! What people do becomes events ([`crate::store::Event`]); where a case stands is a pure function of them ([`State`]).

mod book;
mod case;
mod close;
mod file;
mod filter;
mod operation;
mod state;

pub use book::Casebook;
pub(crate) use case::respond_by;
pub use case::{Case, Clock};
pub use close::{Closing, Disposition};
pub use file::{CaseFile, Hit};
pub use filter::{Filter, Severities};
pub use operation::{By, Operation};
pub use state::{State, Status};
