//! From one night's end to the next: which fires break out and survive.
//!
//! Let `ω_c(B)` be the probability that `B` catches fire after a night of row `c`, and `T_B(F)` that exactly
//! `F` survives the work of the night. The chance of a row `c` of a ruined set to burn `F` down next is
//! `K_c(F) = Σ_B ω_c(B) T_B(F)`. Houses catch fire independently, so the sum is done house by house: from
//! three digits (safe, put out, surviving) to two (not ruined, ruined).

use crate::error::Error;
use crate::rules::each;
use crate::threads::{GoOn, check};

use super::outcomes::Outcomes;
use super::ring::{POWERS, Ring, scatter, subset_sums};
use super::team::Team;
use super::wide::kernel;

/// Chances kept for all ruined sets at the most, 24 MiB; if there are more, each is worked out when needed.
const KEPT: usize = 3 << 20;

/// Ruined sets between two questions whether to go on: a tenth of a second on twelve houses; on few houses, asking
/// for each would show.
pub(super) const PATIENCE: u32 = 64;

/// How the chances of a ruined set are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// For each of its rows, by the set `F` that burns down next; bit `i` is house `ring.order(…)[i]`.
    #[default]
    From,
    /// By the set `F` of its own houses, in ascending order, that burned down last, from the set without `F`.
    /// Only if ruined sets have one row each.
    Into,
}

/// The chances of a ruined set, without nights on which nothing burns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'t> {
    /// (rows, 2^open) or (2^ruined,), by the order.
    pub chances: &'t [f64],
    /// (rows,) the probability that nothing burns.
    pub quiet: &'t [f64],
}

/// Makes the chances of one ruined set after the other; kept from entry to entry for its memory.
#[derive(Debug, Default)]
pub(super) struct Transitions {
    pub outcomes: Outcomes,
    pub order: Order,
    /// By ruined set: where its chances start; empty if they are not kept.
    places: Vec<usize>,
    chances: Vec<f64>,
    quiet: Vec<f64>,
    now: Vec<f64>,
    next: Vec<f64>,
    shared: Vec<f64>,
    houses: Vec<usize>,
    subsets: Vec<u32>,
}

impl Transitions {
    /// Turns to another entry; returns its first night, with its own initial fires: (2^H,) the chance of every
    /// set to be ruined at its end.
    pub(super) fn turn_to(&mut self, ring: &Ring, team: &Team) -> &[f64] {
        self.outcomes.turn_to(ring, team);
        let initial = ring.chances.initial;
        self.houses.clear();
        self.houses.extend(0..ring.town.houses);
        self.now.clear();
        self.outcomes.among(ring, team, 0, &self.houses, &mut self.now);
        for house in (0..ring.town.houses).rev() {
            self.contract(POWERS[house], initial);
        }
        self.now[0] += self.houses.iter().map(|_| 1.0 - initial).product::<f64>();
        &self.now
    }

    /// After the first night: works out all there is, if it can be kept.
    pub(super) fn prepare(&mut self, ring: &Ring, team: &Team, go_on: GoOn) -> Result<(), Error> {
        self.clear();
        self.places.clear();
        self.order = if ring.simple() && !team.sees_ruins { Order::Into } else { Order::From };
        let size = |ruined| ring.rows_of(ruined).len() << ring.open(ruined).count_ones();
        if (0..=ring.town.ring).map(size).sum::<usize>() > KEPT {
            self.order = Order::From;
            return Ok(());
        }
        if self.order == Order::Into {
            let all = self.outcomes.all_ruins(ring);
            for ruined in 0..=ring.town.ring {
                self.places.push(self.chances.len());
                let open = ring.open(ruined);
                self.quiet.push(each(open).map(|_| 1.0 - ring.chances.ignite[0]).product());
                subset_sums(each(ruined), |house| 2 * POWERS[house] as u32, &mut self.subsets);
                let first: usize = each(open).map(|house| POWERS[house]).sum();
                self.chances.extend(self.subsets.iter().map(|&place| all[first + place as usize]));
            }
        } else {
            for ruined in 0..=ring.town.ring {
                if ruined.is_multiple_of(PATIENCE) {
                    check(go_on)?;
                }
                self.places.push(self.chances.len());
                self.make(ring, team, ruined);
            }
        }
        self.places.push(self.chances.len());
        Ok(())
    }

    /// The chances of a ruined set.
    pub(super) fn of(&mut self, ring: &Ring, team: &Team, ruined: u32) -> Step<'_> {
        if self.places.is_empty() {
            self.clear();
            self.make(ring, team, ruined);
            return Step { chances: &self.chances, quiet: &self.quiet };
        }
        let place = self.places[ruined as usize]..self.places[ruined as usize + 1];
        Step { chances: &self.chances[place], quiet: &self.quiet[ring.rows_of(ruined)] }
    }

    fn clear(&mut self) {
        self.chances.clear();
        self.quiet.clear();
    }

    /// Appends the chances of a ruined set.
    fn make(&mut self, ring: &Ring, team: &Team, ruined: u32) {
        self.houses.clear();
        self.houses.extend(ring.order(ruined));
        self.now.clear();
        self.outcomes.among(ring, team, ruined, &self.houses, &mut self.now);
        // Houses that fire cannot have spread to come first: they are the same for all rows.
        let exposed = ring.exposed(ruined).count_ones() as usize;
        for place in (exposed..self.houses.len()).rev() {
            self.contract(POWERS[place], ring.chances.ignite[0]);
        }
        std::mem::swap(&mut self.shared, &mut self.now);
        let border = ring.border(ruined);
        for pattern in 0..1 << border.count_ones() {
            let fires = scatter(pattern, border);
            self.quiet.push(each(ring.open(ruined)).map(|house| 1.0 - ring.catches(fires, house)).product());
            self.now.clone_from(&self.shared);
            for place in (0..exposed).rev() {
                self.contract(POWERS[place], ring.catches(fires, self.houses[place]));
            }
            self.chances.extend_from_slice(&self.now);
        }
    }

    /// Sums over whether a house catches fire: the highest digit of `now`, of this power of three.
    fn contract(&mut self, power: usize, catches: f64) {
        self.next.resize(self.now.len() / 3 * 2, 0.0);
        contract(&self.now, power, catches, &mut self.next);
        std::mem::swap(&mut self.now, &mut self.next);
    }
}

kernel! {
    fn contract(from: &[f64], third: usize, catches: f64, to: &mut [f64]) {
        let safe = 1.0 - catches;
        for (from, to) in from.chunks_exact(3 * third).zip(to.chunks_exact_mut(2 * third)) {
            let (cold, burning) = from.split_at(third);
            let (put_out, surviving) = burning.split_at(third);
            let (stands, ruined) = to.split_at_mut(third);
            for (((to, ruin), a), (b, c)) in stands.iter_mut().zip(ruined).zip(cold).zip(put_out.iter().zip(surviving)) {
                *to = safe * a + catches * b;
                *ruin = catches * c;
            }
        }
    }
}
