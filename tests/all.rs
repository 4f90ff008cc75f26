//! The one integration-test binary.

mod cli;
mod crash;
mod determinism;
mod documented;
mod goals;
mod hotline;
mod layers;
mod r#loop;
mod measures;
mod quirks;
mod redaction;
mod report;
#[cfg(feature = "review")]
mod review;
mod rules;
mod runs;
#[cfg(feature = "index")]
mod search;
mod sentiment;
mod sources;
mod support;
mod themes;
mod watch;
