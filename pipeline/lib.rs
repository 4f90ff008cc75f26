//! Text analytics for voice-of-customer feedback.
//!
//! Survey comments and complaints go in; HOTLINE cases, sentiment, themes that last from month to month and the figures of the
//! monthly review come out, as Parquet tables that are the same bytes for the same input.
//!
//! ```text
//! INPUT ─ source ─▶ bounded queue ─▶ N workers ─────────────────────▶ ordered ─▶ writers
//!           │                        tokens                                       ├ tables/*.parquet, one partition a month
//!           └▶ reject                  ▸ redact ▸ language ▸ clauses              └ figures ▸ one rename ▸ review.db
//!                                      ▸ hotline ▸ sentiment ▸ embed ▸ theme
//! ```
//!
//! Before that main pass comes a survey of the same input: every row is placed in its month and keyed, and of months that the theme
//! registry does not know a sample is taken, by which the registry grows, oldest month first. So the main pass writes each
//! row once, with everything known, and memory is (queue slots + workers) × batch whatever the size of the input.
//!
//! # What always holds
//!
//! - Rows are conserved: read = new + replacing + unchanged + superseded + rejected.
//! - Same input, settings and clock, same bytes: whatever the threads, the batches and the memory.
//! - Identical text has identical sentiment, clauses, matches and themes (under one registry version).
//! - A run publishes whole or not at all; the same dump twice rewrites no file.
//! - Nothing that a respondent wrote is in a log or an error; redaction comes before anything is written.
//!
//! # Where to find what
//!
//! | question | module |
//! | --- | --- |
//! | What was the program told to do? | [`config`] |
//! | Which tables and columns are written? | [`schema`] |
//! | What did the input hold, row by row? | [`source`] |
//! | What do the cells of a row say about the response? | [`response`], [`month`], [`identity`] |
//! | What are the words and clauses of a text? | [`text`], [`language`] |
//! | Which parts of it are personal data? | [`redact`] |
//! | What is said of one verbatim? | [`stage`], [`lexicon`] |
//! | What do all stages together say of a batch? | [`annotate`] |
//! | And of rows that are in memory already, for bindings? | [`analyst`] |
//! | Why is a verbatim read as it is? | [`mod@explain`] |
//! | Which themes are there, and how do they last? | [`theme`] |
//! | What would a change of HOTLINE rules do? | [`rules`] |
//! | How is the whole job done? | [`runner`] |
//! | How do rows become files that readers can trust? | [`sink`] |
//! | What lies in an object store, and what do its readers see? | `bucket` (feature `object_store`) |
//! | What have people, and the clock, decided? | [`store`], [`clock`] |
//! | What can people do with a HOTLINE case, and where does it stand? | [`casework`] |
//! | Who are the customers, and who was asked? | [`roster`] |
//! | What do the rows add up to? | [`measure`] |
//! | What does a person read about a month? | [`report`] |
//! | Which verbatims say this? | `search` (feature `index`) |
//! | Where do people read, correct and close the loop? | `review` (feature `review`) |
//! | Where does one get data of any size? | [`synth`] |

pub mod analyst;
pub mod annotate;
#[cfg(feature = "object_store")]
pub mod bucket;
pub mod casework;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
pub mod config;
pub mod error;
pub mod explain;
pub mod identity;
pub mod language;
pub mod lexicon;
pub mod measure;
pub mod month;
pub mod redact;
pub mod report;
pub mod response;
#[cfg(feature = "review")]
pub mod review;
pub mod roster;
pub mod rules;
pub mod runner;
pub mod schema;
#[cfg(feature = "index")]
pub mod search;
pub mod sink;
pub mod source;
pub mod stage;
pub mod store;
pub mod synth;
pub mod text;
pub mod theme;

pub use error::{Error, Result};
