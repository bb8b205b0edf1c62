//! What becomes of every set of fires.
//!
//! A set of fires and what survives of it is a number in base three: the digit of a house is 0 if it does not
//! burn, 1 for a fire that is put out and 2 for one that survives. The night on which nothing burns is left
//! out, as 0: it is kept apart, since a game can end there.

use crate::rules::{Houses, each};

use super::ring::{POWERS, Ring, subset_sums};
use super::saves::saved;
use super::survivors::Survivors;
use super::team::{Team, Tonight};
use super::wide::kernel;

/// Where outcomes come from; kept from entry to entry for its memory.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    survivors: Survivors,
    tonight: Tonight,
    /// Of all sets of fires, digit `h` for house `h`; empty if agents see the ruins, when outcomes differ from
    /// one ruined set to the next.
    shared: Vec<f64>,
    /// By set of fires and by fire: the probability that it is safe at the night's end; empty likewise.
    pub saves: Vec<f64>,
    places: Vec<u32>,
}

impl Outcomes {
    /// Turns to another entry.
    pub(super) fn turn_to(&mut self, ring: &Ring, team: &Team) {
        self.survivors.fit(ring.town);
        self.shared.clear();
        self.saves.clear();
        if !team.sees_ruins {
            let mut shared = std::mem::take(&mut self.shared);
            let mut saves = std::mem::take(&mut self.saves);
            let order: Vec<usize> = (0..ring.town.houses).collect();
            self.work_out(ring, team, 0, &order, &mut shared, |burning, all| {
                saves.extend(each(burning).map(|house| saved(ring, burning, house, all)));
            });
            self.shared = shared;
            self.saves = saves;
        }
    }

    /// Appends the outcomes of all sets of fires of these open houses, digit `i` for house `order[i]`.
    pub(super) fn among(
        &mut self,
        ring: &Ring,
        team: &Team,
        ruined: u32,
        order: &[usize],
        outcomes: &mut Vec<f64>,
    ) {
        if team.sees_ruins {
            self.work_out(ring, team, ruined, order, outcomes, |_, _| {});
            return;
        }
        self.places.clear();
        self.places.push(0);
        for &house in order {
            let (size, power) = (self.places.len(), POWERS[house] as u32);
            for times in 1..3 {
                self.places.extend_from_within(..size);
                self.places[times * size..].iter_mut().for_each(|place| *place += times as u32 * power);
            }
        }
        outcomes.extend(self.places.iter().map(|&place| self.shared[place as usize]));
    }

    /// If nobody sees the ruins and all houses always catch fire alike: what happens in a night, whatever the
    /// ruins; once an entry. The digit of a house is 0 if it is ruined, 1 if it is not and 2 if it burns down.
    pub(super) fn all_ruins(&mut self, ring: &Ring) -> &[f64] {
        for &power in &POWERS[..ring.town.houses] {
            catch_fire(&mut self.shared, power, ring.chances.ignite[0]);
        }
        &self.shared
    }

    /// Works out the outcomes; `look` sees each set of fires, and how likely all of each subset survive.
    fn work_out(
        &mut self,
        ring: &Ring,
        team: &Team,
        ruined: u32,
        order: &[usize],
        outcomes: &mut Vec<f64>,
        mut look: impl FnMut(u32, &[f64]),
    ) {
        let start = outcomes.len();
        outcomes.resize(start + POWERS[order.len()], 0.0);
        let mut digit = [0; 16];
        for (&house, power) in order.iter().zip(POWERS) {
            digit[house] = power as u32;
        }
        let open: u32 = order.iter().map(|house| 1 << house).sum();
        for burning in (1..=open).filter(|burning| burning & open == *burning) {
            let fires = burning.count_ones() as usize;
            team.look(Houses { burning, ruined }, &mut self.tonight);
            look(burning, self.survivors.all_survive(&ring.chances, &self.tonight, fires));
            let exactly = self.survivors.exactly(fires);
            subset_sums(each(burning), |house| digit[house], &mut self.places);
            let first: usize = each(burning).map(|house| digit[house] as usize).sum();
            for (&place, &chance) in self.places.iter().zip(exactly) {
                outcomes[start + first + place as usize] = chance;
            }
        }
    }
}

kernel! {
    /// Sums over whether a house catches fire, for all sets in which it is ruined or not.
    fn catch_fire(outcomes: &mut [f64], power: usize, catches: f64) {
        let safe = 1.0 - catches;
        for triple in outcomes.chunks_exact_mut(3 * power) {
            let (cold, burning) = triple.split_at_mut(power);
            let (put_out, surviving) = burning.split_at_mut(power);
            for ((a, b), c) in cold.iter().zip(put_out).zip(surviving) {
                *b = safe * a + catches * *b;
                *c *= catches;
            }
        }
    }
}
