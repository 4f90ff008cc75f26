//! What did a run that was killed behind the switch not write any more?
//!
//! Detections go to review.db when readers see the tables already. A run that is killed between the two leaves them in the tables alone,
//! and a corrected dump would start their clocks anew: so they are taken from there at the next start.

use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array as _, cast::AsArray as _};

use crate::error::Result;
use crate::schema::HOTLINE;
use crate::sink::{Version, stream_table};
use crate::store::{Detected, Store};

/// Brings review.db up to what readers see.
pub(super) fn replay(shown: Option<&Version>, store: &mut Store) -> Result<()> {
    let Some(shown) = shown else { return Ok(()) };
    let decided = store.decided()?;
    let mut lost = Vec::new();
    for month in shown.months(&HOTLINE)? {
        for batch in stream_table(shown, &HOTLINE, Some(month), Some(&["hotline_id", "detected_at", "status"]))? {
            let batch = batch?;
            let column = |name: &str| batch.column_by_name(name).expect("a column of hotline");
            let (ids, statuses) = (column("hotline_id").as_string::<i32>(), column("status").as_string::<i32>());
            let at = column("detected_at").as_primitive::<TimestampMicrosecondType>();
            for i in (0..batch.num_rows()).filter(|i| at.is_valid(*i)) {
                let id = ids.value(i);
                if decided.detected(id).is_none() && decided.events(id).is_empty() {
                    lost.push(Detected { hotline_id: id.to_owned(), at: at.value(i), is_historical: statuses.value(i) == "historical" });
                }
            }
        }
    }
    store.detect(&lost)
}
