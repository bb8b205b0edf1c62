//! Best play of whole programs.

use crate::counts::num_counts;
use crate::error::Error;
use crate::memory::zeros;
use crate::program::Program;
use crate::threads::{self, GoOn};

use super::backward::best_value;
use super::optimum::Planner;
use super::prices::Prices;
use super::requests::{check, check_prices};
use super::respond::Responder;
use super::ring::{POWERS, Ring};
use super::team::Team;

/// Best responses of E entries.
#[derive(Clone, Debug, PartialEq)]
pub struct BestResponses {
    /// (E,) the largest expectation of prices times counts.
    pub values: Vec<f64>,
    /// For each entry (`max_nights`, 3^H): the action, twice the house plus the mode, for each state of the
    /// houses on each night; empty if not wanted.
    pub policies: Vec<Vec<u8>>,
}

/// Works out the best that one seat of every entry can do against the others, among all policies.
///
/// `seats` (E,) and `prices` (E, D) say who chooses and what is maximised. Others look only at the houses, so
/// nothing that the seat might remember or signal could do better than a choice for each night and state.
///
/// # Errors
///
/// [`Error::Invalid`] if a length does not fit the program, a seat is not there, a price is not finite or an
/// entry has no exact answer; [`Error::Memory`] if the policies do not fit; otherwise as for
/// [`expect`](super::expect).
pub fn best_responses(
    program: &Program,
    seats: &[u32],
    prices: &[f64],
    keep_policies: bool,
    workers: Option<usize>,
    mut go_on: impl FnMut() -> bool,
) -> Result<BestResponses, Error> {
    let workers = threads::count(workers)?;
    if seats.len() != program.entries() {
        return Error::invalid(format!(
            "seat has {} numbers: it must have {}.",
            seats.len(),
            program.entries()
        ));
    }
    check_prices(program, prices)?;
    check(program, |entry| Some(seats[entry] as usize..seats[entry] as usize + 1))?;
    let mut values = zeros(&[program.entries()], &mut go_on)?;
    let mut policies = Vec::new();
    if keep_policies {
        for entry in 0..program.entries() {
            policies.push(empty_policy(program, entry, &mut go_on)?);
        }
    }
    let mut kept = policies.iter_mut().map(Vec::as_mut_slice);
    let jobs = values.iter_mut().enumerate().map(|(entry, value)| (entry, value, kept.next())).collect();
    let width = num_counts(program.agents);
    threads::each(jobs, workers, &mut go_on, |(): &mut (), (entry, value, policy), go_on| {
        let ring = Ring::new(program.town(entry));
        let seat = seats[entry] as usize;
        let others = Team::new(program, entry, Some(seat));
        let prices = Prices::new(ring.town, &prices[entry * width..][..width]);
        let mut responder = Responder::new(&ring, prices, seat, &others, policy, go_on)?;
        *value = best_value(&ring, &prices, &mut responder, go_on)?;
        Ok(())
    })?;
    Ok(BestResponses { values, policies })
}

/// Work of a social optimum at the most, in multiplications: about a minute.
const MOST_WORK: f64 = 2e11;
/// Choices of a social optimum at the most, over all sets of fires: 32 MiB.
const MOST_CHOICES: f64 = 4e6;

/// Works out the largest expectation of prices times counts, (E,), that all seats of every entry can reach
/// together, among all policies; `prices` (E, D) say what is maximised.
///
/// # Errors
///
/// [`Error::Invalid`] if there are too many ways to send the team to the fires; otherwise as for
/// [`best_responses`].
pub fn social_optimum(
    program: &Program,
    prices: &[f64],
    workers: Option<usize>,
    mut go_on: impl FnMut() -> bool,
) -> Result<Vec<f64>, Error> {
    let workers = threads::count(workers)?;
    check_prices(program, prices)?;
    check(program, |_| Some(0..program.agents))?;
    for entry in 0..program.entries() {
        let town = program.town(entry);
        let [choices, crews, night] = effort(town.houses, town.agents);
        if choices > MOST_CHOICES || 20.0 * crews + night * f64::from(town.max_nights) > MOST_WORK {
            return Error::invalid(format!(
                "No exact answer: the {} agents of entry {entry} can be sent to fires on a ring of {} houses in \
                 too many ways.",
                town.agents, town.houses
            ));
        }
    }
    let mut values = zeros(&[program.entries()], &mut go_on)?;
    let jobs = values.iter_mut().enumerate().collect();
    let width = num_counts(program.agents);
    threads::each(jobs, workers, &mut go_on, |(): &mut (), (entry, value), go_on| {
        let ring = Ring::new(program.town(entry));
        let prices = Prices::new(ring.town, &prices[entry * width..][..width]);
        let mut planner = Planner::new(&ring, &prices, go_on)?;
        *value = best_value(&ring, &prices, &mut planner, go_on)?;
        Ok(())
    })?;
    Ok(values)
}

/// What a social optimum takes: the ways to send agents to fires, over all sets of fires; the crews gone through
/// to find the right agents, each as much work as some 20 multiplications; the multiplications of a night.
fn effort(houses: usize, agents: usize) -> [f64; 3] {
    let binomial = |n: usize, k: usize| (1..=k).fold(1.0, |all, i| all * (n + 1 - i) as f64 / i as f64);
    let power_of_two = |n: usize| (1_u64 << n) as f64;
    let (mut choices, mut crews, mut night) = (0.0, 0.0, 0.0);
    for fires in 0..=houses {
        let sets = binomial(houses, fires);
        choices += sets * binomial(fires + agents, agents);
        for done in 0..fires {
            night += sets
                * power_of_two(houses - fires)
                * binomial(done + 1 + agents, agents)
                * power_of_two(fires - done - 1);
            for sent in 0..=agents {
                // So many have been sent to the fires that are done; and some more go to the next.
                let ways = if done == 0 { f64::from(sent == 0) } else { binomial(done - 1 + sent, sent) };
                let parts = (sent..=agents).map(|sent| binomial(agents, sent) * power_of_two(sent));
                crews += sets * ways * parts.sum::<f64>();
            }
        }
    }
    [choices, crews, night]
}

fn empty_policy(program: &Program, entry: usize, go_on: GoOn) -> Result<Vec<u8>, Error> {
    let town = program.town(entry);
    zeros(&[town.max_nights as usize, POWERS[town.houses]], go_on)
}
