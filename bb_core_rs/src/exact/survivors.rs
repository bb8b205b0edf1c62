//! Which fires are still burning after the night's work.
//!
//! Let agent `i` work inside a set `S` of fires with probability `Q_i(S)`. Workers act independently, and
//! each spares a fire it works at with probability `1-κ`, so all fires of `S` survive with probability
//! `G(S) = ∏_i (1 - κ Q_i(S))`. That exactly those of `F` survive follows by inclusion and exclusion over
//! the sets that contain `F`.
//!
//! The survival `s(n)` of a fire with `n` workers is `(1-κ)^n` but for the rounding of thresholds. What it
//! has more enters `G(S)` to first order: for every fire `h` of `S`, the excess of `n` workers times the
//! probability that `n` work at `h` and all other fires of `S` survive. What is left out is of the order of
//! its square, 2^-60.

use super::chances::Chances;
use super::ring::MAX_EXACT_HOUSES;
use super::team::Tonight;
use super::wide::kernel;
use crate::program::{MAX_AGENTS, Town};

/// The largest team whose crews are gone through one by one.
const FEW: usize = 4;
/// Sets worked on side by side.
const LANES: usize = 8;

/// Buffers for the fires of one night; subsets of `b` fires are numbers below 2^b, bit `r` being the fire of
/// rank `r` in ascending order.
#[derive(Debug, Default)]
pub(super) struct Survivors {
    agents: usize,
    /// By agent and set: `1 - κ Q_i(S)`.
    factors: Vec<f64>,
    /// By set: first the probability that all of it survives, then that exactly it does.
    sets: Vec<f64>,
    /// By set: a mean over the number of workers at one fire.
    means: Vec<f64>,
    /// By set: the seat's share.
    seat: Vec<f64>,
}

impl Survivors {
    /// Makes room for a town.
    pub(super) fn fit(&mut self, town: &Town) {
        self.agents = town.agents;
        let most = (1 << town.houses).max(LANES);
        self.factors.resize(self.agents * most, 0.0);
        self.sets.resize(most, 0.0);
        self.means.resize(most, 0.0);
    }

    /// The probability that all fires of a set survive, for each set of `fires` fires.
    pub(super) fn all_survive(&mut self, chances: &Chances, tonight: &Tonight, fires: usize) -> &[f64] {
        let size = 1 << fires;
        let stride = size.max(LANES);
        let at = &tonight.at[..self.agents];
        let factors = &mut self.factors[..self.agents * stride];
        survive(at, fires, chances.solo, factors, &mut self.sets[..size]);
        if chances.plain() {
            return &self.sets[..size];
        }
        if self.agents <= FEW {
            let (means, sets) = (&mut self.means[..size], &mut self.sets[..size]);
            add_excess(at, fires, &chances.crew_excess, factors, means, sets);
        } else {
            for rank in 0..fires {
                self.mean(tonight, fires, rank, &chances.excess);
                add_to_sets_with(rank, &self.means[..size], &mut self.sets[..size]);
            }
        }
        &self.sets[..size]
    }

    /// The probability that exactly a set survives, for each set, after [`Self::all_survive`].
    pub(super) fn exactly(&mut self, fires: usize) -> &[f64] {
        let sets = &mut self.sets[..1 << fires];
        exclude(sets);
        sets
    }

    /// For each set that holds the fire of a rank: the probability that exactly it would survive without the
    /// work of one more agent there, whose work puts that fire out; after [`Self::all_survive`].
    ///
    /// Index: the set without that fire, its higher bits moved down by one.
    pub(super) fn seat_saves(
        &mut self,
        chances: &Chances,
        tonight: &Tonight,
        fires: usize,
        rank: usize,
    ) -> &[f64] {
        let low = 1 << rank;
        self.seat.clear();
        for pair in self.sets[..1 << fires].chunks_exact(2 * low) {
            self.seat.extend(pair[low..].iter().map(|all| chances.solo * all));
        }
        if !chances.plain() {
            let mut weights = [0.0; MAX_AGENTS + 1];
            for (weight, excess) in weights.iter_mut().zip(chances.excess.windows(2)) {
                *weight = (1.0 - chances.solo) * excess[0] - excess[1];
            }
            self.mean(tonight, fires, rank, &weights);
            let means = self.means[..1 << fires].chunks_exact(2 * low).flat_map(|pair| &pair[..low]);
            for (share, mean) in self.seat.iter_mut().zip(means) {
                *share += mean;
            }
        }
        exclude(&mut self.seat);
        &self.seat
    }

    /// For each set without the fire of a rank: the mean of `weights[n]`, `n` working at that fire, over the
    /// outcomes in which all of the set survives. Other sets hold noise.
    fn mean(&mut self, tonight: &Tonight, fires: usize, rank: usize, weights: &[f64; MAX_AGENTS + 1]) {
        let stride = (1 << fires).max(LANES);
        let mut at = [0.0; MAX_AGENTS];
        for (there, houses) in at.iter_mut().zip(&tonight.at) {
            *there = houses[rank];
        }
        let factors = &self.factors[..self.agents * stride];
        crowd_mean(factors, stride, &at[..self.agents], 1 << rank, weights, &mut self.means[..stride]);
    }
}

kernel! {
    /// For every agent `1 - κ Q_i(S)`, and their product.
    fn survive(
        at: &[[f64; MAX_EXACT_HOUSES]],
        fires: usize,
        solo: f64,
        factors: &mut [f64],
        sets: &mut [f64],
    ) {
        sets.fill(1.0);
        let stride = factors.len() / at.len();
        for (at, factors) in at.iter().zip(factors.chunks_exact_mut(stride)) {
            sum_over_sets(1.0, at[..fires].iter().map(|there| -solo * there), factors);
            multiply(sets, factors);
        }
    }
}

kernel! {
    /// Adds the excess, crew by crew.
    ///
    /// With `y = z - (1-κ)`, what one agent brings to the fire `h` of `S` is `1 - κ Q_i(S) + at_i(h) y`. Of the
    /// product over agents, what belongs to `y^k` is a sum over crews of `k` at the fire, the others anywhere;
    /// and a sum over the fires of `S` for one crew is as easily made for all sets as for one.
    fn add_excess(
        at: &[[f64; MAX_EXACT_HOUSES]],
        fires: usize,
        excess: &[f64; MAX_AGENTS + 1],
        factors: &[f64],
        means: &mut [f64],
        sets: &mut [f64],
    ) {
        let stride = factors.len() / at.len();
        for crew in 1_usize..1 << at.len() {
            if crew.count_ones() < 2 {
                continue;
            }
            let mut there = [excess[crew.count_ones() as usize]; MAX_EXACT_HOUSES];
            for (agent, at) in at.iter().enumerate() {
                if crew >> agent & 1 == 1 {
                    multiply(&mut there, at);
                }
            }
            sum_over_sets(0.0, there[..fires].iter().copied(), means);
            for (agent, factors) in factors.chunks_exact(stride).enumerate() {
                if crew >> agent & 1 == 0 {
                    multiply(means, factors);
                }
            }
            for (sum, term) in sets.iter_mut().zip(&*means) {
                *sum += term;
            }
        }
    }
}

/// For every set, `start` and the sum of what its members add.
#[allow(clippy::inline_always, reason = "has to be compiled for the instructions of its caller")]
#[inline(always)]
fn sum_over_sets(start: f64, add: impl Iterator<Item = f64>, sums: &mut [f64]) {
    sums[0] = start;
    for (rank, term) in add.enumerate() {
        let (without, with) = sums.split_at_mut(1 << rank);
        for (to, from) in with.iter_mut().zip(without) {
            *to = *from + term;
        }
    }
}

#[allow(clippy::inline_always, reason = "has to be compiled for the instructions of its caller")]
#[inline(always)]
fn multiply(products: &mut [f64], factors: &[f64]) {
    for (product, factor) in products.iter_mut().zip(factors) {
        *product *= factor;
    }
}

kernel! {
    /// From sums over all sets that contain a set to the set itself.
    fn exclude(sets: &mut [f64]) {
        let mut half = 1;
        while half < sets.len() {
            for pair in sets.chunks_exact_mut(2 * half) {
                let (without, with) = pair.split_at_mut(half);
                for (to, from) in without.iter_mut().zip(with) {
                    *to -= *from;
                }
            }
            half *= 2;
        }
    }
}

kernel! {
    /// Multiplies out `∏_i (1 - κ Q_i(S) - at_i + at_i z)` and takes `weights[n]` for `z^n`.
    fn crowd_mean(
        factors: &[f64],
        stride: usize,
        at: &[f64],
        skip: usize,
        weights: &[f64; MAX_AGENTS + 1],
        means: &mut [f64],
    ) {
        // With the number known, what is multiplied out stays in registers.
        match at.len() {
            1 => crowd_of::<1>(factors, stride, at, skip, weights, means),
            2 => crowd_of::<2>(factors, stride, at, skip, weights, means),
            3 => crowd_of::<3>(factors, stride, at, skip, weights, means),
            4 => crowd_of::<4>(factors, stride, at, skip, weights, means),
            5 => crowd_of::<5>(factors, stride, at, skip, weights, means),
            6 => crowd_of::<6>(factors, stride, at, skip, weights, means),
            _ => crowd_of::<MAX_AGENTS>(factors, stride, at, skip, weights, means),
        }
    }
}

/// The mean for at most `N` agents.
#[allow(clippy::inline_always, reason = "has to be compiled for the instructions of its caller")]
#[inline(always)]
fn crowd_of<const N: usize>(
    factors: &[f64],
    stride: usize,
    at: &[f64],
    skip: usize,
    weights: &[f64; MAX_AGENTS + 1],
    means: &mut [f64],
) {
    for first in (0..stride).step_by(LANES) {
        if skip >= LANES && first & skip != 0 {
            continue;
        }
        // crowd[n]: n + 1 at the fire.
        let mut nobody = [1.0; LANES];
        let mut crowd = [[0.0; LANES]; N];
        for agent in 0..N.min(at.len()) {
            let (there, factor) = (at[agent], &factors[agent * stride + first..][..LANES]);
            let mut elsewhere = [0.0; LANES];
            for lane in 0..LANES {
                elsewhere[lane] = factor[lane] - there;
            }
            for n in (1..=agent).rev() {
                for lane in 0..LANES {
                    crowd[n][lane] = crowd[n][lane] * elsewhere[lane] + crowd[n - 1][lane] * there;
                }
            }
            for lane in 0..LANES {
                crowd[0][lane] = crowd[0][lane] * elsewhere[lane] + nobody[lane] * there;
                nobody[lane] *= elsewhere[lane];
            }
        }
        let mut mean = [0.0; LANES];
        for (weight, chance) in weights[1..].iter().zip(&crowd) {
            for lane in 0..LANES {
                mean[lane] += weight * chance[lane];
            }
        }
        means[first..first + LANES].copy_from_slice(&mean);
    }
}

/// Adds to every set with the fire of a rank what belongs to the set without it.
fn add_to_sets_with(rank: usize, means: &[f64], sets: &mut [f64]) {
    let low = 1 << rank;
    for (pair, mean) in sets.chunks_exact_mut(2 * low).zip(means.chunks_exact(2 * low)) {
        for (to, from) in pair[low..].iter_mut().zip(&mean[..low]) {
            *to += *from;
        }
    }
}
