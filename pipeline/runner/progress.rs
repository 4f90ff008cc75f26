//! How far is a run?
//!
//! Counters that the run moves and that a meter reads when it likes; nothing waits for anything.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where a run stands.
#[derive(Debug, Default)]
pub struct Progress {
    phase: Mutex<&'static str>,
    n_rows: AtomicU64,
    n_bytes: AtomicU64,
    n_bytes_total: AtomicU64,
}

/// A look at the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What is being done.
    pub phase: &'static str,
    /// Rows read in this phase.
    pub n_rows: u64,
    /// Bytes read in this phase.
    pub n_bytes: u64,
    /// Bytes to read in this phase; 0 when there is nothing to read.
    pub n_bytes_total: u64,
}

impl Progress {
    /// Where the run stands now.
    pub fn standing(&self) -> Standing {
        Standing {
            phase: *self.phase.lock().unwrap_or_else(PoisonError::into_inner),
            n_rows: self.n_rows.load(Ordering::Relaxed),
            n_bytes: self.n_bytes.load(Ordering::Relaxed),
            n_bytes_total: self.n_bytes_total.load(Ordering::Relaxed),
        }
    }

    pub(super) fn begin(&self, phase: &'static str, n_bytes_total: u64) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
        self.n_rows.store(0, Ordering::Relaxed);
        self.n_bytes.store(0, Ordering::Relaxed);
        self.n_bytes_total.store(n_bytes_total, Ordering::Relaxed);
    }

    pub(super) fn read(&self, n_rows: u64, n_bytes: u64) {
        self.n_rows.fetch_add(n_rows, Ordering::Relaxed);
        self.n_bytes.store(n_bytes, Ordering::Relaxed);
    }
}
