//! How does work pass through threads and come out in order?
//!
//! One thread reads, `n` threads work, the caller's thread takes the results in the order of the jobs. Queues are
//! bounded and a job needs a ticket from reading until it was taken, so memory is tickets × job and no more.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Sender, bounded};

use crate::error::{Error, Result};

/// Runs every job that `next` gives through a worker and hands the results to `take` in the order of the jobs.
///
/// `start` makes a worker in its own thread. The first error in the order of the jobs ends the flow; so does `cancel`. A panic of a worker
/// ends it too and goes on in the caller.
pub fn ordered<J, R, W>(
    n_workers: usize,
    cancel: &AtomicBool,
    mut next: impl FnMut() -> Result<Option<J>> + Send,
    start: impl Fn() -> W + Sync,
    mut take: impl FnMut(R) -> Result<()>,
) -> Result<()>
where
    J: Send,
    R: Send,
    W: FnMut(J) -> Result<R>,
{
    // Two jobs waiting and one in work for each worker: with fewer, workers idle behind a slow job.
    let n_tickets = 3 * n_workers + 1;
    let (return_ticket, tickets) = bounded::<()>(n_tickets);
    for _ in 0..n_tickets {
        return_ticket.send(()).expect("the channel holds all tickets");
    }
    let (send_job, jobs) = bounded::<(u64, Result<J>)>(n_tickets);
    let (send_result, results) = bounded::<(u64, Result<R>)>(n_tickets);
    let stop = AtomicBool::new(false);
    let stopped = || stop.load(Ordering::Relaxed) || cancel.load(Ordering::Relaxed);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let send_job = send_job;
            let mut seq = 0;
            while tickets.recv().is_ok() && !stopped() {
                let job = match next() {
                    Ok(Some(job)) => Ok(job),
                    Ok(None) => break,
                    Err(error) => Err(error),
                };
                let is_last = job.is_err();
                if send_job.send((seq, job)).is_err() || is_last {
                    break;
                }
                seq += 1;
            }
        });
        for _ in 0..n_workers {
            let (jobs, send_result, start, stopped) = (jobs.clone(), send_result.clone(), &start, &stopped);
            let bell = Bell { stop: &stop, return_ticket: return_ticket.clone() };
            scope.spawn(move || {
                let _bell = bell;
                let mut worker = start();
                for (seq, job) in jobs {
                    // A job that is given up still returns its ticket, or the reader would wait for ever.
                    let result = if stopped() { Err(Error::Cancelled) } else { job.and_then(&mut worker) };
                    if send_result.send((seq, result)).is_err() {
                        break;
                    }
                }
            });
        }
        drop((jobs, send_result));
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        let mut outcome = Ok(());
        for (seq, result) in results {
            waiting.insert(seq, result);
            while let Some(result) = waiting.remove(&due) {
                due += 1;
                if outcome.is_ok() {
                    outcome = result.and_then(&mut take);
                }
                if outcome.is_err() {
                    stop.store(true, Ordering::Relaxed);
                }
                // The reader is gone when the input has ended: then nobody waits for tickets.
                return_ticket.try_send(()).ok();
            }
        }
        drop(return_ticket);
        if cancel.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { outcome }
    })
}

/// Rings when its thread panics: the reader, which may be waiting for the ticket that the thread held, wakes and stops.
struct Bell<'a> {
    stop: &'a AtomicBool,
    return_ticket: Sender<()>,
}

impl Drop for Bell<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.stop.store(true, Ordering::Relaxed);
            self.return_ticket.try_send(()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(n_workers: usize, n: u64, fail_at: Option<u64>) -> (Result<()>, Vec<u64>) {
        let mut jobs = 0..n;
        let mut taken = Vec::new();
        let work = |job: u64| match fail_at {
            Some(at) if job >= at => Err(Error::Limit { what: job.to_string(), limit: String::new(), hint: None }),
            _ => Ok(job * job),
        };
        let outcome = ordered(
            n_workers,
            &AtomicBool::new(false),
            || Ok(jobs.next()),
            || work,
            |square| {
                taken.push(square);
                Ok(())
            },
        );
        (outcome, taken)
    }

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        for n_workers in [1, 2, 8] {
            let (outcome, taken) = squares(n_workers, 1000, None);
            assert!(outcome.is_ok());
            assert_eq!(taken, (0..1000).map(|i| i * i).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_error_in_order_ends_the_flow() {
        for n_workers in [1, 2, 8] {
            let (outcome, taken) = squares(n_workers, 100_000, Some(40));
            assert!(matches!(outcome, Err(Error::Limit { what, .. }) if what == "40"));
            assert_eq!(taken.len(), 40);
        }
    }

    #[test]
    fn a_panic_of_a_worker_reaches_the_caller() {
        for n_workers in [1, 2, 8] {
            let broken = std::panic::catch_unwind(|| {
                let mut jobs = 0..1000;
                let work = |job: u64| if job % 100 == 7 { panic!("a bug") } else { Ok(job) };
                ordered(n_workers, &AtomicBool::new(false), || Ok(jobs.next()), || work, |_| Ok(()))
            });
            assert!(broken.is_err());
        }
    }

    #[test]
    fn cancelling_ends_the_flow() {
        let cancel = AtomicBool::new(false);
        let mut n = 0;
        let outcome = ordered(
            2,
            &cancel,
            || Ok(Some(())),
            || |()| Ok(()),
            |()| {
                n += 1;
                cancel.store(n > 10, Ordering::Relaxed);
                Ok(())
            },
        );
        assert!(matches!(outcome, Err(Error::Cancelled)));
    }
}
