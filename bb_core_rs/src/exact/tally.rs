//! From visits to expected counts (rules.md, section 7).

use crate::counts::{DISTANCE, NIGHTS, OWN, OWN_RUINED, OWN_SAVES, RUINED, SAFE, SAVES, TERMINATED, WORKED};
use crate::program::MAX_HOUSES;
use crate::rules::{Houses, each};

use super::forward::Visits;
use super::ring::{Ring, fire_chances, scatter, subset_sums};
use super::saves::saved;
use super::survivors::Survivors;
use super::team::{Team, Tonight};

/// Places of a final distribution: 0 to 16 ruined houses.
pub const FINALS: usize = MAX_HOUSES + 1;

/// Buffers of the last step, from visits to counts; kept from entry to entry for its memory.
#[derive(Debug, Default)]
pub(super) struct Tally {
    survivors: Survivors,
    tonight: Tonight,
    /// (2^H,) expected nights that start with each set of fires: with one ruined set, or with any.
    nights: Vec<f64>,
    sets: Vec<u32>,
    chances: Vec<f64>,
}

impl Tally {
    /// Writes expected counts (D,) and the distribution of the final number of ruined houses.
    ///
    /// Unless somebody sees the ruins, `saves` gives for each fire of each set of fires the probability that
    /// it is safe at the night's end.
    pub(super) fn write(
        &mut self,
        ring: &Ring,
        team: &Team,
        saves: &[f64],
        visits: &Visits,
        counts: &mut [f64],
        finals: &mut [f64],
    ) {
        counts.fill(0.0);
        finals.fill(0.0);
        self.survivors.fit(ring.town);
        self.nights.clear();
        self.nights.resize(1 << ring.town.houses, 0.0);
        self.draw(ring.town.ring, |_| ring.chances.initial);
        self.add(1.0, 1.0);
        for ruined in 0..=ring.town.ring {
            count_ends(ring, visits, ruined, counts, finals);
            // The first night comes first, and starts without ruins.
            if team.sees_ruins && ruined != 0 {
                self.nights.fill(0.0);
            }
            self.add_starts(ring, visits, ruined);
            if team.sees_ruins {
                self.count_nights(ring, team, &[], ruined, counts);
            }
        }
        if !team.sees_ruins {
            self.count_nights(ring, team, saves, 0, counts);
        }
        // Probabilities, and they add up to 1, but for rounding; now they do.
        let all: f64 = finals.iter().map(|chance| chance.max(0.0)).sum();
        for chance in finals {
            *chance = chance.max(0.0) / all;
        }
        if let Some(terminated) = counts.last_mut() {
            *terminated = (*terminated / all).clamp(0.0, 1.0);
        }
    }

    /// Adds the nights that start with a ruined set.
    fn add_starts(&mut self, ring: &Ring, visits: &Visits, ruined: u32) {
        let border = ring.border(ruined);
        for (row, pattern) in ring.rows_of(ruined).zip(0..) {
            let ended = visits.early[row] + visits.late[row];
            if ended == 0.0 {
                continue;
            }
            let fires = scatter(pattern, border);
            self.draw(ring.open(ruined), |house| ring.catches(fires, house));
            self.add(ended, if ring.can_end(ruined) { visits.early[row] } else { ended });
        }
    }

    /// The probabilities of all sets of fires, each house on its own.
    fn draw(&mut self, open: u32, catches: impl Fn(usize) -> f64) {
        subset_sums(each(open), |house| 1 << house, &mut self.sets);
        self.chances.clear();
        fire_chances(open, catches, &mut self.chances);
    }

    /// Adds nights after a draw; `quiet` ones go on without a fire.
    fn add(&mut self, nights: f64, quiet: f64) {
        self.nights[0] += quiet * self.chances[0];
        for (&set, chance) in self.sets.iter().zip(&self.chances).skip(1) {
            self.nights[set as usize] += nights * chance;
        }
    }

    /// Counts what is done on these nights.
    fn count_nights(&mut self, ring: &Ring, team: &Team, mut saves: &[f64], ruined: u32, counts: &mut [f64]) {
        let agents = ring.town.agents;
        subset_sums(each(ring.open(ruined)), |house| 1 << house, &mut self.sets);
        for &burning in &self.sets {
            let nights = self.nights[burning as usize];
            let fires = burning.count_ones() as usize;
            let known = saves.split_off(..fires.min(saves.len())).unwrap_or_default();
            if nights == 0.0 {
                continue;
            }
            let tonight = &mut self.tonight;
            team.look(Houses { burning, ruined }, tonight);
            for (agent, own) in counts.chunks_exact_mut(OWN).take(agents).enumerate() {
                own[WORKED] += nights * tonight.works[agent];
                own[DISTANCE] += nights * tonight.distance[agent];
            }
            let all =
                if team.sees_ruins { self.survivors.all_survive(&ring.chances, tonight, fires) } else { &[] };
            for (house, rank) in each(burning).zip(0..) {
                let chance = if team.sees_ruins { saved(ring, burning, house, all) } else { known[rank] };
                counts[OWN * (house % agents) + OWN_SAVES] += nights * chance;
                counts[OWN * agents + SAVES] += nights * chance;
            }
        }
    }
}

/// Counts what stands at the ends of nights.
fn count_ends(ring: &Ring, visits: &Visits, ruined: u32, counts: &mut [f64], finals: &mut [f64]) {
    let town = ring.town;
    let border = ring.border(ruined);
    let (own, shared) = counts.split_at_mut(OWN * town.agents);
    for (row, pattern) in ring.rows_of(ruined).zip(0..) {
        let nights = visits.all(row);
        if nights == 0.0 {
            continue;
        }
        let fires = scatter(pattern, border);
        let open = ring.open(ruined);
        let stands = |house| 1.0 - ring.catches(fires, house);
        shared[NIGHTS] += nights;
        shared[SAFE] += nights * each(open).map(stands).sum::<f64>();
        shared[RUINED] += nights * f64::from(ruined.count_ones());
        for (agent, own) in own.chunks_exact_mut(OWN).enumerate() {
            own[OWN_RUINED] += nights * f64::from((ruined & town.owned[agent]).count_ones());
        }
        let ending = if ring.can_end(ruined) { each(open).map(stands).product() } else { 0.0 };
        shared[TERMINATED] += ending * (visits.late[row] + visits.last[row]);
        finals[ruined.count_ones() as usize] += ending * visits.late[row] + visits.last[row];
    }
}
