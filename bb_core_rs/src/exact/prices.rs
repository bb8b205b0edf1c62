//! What is maximised: a price for every count.

use crate::counts::{DISTANCE, NIGHTS, OWN, OWN_RUINED, OWN_SAVES, RUINED, SAFE, SAVES, TERMINATED, WORKED};
use crate::program::Town;
use crate::rules::each;

use super::ring::Ring;

/// Prices of the D counts of a town.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices<'a> {
    town: &'a Town,
    own: &'a [f64],
    shared: &'a [f64],
}

impl<'a> Prices<'a> {
    pub(super) fn new(town: &'a Town, prices: &'a [f64]) -> Self {
        let (own, shared) = prices.split_at(OWN * town.agents);
        Self { town, own, shared }
    }

    /// What a night of work at a house is worth.
    pub(super) fn work(&self, agent: usize, house: usize) -> f64 {
        let own = &self.own[OWN * agent..][..OWN];
        own[WORKED] + own[DISTANCE] * f64::from(self.town.steps[agent][house])
    }

    /// What nights of work and a distance walked are worth.
    pub(super) fn worked(&self, agent: usize, nights: f64, distance: f64) -> f64 {
        let own = &self.own[OWN * agent..][..OWN];
        nights * own[WORKED] + distance * own[DISTANCE]
    }

    /// What saving a house is worth.
    fn save(&self, house: usize) -> f64 {
        self.shared[SAVES] + self.own[OWN * (house % self.town.agents) + OWN_SAVES]
    }

    /// For every subset of the fires of a night (bits by rank): what is saved if exactly it survives.
    pub(super) fn saves(&self, ring: &Ring, burning: u32, worth: &mut Vec<f64>) {
        for bits in 0..1 << burning.count_ones() {
            let fires = super::ring::scatter(bits, burning);
            let saved =
                each(burning & !fires).map(|house| self.save(house) * (1.0 - ring.catches(fires, house)));
            worth.push(saved.sum());
        }
    }

    /// What the end of a night is worth, before it is drawn who catches fire after `fires`.
    pub(super) fn end_of_night(&self, ring: &Ring, ruined: u32, fires: u32) -> f64 {
        let safe: f64 = each(ring.open(ruined)).map(|house| 1.0 - ring.catches(fires, house)).sum();
        let own = |house: usize| self.own[OWN * (house % self.town.agents) + OWN_RUINED];
        let lost: f64 = each(ruined).map(|house| self.shared[RUINED] + own(house)).sum();
        self.shared[NIGHTS] + self.shared[SAFE] * safe + lost
    }

    /// What it is worth that the rules end a game.
    pub(super) const fn terminated(&self) -> f64 {
        self.shared[TERMINATED]
    }
}
