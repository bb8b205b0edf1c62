//! Work on several threads, which ends early if the caller says so.

use std::ops::Deref;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Error;

/// The largest number of threads that a call may ask for, as in `bucket_brigade.validation`.
pub(crate) const MAX_WORKERS: usize = 1024;

/// A call may have so many threads on any machine, so that small ones try what large ones do. Beyond that and
/// the number of cores, threads would only wait for each other, and all for the last one once they are to stop.
const ALWAYS: usize = 16;

/// How often the caller is asked whether to go on while other threads work.
const PATIENCE: Duration = Duration::from_millis(50);

/// A pool that nobody uses, kept for the next call, with the process that built it: a forked child inherits the
/// pool but not its threads.
///
/// The lock is held to take a pool out or to put one in, never while a pool is built, used or dropped. And
/// nobody waits for it: a child that was forked while another thread held it would wait for ever.
static IDLE: Mutex<Option<(u32, ThreadPool)>> = Mutex::new(None);

/// Whether to go on, asked now and then by whoever works.
pub(crate) type GoOn<'a> = &'a mut dyn FnMut() -> bool;

/// Gives up if it is time to.
pub(crate) fn check(go_on: GoOn) -> Result<(), Error> {
    if go_on() { Ok(()) } else { Err(Error::Stopped) }
}

/// The number of threads meant by a request.
///
/// # Errors
///
/// [`Error::Invalid`] for a number that nobody may ask for.
pub(crate) fn count(workers: Option<usize>) -> Result<usize, Error> {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    match workers {
        None => Ok(cores().min(MAX_WORKERS)),
        Some(workers @ 1..=ALWAYS) => Ok(workers),
        Some(workers @ 1..=MAX_WORKERS) => Ok(workers.min(cores().max(ALWAYS))),
        Some(other) => Error::invalid(format!(
            "workers = {other} is not allowed: it must be an integer from 1 to {MAX_WORKERS}."
        )),
    }
}

/// Does jobs on several threads.
///
/// Whoever does one gets the buffers that another one has left, of which nothing may show in an answer, and
/// something to ask whether to go on, as long as it takes.
///
/// # Errors
///
/// [`Error::Stopped`] if the caller said no, [`Error::Threads`] if threads cannot be started, or what a job
/// returned.
pub(crate) fn each<J: Send, B: Default>(
    jobs: Vec<J>,
    workers: usize,
    go_on: GoOn,
    one: impl Fn(&mut B, J, GoOn) -> Result<(), Error> + Sync,
) -> Result<(), Error> {
    check(go_on)?;
    if workers == 1 || jobs.len() == 1 {
        let mut buffers = B::default();
        return jobs.into_iter().try_for_each(|job| {
            check(go_on)?;
            one(&mut buffers, job, go_on)
        });
    }
    watched(workers, go_on, |running| {
        jobs.into_par_iter().try_for_each_init(B::default, |buffers, job| {
            let mut go_on = || running.load(Ordering::Relaxed);
            check(&mut go_on)?;
            one(buffers, job, &mut go_on)
        })
    })
}

/// Lets a pool work, while this thread asks its caller now and then whether to go on.
fn watched(
    workers: usize,
    go_on: GoOn,
    work: impl FnOnce(&AtomicBool) -> Result<(), Error> + Send,
) -> Result<(), Error> {
    let running = AtomicBool::new(true);
    let mut answer = Ok(());
    pool(workers)?.in_place_scope(|scope| {
        let (done, waiting) = channel::<()>();
        let (answer, running) = (&mut answer, &running);
        scope.spawn(move |_| {
            // Dropped at the end, also that of a panic.
            let _done = done;
            *answer = work(running);
        });
        while let Err(RecvTimeoutError::Timeout) = waiting.recv_timeout(PATIENCE) {
            // Once is enough: whoever said no may not remember it.
            if running.load(Ordering::Relaxed) && !go_on() {
                running.store(false, Ordering::Relaxed);
            }
        }
    });
    answer
}

/// A pool in use; it is kept for the next call, unless there is one.
pub(crate) struct Pool(Option<ThreadPool>);

/// A pool of so many threads, which nobody else uses.
pub(crate) fn pool(size: usize) -> Result<Pool, Error> {
    let idle = IDLE.try_lock().ok().and_then(|mut idle| idle.take());
    match idle {
        // Dropping a parent's pool would wait on threads that do not exist here.
        Some((owner, pool)) if owner != std::process::id() => std::mem::forget(pool),
        Some((_, pool)) if pool.current_num_threads() == size => return Ok(Pool(Some(pool))),
        _ => {}
    }
    ThreadPoolBuilder::new()
        .num_threads(size)
        .thread_name(|i| format!("bucket-brigade-{i}"))
        .build()
        .map(|pool| Pool(Some(pool)))
        .map_err(|error| Error::Threads(format!("Could not start {size} threads: {error}.")))
}

impl Deref for Pool {
    type Target = ThreadPool;

    fn deref(&self) -> &ThreadPool {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Ok(mut idle) = IDLE.try_lock()
            && idle.is_none()
        {
            *idle = self.0.take().map(|pool| (std::process::id(), pool));
        }
    }
}
