//! What happens when a library breaks on a damaged file?
//!
//! The libraries for Parquet and spreadsheets trust offsets and lengths that a file states, and some of their checks are assertions. A
//! file that somebody sent is no reason to end the program: such a panic becomes [`Error::Input`], and its message, which may hold what
//! the file held, is not printed. What was being read is dropped with it.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Once;

use crate::error::{Error, Result};

thread_local! {
    /// Whether this thread is inside of [`guarded`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `read`, a call into a reader of `path`; a panic in it is an error that says that the file is damaged.
///
/// The first call puts a hook before the process's panic hook: it keeps silent for threads inside of a guard and calls the other for all else.
pub(crate) fn guarded<T>(path: &Path, hint: &str, read: impl FnOnce() -> Result<T>) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                before(info);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    // What a panic leaves behind half-changed belongs to the reader, which is not used again: an error ends the file.
    let result = panic::catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outer);
    result.unwrap_or_else(|_| {
        Err(Error::Input {
            path: path.to_owned(),
            what: "the file is damaged".to_owned(),
            found: Some("offsets, lengths or values that contradict each other".to_owned()),
            hint: Some(hint.to_owned()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_the_next_call_works() {
        let path = Path::new("survey.parquet");
        let broken: Result<()> = guarded(path, "export it again", || panic!("offset 9 of 8"));
        let told = broken.expect_err("a panic is an error").to_string();
        assert!(told.contains("survey.parquet") && told.contains("damaged") && !told.contains("offset 9"), "{told}");
        assert!(guarded(path, "export it again", || Ok(7)).is_ok_and(|value| value == 7));
    }
}
