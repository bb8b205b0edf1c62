//! What goes wrong, as exceptions; and work that can be interrupted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};
use std::time::{Duration, Instant};

use pyo3::exceptions::{PyKeyboardInterrupt, PyMemoryError, PyRuntimeError};
use pyo3::prelude::*;

use crate::error::Error;
use crate::threads::GoOn;

pyo3::import_exception!(bucket_brigade.errors, InvalidInput);

/// Signals are looked for so often: that takes the interpreter's lock, which others may want.
const PATIENCE: Duration = Duration::from_millis(30);

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Invalid(_) => InvalidInput::new_err(message),
            Error::Memory(_) => PyMemoryError::new_err(message),
            Error::Threads(_) => PyRuntimeError::new_err(message),
            Error::Stopped => PyKeyboardInterrupt::new_err(message),
        }
    }
}

/// Works without the interpreter's lock. A panic is a bug of ours, and ends as an exception that says so.
pub(super) fn released<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    let answer = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
    answer
        .unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<&str>().map(ToString::to_string);
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Err(Error::Threads(format!("This is a bug in bb_core_rs, please report it: {said}.")))
        })
        .map_err(PyErr::from)
}

/// The same, and the work may ask whether to go on: not after a signal whose handler has raised.
pub(super) fn interruptible<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(GoOn) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let mut signals: PyResult<()> = Ok(());
    let mut asked = Instant::now();
    let answer = released(py, || {
        work(&mut || {
            if asked.elapsed() >= PATIENCE {
                signals = Python::attach(|py| {
                    py.check_signals()?;
                    Ok(())
                });
                asked = Instant::now();
            }
            signals.is_ok()
        })
    });
    signals?;
    answer
}

/// Games of which one call at a time may be made: threads do not wait, since their nights would come in any order.
#[derive(Debug)]
pub(super) struct Alone<T>(RwLock<T>);

impl<T> Alone<T> {
    pub(super) const fn new(value: T) -> Self {
        Self(RwLock::new(value))
    }

    /// To look.
    pub(super) fn read(&self) -> PyResult<RwLockReadGuard<'_, T>> {
        self.0.try_read().map_err(|error| in_use(&error))
    }

    /// To move on.
    pub(super) fn write(&self) -> PyResult<RwLockWriteGuard<'_, T>> {
        self.0.try_write().map_err(|error| in_use(&error))
    }
}

fn in_use<G>(error: &TryLockError<G>) -> PyErr {
    InvalidInput::new_err(match error {
        TryLockError::WouldBlock => {
            "These games are being played by another thread: a batch or stepper takes one call at a time, so \
             give each thread its own, or let them take turns."
        }
        TryLockError::Poisoned(_) => "An earlier call on these games failed halfway: start them anew.",
    })
}
