//! Text analytics for voice-of-customer feedback.

pub mod config;
pub mod error;
pub mod language;
pub mod lexicon;
pub mod measure;
pub mod redact;
pub mod schema;
pub mod source;
pub mod stage;
pub mod text;
pub mod theme;

pub use error::{Error, Result};
