//! Which cases of the tables does review.db not have yet?
//!
//! Detections go to review.db when readers see the tables already, each with what is to be handed over. A run that is killed between the
//! two leaves them in the tables alone, and a corrected dump would start their clocks anew: so a run looks at its start too.

use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array as _, cast::AsArray as _};

use crate::config::HandoverSettings;
use crate::error::Result;
use crate::schema::HOTLINE;
use crate::sink::{Version, stream_table};
use crate::store::{Detected, Store};

/// Cases written at once, in the order of their ids: the database finds them side by side, and memory stays flat.
const AT_ONCE: usize = 1 << 17;

/// Writes down what review.db does not know of the cases of a version, with the hand-overs that are due for each.
pub(super) fn write_down(shown: &Version, store: &mut Store, handovers: &[HandoverSettings], now: i64) -> Result<()> {
    let decided = store.decided()?;
    let mut new = Vec::new();
    for month in shown.months(&HOTLINE)? {
        for batch in stream_table(shown, &HOTLINE, Some(month), Some(&["hotline_id", "detected_at", "status", "route"]))? {
            let batch = batch?;
            let column = |name: &str| batch.column_by_name(name).expect("a column of hotline");
            let [ids, statuses, routes] = ["hotline_id", "status", "route"].map(|name| column(name).as_string::<i32>());
            let at = column("detected_at").as_primitive::<TimestampMicrosecondType>();
            for i in (0..batch.num_rows()).filter(|i| at.is_valid(*i)) {
                let id = ids.value(i);
                if decided.detected(id).is_some() || !decided.events(id).is_empty() {
                    continue;
                }
                let detected = Detected { hotline_id: id.to_owned(), at: at.value(i), is_historical: statuses.value(i) == "historical" };
                let to = handovers.iter().enumerate().filter(|(_, to)| !detected.is_historical && takes(to, routes.value(i)));
                let to: Vec<usize> = to.map(|(index, _)| index).collect();
                new.push((detected, to));
            }
            if new.len() >= AT_ONCE {
                write(store, handovers, std::mem::take(&mut new), now)?;
            }
        }
    }
    write(store, handovers, new, now)
}

fn takes(to: &HandoverSettings, route: &str) -> bool {
    to.route.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(route))
}

fn write(store: &mut Store, handovers: &[HandoverSettings], mut new: Vec<(Detected, Vec<usize>)>, now: i64) -> Result<()> {
    new.sort_by(|(a, _), (b, _)| a.hotline_id.cmp(&b.hotline_id));
    let due: Vec<(String, String)> = new
        .iter()
        .flat_map(|(case, to)| to.iter().filter_map(|index| handovers.get(*index)).map(|to| (to.name.clone(), case.hotline_id.clone())))
        .collect();
    let new: Vec<Detected> = new.into_iter().map(|(case, _)| case).collect();
    store.detect_and_hand_over(&new, &due, now)
}
