//! Answers that may be too large.

use crate::error::Error;
use crate::threads::{GoOn, check};

/// Zeros written between two questions whether to go on: some milliseconds.
const STEP: usize = 1 << 20;

/// Zeros of a shape.
///
/// # Errors
///
/// [`Error::Memory`] if they do not fit, and [`Error::Stopped`] if `go_on` said no: memory is only taken as it is
/// written, which for an answer that barely fits takes seconds.
pub(crate) fn zeros<T: Copy + Default>(shape: &[usize], go_on: GoOn) -> Result<Vec<T>, Error> {
    let mut vector = Vec::new();
    let size = shape.iter().try_fold(1_usize, |size, &side| size.checked_mul(side));
    let size = size
        .filter(|&size| vector.try_reserve_exact(size).is_ok())
        .ok_or_else(|| Error::Memory(format!("An answer of shape {shape:?} does not fit in memory.")))?;
    while vector.len() < size {
        if !vector.is_empty() {
            check(go_on)?;
        }
        vector.resize(size.min(vector.len() + STEP), T::default());
    }
    Ok(vector)
}
