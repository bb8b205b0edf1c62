//! A pool of threads, built once and kept.

use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Error;

/// The last pool used, with the process that built it: a forked child inherits the pool but not its threads.
static LAST: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// The number of threads meant by a request.
pub(crate) fn count(workers: Option<usize>) -> usize {
    workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// A pool of `size` threads.
pub(crate) fn pool(size: usize) -> Result<Arc<ThreadPool>, Error> {
    let process = std::process::id();
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    match last.take() {
        Some((owner, pool)) if owner == process && pool.current_num_threads() == size => {
            *last = Some((owner, Arc::clone(&pool)));
            return Ok(pool);
        }
        // Dropping a parent's pool would wait on threads that do not exist here.
        Some((owner, pool)) if owner != process => std::mem::forget(pool),
        _ => {}
    }
    let pool = ThreadPoolBuilder::new()
        .num_threads(size)
        .thread_name(|i| format!("bucket-brigade-{i}"))
        .build()
        .map(Arc::new)
        .map_err(|error| Error::Threads(format!("Could not start {size} threads: {error}.")))?;
    *last = Some((process, Arc::clone(&pool)));
    Ok(pool)
}
