//! How does a case reach the tool in which a team works?
//!
//! When a case is detected it is written down for each hand-over of its route, and delivered after publishing: appended to a
//! JSON Lines file, or given to a command. What fails stays in the outbox and is tried again by the next run or `sync`: at least once,
//! with `hotline_id` as the key by which the receiver tells a repetition. A hand-over never keeps tables from being published.

mod command;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use crate::casework::{Case, Casebook, Filter, Status};
use crate::config::{HandoverSettings, Settings};
use crate::error::{Error, Result};
use crate::sink::Output;
use crate::store::{Pending, Store};

/// Times that a command is tried in one run before the rest of its cases is left for the next.
const TRIES: usize = 3;

/// Delivers what is in the outbox; returns warnings.
///
/// Fails only when review.db cannot be written.
pub(super) fn deliver(store: &mut Store, output: &Output, settings: &Settings, now: i64) -> Result<Vec<String>> {
    let pending = store.pending()?;
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    let book = Casebook::open(output.folder())?;
    let waiting: BTreeSet<String> = pending.iter().map(|pending| pending.hotline_id.clone()).collect();
    let cases = book.cases(&Filter { ids: Some(waiting), ..Filter::default() })?;
    let cases: BTreeMap<String, Case> = cases.into_iter().map(|case| (case.hotline_id.clone(), case)).collect();
    let mut waiting: BTreeMap<String, Vec<Pending>> = BTreeMap::new();
    for pending in pending {
        waiting.entry(pending.handover.clone()).or_default().push(pending);
    }
    let mut warnings = Vec::new();
    for (name, pending) in waiting {
        let n = pending.len();
        let Some(to) = settings.handovers.iter().find(|to| to.name == name) else {
            warnings.push(format!("{n} cases wait for the hand-over `{name}`, which the settings do not name: give them with --config"));
            continue;
        };
        if let Some((failure, n_left)) = deliver_to(store, &book, output, to, &pending, &cases, now)? {
            warnings.push(format!("hand-over `{name}` failed: {failure}; {n_left} of {n} cases wait for the next run or sync"));
        }
    }
    Ok(warnings)
}

/// Delivers cases until it fails [`TRIES`] times in a row; the last failure and how many are left.
fn deliver_to(
    store: &mut Store,
    book: &Casebook,
    output: &Output,
    to: &HandoverSettings,
    pending: &[Pending],
    cases: &BTreeMap<String, Case>,
    now: i64,
) -> Result<Option<(String, usize)>> {
    let (mut n_failed, mut n_delivered, mut last) = (0, 0, None);
    for one in pending {
        // A case that was withdrawn, or closed while it waited, needs nobody any more.
        let Some(case) = cases.get(&one.hotline_id).filter(|case| case.state.status != Status::Closed) else {
            store.attempted(one, now, None)?;
            n_delivered += 1;
            continue;
        };
        let line = json(case, &book.context(case)?);
        while n_failed < TRIES {
            let failure = send(output, to, &line).err();
            store.attempted(one, now, failure.as_deref())?;
            match failure {
                None => {
                    (n_failed, n_delivered) = (0, n_delivered + 1);
                    break;
                }
                Some(failure) => {
                    n_failed += 1;
                    last = Some(failure);
                }
            }
        }
        if n_failed == TRIES {
            break;
        }
    }
    Ok(last.filter(|_| n_delivered < pending.len()).map(|failure| (failure, pending.len() - n_delivered)))
}

/// What the receiver gets: the case without contact details, which stay in review.db.
fn json(case: &Case, context: &str) -> String {
    let time = |micros: Option<i64>| micros.and_then(|at| jiff::Timestamp::from_microsecond(at).ok()).map(|at| at.to_string());
    let value = serde_json::json!({
        "hotline_id": case.hotline_id,
        "source": case.source,
        "response_id": case.response_id,
        "route": case.route,
        "severity": case.severity,
        "category": case.category,
        "trigger": case.trigger,
        "account_id": case.account_id,
        "account_name": case.account_name,
        "contact_name": case.contact_name,
        "description": case.description,
        "context": context,
        "received_at": time(case.received_at),
        "detected_at": time(Some(case.state.detected_at)),
        "respond_by": time(case.respond_by),
        "linked_to": case.linked_to,
    });
    format!("{value}\n")
}

/// Fails with words that say nothing of the case.
fn send(output: &Output, to: &HandoverSettings, line: &str) -> std::result::Result<(), String> {
    match &to.file {
        Some(file) => append(&output.folder().join(file), line).map_err(|error| error.to_string()),
        None => command::run(&to.command, output.folder(), line, to.timeout_seconds),
    }
}

fn append(path: &std::path::Path, line: &str) -> Result<()> {
    let doing = "cannot write the file";
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(Error::io(doing))?;
    }
    let mut file = fs_err::OpenOptions::new().create(true).append(true).open(path).map_err(Error::io(doing))?;
    // One call for the whole line, so that a reader sees it whole.
    file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(Error::io(doing))
}
