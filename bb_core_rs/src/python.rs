//! The Python face, and the only part that knows Python: arrays in, arrays out.
//!
//! The interpreter is released while games are played, and asked for signals now and then. Whatever an argument
//! is, it is refused with a reason or played: nothing that Python can pass may panic.

use pyo3::prelude::*;

use crate::program::{MAX_AGENTS, MAX_HOUSES, MAX_NIGHTS};

mod arrays;
mod batch;
mod errors;
mod exact;
mod play;
mod stepper;

/// The Rust core of Bucket Brigade.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("BUILD_PROFILE", if cfg!(debug_assertions) { "debug" } else { "release" })?;
    module.add("MAX_AGENTS", MAX_AGENTS)?;
    module.add("MAX_HOUSES", MAX_HOUSES)?;
    module.add("MAX_NIGHTS", MAX_NIGHTS)?;
    play::add_to(module)?;
    exact::add_to(module)?;
    batch::add_to(module)?;
    stepper::add_to(module)
}
