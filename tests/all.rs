//! The one integration-test binary.

mod datasets;
mod hotline;
mod measures;
mod redaction;
mod sentiment;
mod sources;
mod themes;
