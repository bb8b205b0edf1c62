//! What it is worth to send so many agents to each of the fires, the right agents.
//!
//! Fires do not care who fights them, but agents have homes and prices of their own. Fires are taken from the
//! highest down, first with as few workers as can be; every number of workers for each of them is one leaf of
//! this tree. On the way, the best way to pick the agents is kept for every set of agents sent so far.

use crate::error::Error;
use crate::rules::each;
use crate::threads::{GoOn, check};

use super::prices::Prices;
use super::ring::Ring;

/// Worth of no way to send agents.
const NEVER: f64 = f64::NEG_INFINITY;

/// The worth of every leaf of every set of fires.
#[derive(Debug)]
pub(super) struct Assignments {
    /// By set of fires: its first leaf.
    first: Vec<usize>,
    leaves: Vec<f64>,
}

impl Assignments {
    /// Asks `go_on` for every number of workers at every fire: for large teams that alone is work.
    pub(super) fn new(ring: &Ring, prices: &Prices, go_on: GoOn) -> Result<Self, Error> {
        let town = ring.town;
        let sets = 1_usize << town.agents;
        // By house and set of agents: what it is worth that they work there.
        let mut crews = vec![0.0; sets * town.houses];
        for (house, crews) in crews.chunks_exact_mut(sets).enumerate() {
            for crew in 1..sets {
                let one = crew.trailing_zeros() as usize;
                crews[crew] = crews[crew & (crew - 1)] + prices.work(one, house);
            }
        }
        let mut new = Self { first: Vec::new(), leaves: Vec::new() };
        let mut sent = vec![NEVER; sets * (town.houses + 1)];
        for burning in 0..=town.ring {
            new.first.push(new.leaves.len());
            let mut idle = vec![0.0; sets];
            for crew in 1..sets {
                let one = crew.trailing_zeros() as usize;
                idle[crew] = idle[crew & (crew - 1)] + best_idle(ring, prices, one, burning);
            }
            sent[..sets].fill(NEVER);
            sent[0] = 0.0;
            let crews = Crews { agents: town.agents, at: &crews, idle: &idle };
            new.send(&crews, burning, 0, &mut sent, go_on)?;
        }
        Ok(new)
    }

    /// The leaves of a set of fires.
    pub(super) fn of(&self, burning: u32) -> &[f64] {
        &self.leaves[self.first[burning as usize]..]
    }

    /// The leaves below one place of the tree; `sent[0]` is the worth of each set of agents sent so far.
    fn send(
        &mut self,
        of: &Crews,
        fires: u32,
        gone: usize,
        sent: &mut [f64],
        go_on: GoOn,
    ) -> Result<(), Error> {
        let sets = of.idle.len();
        let (now, next) = sent.split_at_mut(sets);
        if fires == 0 {
            let all = sets - 1;
            let worth = now.iter().enumerate().map(|(crew, worth)| worth + of.idle[all & !crew]);
            self.leaves.push(worth.fold(NEVER, f64::max));
            return Ok(());
        }
        let house = fires.ilog2() as usize;
        let crews_here = &of.at[house * sets..][..sets];
        for workers in 0..=of.agents - gone {
            check(go_on)?;
            for (crew, worth) in next[..sets].iter_mut().enumerate() {
                *worth = if crew.count_ones() as usize == gone + workers {
                    parts(crew, workers)
                        .map(|part| now[crew & !part] + crews_here[part])
                        .fold(NEVER, f64::max)
                } else {
                    NEVER
                };
            }
            self.send(of, fires & !(1 << house), gone + workers, next, go_on)?;
        }
        Ok(())
    }
}

/// What it is worth, by set of agents, that they work at each house, and that they fight no fire.
struct Crews<'a> {
    agents: usize,
    at: &'a [f64],
    idle: &'a [f64],
}

/// The best that an agent can do but to fight a fire.
fn best_idle(ring: &Ring, prices: &Prices, agent: usize, burning: u32) -> f64 {
    each(ring.town.ring & !burning).map(|house| prices.work(agent, house)).fold(0.0, f64::max)
}

/// The parts of a set that have so many members.
fn parts(set: usize, members: usize) -> impl Iterator<Item = usize> {
    let mut part = Some(set);
    std::iter::from_fn(move || {
        let now = part?;
        part = now.checked_sub(1).map(|less| less & set);
        Some(now)
    })
    .filter(move |part| part.count_ones() as usize == members)
}
