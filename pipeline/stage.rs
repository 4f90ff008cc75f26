//! What is said of one verbatim?
//!
//! Stages are pure: no file, network, clock, environment or thread. What a stage needs is loaded and compiled
//! before the first batch; it adds columns and cannot drop, edit or reorder rows. Each stage has an immutable
//! part, shared by all workers, and a scratch part, one for each worker, which keeps what it knows of a
//! distinct word in an array by [`crate::text::WordId`].

pub mod embed;
pub mod hotline;
pub mod sentiment;
pub mod theme;
