//! The social optimum: all seats choose together, for the best.
//!
//! Once it is settled how many agents fight each fire, fires survive independently of each other, each with
//! the probability that its number of workers leaves it. So a sum over what survives is done fire by fire,
//! and choices that begin alike share their beginning.

use crate::error::Error;
use crate::rules::each;
use crate::threads::{GoOn, check};

use super::assign::Assignments;
use super::backward::{Chooser, LANES};
use super::prices::Prices;
use super::ring::{Ring, subset_sums};
use super::wide::kernel;

/// The whole team.
pub(super) struct Planner<'a> {
    ring: &'a Ring<'a>,
    assignments: Assignments,
    /// By set of fires: where in `saves`.
    places: Vec<u32>,
    /// For each set of fires: what is saved if exactly a subset survives.
    saves: Vec<f64>,
    /// The sets of fires of the open houses.
    masks: Vec<u32>,
    /// By set of fires: the row after its last.
    ends: Vec<u32>,
    /// What follows, (LANES,), and how likely it is to stay; the first row of a set of fires is the best of
    /// all choices that leave a fire burning for certain.
    rows: Vec<f64>,
    stays: Vec<f64>,
    subsets: Vec<u32>,
    worth: Vec<f64>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(ring: &'a Ring, prices: &Prices, go_on: GoOn) -> Result<Self, Error> {
        let mut places = Vec::new();
        let mut saves = Vec::new();
        for burning in 0..=ring.town.ring {
            places.push(saves.len() as u32);
            prices.saves(ring, burning, &mut saves);
        }
        Ok(Self {
            ring,
            assignments: Assignments::new(ring, prices, go_on)?,
            places,
            saves,
            masks: Vec::new(),
            ends: Vec::new(),
            rows: Vec::new(),
            stays: Vec::new(),
            subsets: Vec::new(),
            worth: Vec::new(),
        })
    }
}

impl Chooser for Planner<'_> {
    fn turn_to(&mut self, ruined: u32, _: GoOn) -> Result<(), Error> {
        subset_sums(each(self.ring.open(ruined)), |house| 1 << house, &mut self.masks);
        Ok(())
    }

    fn outlook(&mut self, ruined: u32, worth: &[f64], go_on: GoOn) -> Result<(), Error> {
        let open = self.ring.open(ruined);
        self.rows.clear();
        self.stays.clear();
        self.ends.clear();
        let agents = self.ring.town.agents;
        for &burning in &self.masks {
            check(go_on)?;
            let fires = burning.count_ones() as usize;
            let rank = |house: usize| (open & ((1 << house) - 1)).count_ones();
            subset_sums(each(burning), |house| 1 << rank(house), &mut self.subsets);
            // Every fire that is summed over halves what is left: two halves, and so on, fit in twice the size.
            self.worth.resize((2 * LANES) << fires, 0.0);
            let saves = &self.saves[self.places[burning as usize] as usize..];
            load(worth, &self.subsets, saves, &mut self.worth);
            let first = self.stays.len();
            self.rows.resize((first + 1) * LANES, f64::NEG_INFINITY);
            self.stays.push(0.0);
            let mut branch = Branch {
                survive: &self.ring.chances.survive[..=agents],
                leaves: self.assignments.of(burning),
                rows: &mut self.rows,
                stays: &mut self.stays,
                first,
            };
            branch.grow(fires, agents, 1.0, &mut self.worth);
            self.ends.push(self.stays.len() as u32);
        }
        Ok(())
    }

    fn choose(&mut self, _ruined: u32, _night: u32, lane: usize, stay: f64, values: &mut [f64]) {
        let mut row = 0;
        for (value, &end) in values.iter_mut().zip(&self.ends) {
            *value = f64::NEG_INFINITY;
            while row < end as usize {
                *value = value.max(self.rows[row * LANES + lane] + self.stays[row] * stay);
                row += 1;
            }
        }
    }
}

/// The choices of one set of fires.
struct Branch<'b> {
    survive: &'b [f64],
    leaves: &'b [f64],
    rows: &'b mut Vec<f64>,
    stays: &'b mut Vec<f64>,
    /// The row of choices that cannot stay.
    first: usize,
}

impl Branch<'_> {
    /// Sums over the highest fire left, for every number of workers there.
    ///
    /// `worth` starts with what each subset of these fires is worth, (2^fires, LANES); the rest is scratch.
    fn grow(&mut self, fires: usize, agents: usize, stay: f64, worth: &mut [f64]) {
        if fires == 0 {
            self.end(stay, &worth[..LANES]);
            return;
        }
        let half = LANES << (fires - 1);
        let (both, next) = worth.split_at_mut(2 * half);
        for workers in 0..=agents {
            let survives = self.survive[workers];
            mix(both, survives, &mut next[..half]);
            self.grow(fires - 1, agents - workers, stay * (1.0 - survives), next);
        }
    }

    fn end(&mut self, stay: f64, worth: &[f64]) {
        let (leaf, leaves) = self.leaves.split_first().expect("a leaf for every choice");
        self.leaves = leaves;
        let place = if stay == 0.0 {
            self.first
        } else {
            self.stays.push(stay);
            self.rows.resize(self.stays.len() * LANES, f64::NEG_INFINITY);
            self.stays.len() - 1
        };
        for (row, worth) in self.rows[place * LANES..][..LANES].iter_mut().zip(worth) {
            *row = row.max(worth + leaf);
        }
    }
}

kernel! {
    /// What each subset of the fires is worth, with what is saved.
    fn load(outlook: &[f64], subsets: &[u32], saves: &[f64], worth: &mut [f64]) {
        for ((to, &subset), saved) in worth.chunks_exact_mut(LANES).zip(subsets).zip(saves) {
            let from = &outlook[subset as usize * LANES..][..LANES];
            for lane in 0..LANES {
                to[lane] = from[lane] + saved;
            }
        }
    }
}

kernel! {
    /// The mean over whether the highest fire survives.
    fn mix(both: &[f64], survives: f64, mean: &mut [f64]) {
        let (without, with) = both.split_at(mean.len());
        for ((to, without), with) in mean.iter_mut().zip(without).zip(with) {
            *to = (1.0 - survives) * without + survives * with;
        }
    }
}
