//! Expected counts of whole programs.

use crate::counts::num_counts;
use crate::error::Error;
use crate::memory::zeros;
use crate::program::Program;
use crate::threads::{self, GoOn};

use super::forward::Nights;
use super::requests::check;
use super::ring::Ring;
use super::tally::{FINALS, Tally};
use super::team::Team;
use super::transition::Transitions;

/// Rounding moves a count by about this share of it; what adds less need not be followed.
const PRECISION: f64 = 1e-16;

/// Expected counts of E entries; D = 4N + 5 columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// (E, D) expected counts of a game.
    pub counts: Vec<f64>,
    /// (E, 17) the probability that a game ends with so many ruined houses.
    pub final_ruined: Vec<f64>,
}

/// Works out the expected counts of every entry; now and then `go_on` is asked whether to.
///
/// # Errors
///
/// [`Error::Invalid`] with the reason of [`refusal`](super::refusal) if there is one, [`Error::Threads`] if
/// threads cannot be started, and [`Error::Stopped`] if `go_on` said no.
pub fn expect(
    program: &Program,
    workers: Option<usize>,
    mut go_on: impl FnMut() -> bool,
) -> Result<Expectation, Error> {
    let workers = threads::count(workers)?;
    check(program, |_| None)?;
    let width = num_counts(program.agents);
    let mut answer = Expectation {
        counts: zeros(&[program.entries(), width], &mut go_on)?,
        final_ruined: zeros(&[program.entries(), FINALS], &mut go_on)?,
    };
    let rows = answer.counts.chunks_exact_mut(width).zip(answer.final_ruined.chunks_exact_mut(FINALS));
    let jobs = rows.enumerate().collect();
    threads::each(jobs, workers, &mut go_on, |buffers: &mut Buffers, (entry, (counts, finals)), go_on| {
        expect_entry(program, entry, buffers, counts, finals, go_on)
    })?;
    Ok(answer)
}

/// Memory that is used again for the next entry.
#[derive(Default)]
struct Buffers {
    transitions: Transitions,
    nights: Nights,
    tally: Tally,
}

fn expect_entry(
    program: &Program,
    entry: usize,
    buffers: &mut Buffers,
    counts: &mut [f64],
    finals: &mut [f64],
    go_on: GoOn,
) -> Result<(), Error> {
    let Buffers { transitions, nights, tally } = buffers;
    let ring = Ring::new(program.town(entry));
    let team = Team::new(program, entry, None);
    nights.follow(&ring, &team, transitions, go_on, |visits, saves, going_on, nights| {
        // No count grows faster than by one for each house and night. A count that is still 0 stays 0: a way
        // to any row passes each of at most H + 1 ruined sets, at most twice, and a block has as many nights.
        let more = going_on * f64::from(nights) * ring.town.houses as f64;
        more < PRECISION && {
            tally.write(&ring, &team, saves, visits, counts, finals);
            counts.iter().all(|&count| count == 0.0 || more < PRECISION * count)
        }
    })?;
    tally.write(&ring, &team, &transitions.outcomes.saves, &nights.visits, counts, finals);
    Ok(())
}
