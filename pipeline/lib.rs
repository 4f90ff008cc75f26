//! Text analytics for voice-of-customer feedback.

pub mod annotate;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
pub mod config;
pub mod error;
pub mod identity;
pub mod language;
pub mod lexicon;
pub mod measure;
pub mod month;
pub mod redact;
pub mod response;
pub mod runner;
pub mod schema;
pub mod sink;
pub mod source;
pub mod stage;
pub mod store;
pub mod synth;
pub mod text;
pub mod theme;

pub use error::{Error, Result};
