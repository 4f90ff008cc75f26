//! Which cases are still to be handed over?
//!
//! A hand-over is written down with the detection, in one transaction, and stays until it was delivered: at least once, with the id of
//! the case as the key by which the receiver tells a repetition.

use rusqlite::params;

use super::Store;
use super::events::detect;
use crate::error::Result;
use crate::store::Detected;

/// The step of the database that brings the outbox.
pub(super) const STEP: &str = "
    create table outbox (
        handover text not null,
        hotline_id text not null,
        written_micros integer not null,
        attempts integer not null default 0,
        failure text,
        delivered_micros integer,
        primary key (handover, hotline_id)
    ) strict, without rowid;
    create index outbox_pending on outbox (handover, written_micros, hotline_id) where delivered_micros is null;
";

/// A case that is to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Name of the hand-over.
    pub handover: String,
    /// The case.
    pub hotline_id: String,
    /// How often it was tried.
    pub attempts: u32,
}

impl Store {
    /// Writes detections of a run, and with each the hand-overs that are due for it: name and case. Those that are written already stay as
    /// they are.
    pub fn detect_and_hand_over(&mut self, cases: &[Detected], handovers: &[(String, String)], now: i64) -> Result<()> {
        if cases.is_empty() && handovers.is_empty() {
            return Ok(());
        }
        self.write(|connection| {
            cases.iter().try_for_each(|case| detect(connection, case))?;
            let sql = "insert or ignore into outbox (handover, hotline_id, written_micros) values (?1, ?2, ?3)";
            let mut statement = connection.prepare(sql)?;
            handovers.iter().try_for_each(|(name, id)| statement.execute(params![name, id, now]).map(|_| ()))
        })
    }

    /// What is still to be handed over, the oldest first.
    pub fn pending(&self) -> Result<Vec<Pending>> {
        self.read(|connection| {
            let sql = "select handover, hotline_id, attempts from outbox where delivered_micros is null order by handover, written_micros, hotline_id";
            let mut statement = connection.prepare(sql)?;
            let pending = statement.query_map([], |row| {
                Ok(Pending { handover: row.get(0)?, hotline_id: row.get(1)?, attempts: row.get(2)? })
            })?;
            pending.collect()
        })
    }

    /// Writes what became of an attempt; `failure`: why it did not succeed, in words that say nothing of the case.
    pub fn attempted(&mut self, pending: &Pending, now: i64, failure: Option<&str>) -> Result<()> {
        self.write(|connection| {
            let delivered = failure.is_none().then_some(now);
            let sql =
                "update outbox set attempts = attempts + 1, failure = ?3, delivered_micros = ?4 where handover = ?1 and hotline_id = ?2";
            connection.execute(sql, params![pending.handover, pending.hotline_id, failure, delivered]).map(|_| ())
        })
    }
}
