//! Which exception says what went wrong?
//!
//! One class for each kind of fault that a caller would treat apart, all below `OutspokenError`. The text is that of the program with its
//! hint; `hint` and `found` hold the parts. What a respondent wrote is never in it.

use std::time::Duration;

use outspoken::Error;
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyKeyboardInterrupt};
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

create_exception!(outspoken, OutspokenError, PyException, "Something could not be done; `hint` says what to do about it.");
create_exception!(outspoken, InputError, OutspokenError, "The rows, files or columns given cannot be used.");
create_exception!(outspoken, SettingError, OutspokenError, "A setting, rule, lexicon or theme file cannot be used.");
create_exception!(outspoken, LimitError, OutspokenError, "A stated limit was passed; nothing was published.");
create_exception!(outspoken, OutputError, OutspokenError, "An output directory or registry cannot be read or written.");

/// Adds the classes to the module.
pub(crate) fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("OutspokenError", py.get_type::<OutspokenError>())?;
    module.add("InputError", py.get_type::<InputError>())?;
    module.add("SettingError", py.get_type::<SettingError>())?;
    module.add("LimitError", py.get_type::<LimitError>())?;
    module.add("OutputError", py.get_type::<OutputError>())
}

/// The exception of an error.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let (hint, found) = (error.hint(), error.found());
    let mut text = error.to_string();
    for (label, more) in [("found", &found), ("hint", &hint)] {
        if let Some(more) = more {
            text.push_str(&format!("\n  {label}: {more}"));
        }
    }
    let raised = match error {
        Error::Cancelled => return PyKeyboardInterrupt::new_err(text),
        Error::Input { .. } | Error::InputNotFound { .. } | Error::MissingColumn { .. } => InputError::new_err(text),
        Error::Setting { .. } | Error::Lexicon { .. } => SettingError::new_err(text),
        Error::Limit { .. } => LimitError::new_err(text),
        Error::Output { .. } | Error::Io { .. } | Error::Parquet { .. } | Error::Store { .. } => OutputError::new_err(text),
        _ => OutspokenError::new_err(text),
    };
    let value = raised.value(py);
    match value.setattr("hint", hint).and_then(|()| value.setattr("found", found)) {
        Ok(()) => raised,
        Err(other) => other,
    }
}

/// A value that cannot be read, as an exception.
pub(crate) fn refused(what: &str, accepted: &str) -> PyErr {
    SettingError::new_err(format!("{what}\n  hint: {accepted}"))
}

/// How often Python may look whether somebody pressed Ctrl-C: as fast as a person can tell, and no cost.
const LOOK: Duration = Duration::from_millis(50);

/// Works in a thread of its own with the interpreter free, and stops when Python wants to: on Ctrl-C.
pub(crate) fn freely<T: Send>(py: Python<'_>, work: impl FnOnce(&AtomicBool) -> outspoken::Result<T> + Send) -> PyResult<T> {
    let cancel = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (done, wait) = mpsc::channel::<()>();
        let cancel = &cancel;
        let worker = scope.spawn(move || {
            let result = work(cancel);
            drop(done);
            result
        });
        let mut interrupt = None;
        let mut wait = wait;
        loop {
            let (ended, back) = py.detach(move || (wait.recv_timeout(LOOK) != Err(mpsc::RecvTimeoutError::Timeout), wait));
            wait = back;
            if ended {
                break;
            }
            if interrupt.is_none()
                && let Err(raised) = py.check_signals()
            {
                cancel.store(true, Ordering::Relaxed);
                interrupt = Some(raised);
            }
        }
        let result = py.detach(|| worker.join());
        match (interrupt, result) {
            (Some(raised), _) => Err(raised),
            (None, Ok(result)) => result.map_err(|error| exception(py, &error)),
            (None, Err(panic)) => std::panic::resume_unwind(panic),
        }
    })
}
