//! How many files may be open at once?
//!
//! A run writes seven tables and a key file for every month that it touches, all at once; twenty years of reviews are over a thousand files,
//! and many systems begin with 1,024. A program may raise that itself, up to what the administrator allows.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Enough for six hundred months.
const WANTED: u64 = 8192;

/// Raises the limit where it is low and may be raised; where it may not, opening the file that is one too many says so.
pub(super) fn allow() {
    let now = getrlimit(Resource::Nofile);
    let wanted = now.maximum.map_or(WANTED, |most| most.min(WANTED));
    if now.current.is_some_and(|current| current < wanted) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: now.maximum }).ok();
    }
}
