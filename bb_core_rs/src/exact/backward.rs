//! Backward induction over the nights.
//!
//! The value of a state, fires `B` among ruins `R` at the start of a night, needs what the end of that night
//! is worth for every set of fires that may survive. Those that do turn `R` into a superset; only a night
//! without any stays at `R`. So all nights of a block can be done for one ruined set before its subsets:
//! whatever depends on supersets is then known for all these nights at once, side by side, and only the worth
//! of staying has to be carried from night to night.

use crate::error::Error;
use crate::rules::each;
use crate::threads::{GoOn, check};

use super::prices::Prices;
use super::ring::{POWERS, Ring, fire_chances, scatter, subset_sums};
use super::wide::kernel;

/// Nights worked on side by side.
pub(super) const LANES: usize = 16;
/// Nights of a block at the most.
const BLOCK: usize = 128;
/// Numbers kept for the nights of all rows at the most: 32 MiB.
const KEPT: usize = 1 << 22;

/// Who chooses, and between what.
pub(super) trait Chooser {
    /// Turns to a ruined set; asks `go_on` wherever it takes long.
    fn turn_to(&mut self, ruined: u32, go_on: GoOn) -> Result<(), Error>;

    /// Prepares the choices of `LANES` nights.
    ///
    /// `worth` gives for each set of the open houses what it is worth that exactly it burns down, on each of
    /// the nights: (2^open, LANES). The worth of nothing burning down is left out, as 0.
    fn outlook(&mut self, ruined: u32, worth: &[f64], go_on: GoOn) -> Result<(), Error>;

    /// Chooses on one of these nights, `stay` being the worth of nothing burning down; writes the value of
    /// each set of fires of the open houses, (2^open,).
    fn choose(&mut self, ruined: u32, night: u32, lane: usize, stay: f64, values: &mut [f64]);
}

/// The expectation of what is maximised if everything is chosen for the best.
pub(super) fn best_value(
    ring: &Ring,
    prices: &Prices,
    chooser: &mut impl Chooser,
    go_on: GoOn,
) -> Result<f64, Error> {
    let mut induction = Induction::new(ring);
    let mut last = ring.town.max_nights;
    while last > 0 {
        let nights = (induction.stride as u32).min(last);
        for ruined in (0..=ring.town.ring).rev() {
            check(go_on)?;
            induction.turn_to(ring, prices, ruined);
            chooser.turn_to(ruined, go_on)?;
            induction.pass(ring, prices, chooser, ruined, last - nights + 1..=last, go_on)?;
        }
        last -= nights;
    }
    Ok(induction.first_night(ring))
}

struct Induction {
    /// (rows, stride) what the end of each night of the block is worth.
    rows: Vec<f64>,
    stride: usize,
    /// By ruined set: where its values are, (2^open,) each; of the night after those already done.
    values: Vec<f64>,
    first_value: Vec<u32>,
    /// (rows, 2^open) of the ruined set turned to: the probability of each set of fires.
    chances: Vec<f64>,
    /// (rows,) what the end of a night is worth apart from what follows.
    ends: Vec<f64>,
    /// By set of open houses: the row if it burns down, from the first row.
    targets: Vec<u32>,
    worth: Vec<f64>,
    after: Vec<f64>,
    masks: Vec<u32>,
}

impl Induction {
    fn new(ring: &Ring) -> Self {
        let whole = (KEPT / ring.rows()).min(BLOCK) / LANES * LANES;
        let stride = whole.max(LANES).min(ring.town.max_nights as usize);
        let mut first_value = Vec::new();
        let mut size = 0;
        for ruined in 0..=ring.town.ring {
            first_value.push(size);
            size += 1 << ring.open(ruined).count_ones();
        }
        Self {
            rows: vec![0.0; stride * ring.rows()],
            stride,
            values: vec![0.0; POWERS[ring.town.houses]],
            first_value,
            chances: Vec::new(),
            ends: Vec::new(),
            targets: Vec::new(),
            worth: Vec::new(),
            after: Vec::new(),
            masks: Vec::new(),
        }
    }

    fn turn_to(&mut self, ring: &Ring, prices: &Prices, ruined: u32) {
        let open = ring.open(ruined);
        subset_sums(each(open), |house| 1 << house, &mut self.masks);
        self.targets.clear();
        self.targets.extend(self.masks.iter().map(|fires| ring.row(ruined | fires, *fires) as u32));
        self.chances.clear();
        self.ends.clear();
        let border = ring.border(ruined);
        for pattern in 0..1 << border.count_ones() {
            let fires = scatter(pattern, border);
            fire_chances(open, |house| ring.catches(fires, house), &mut self.chances);
            self.ends.push(prices.end_of_night(ring, ruined, fires));
        }
    }

    /// Does the nights of a block, the last one first.
    fn pass(
        &mut self,
        ring: &Ring,
        prices: &Prices,
        chooser: &mut impl Chooser,
        ruined: u32,
        nights: std::ops::RangeInclusive<u32>,
        go_on: GoOn,
    ) -> Result<(), Error> {
        let sets = self.targets.len();
        let place = self.first_value[ruined as usize] as usize;
        let first = *nights.start();
        let mut upper = *nights.end() + 1;
        while upper > first {
            let lower = upper.saturating_sub(LANES as u32).max(first);
            self.look_ahead((lower - first) as usize, (upper - lower) as usize);
            chooser.outlook(ruined, &self.worth, go_on)?;
            for night in (lower..upper).rev() {
                let values = &mut self.values[place..place + sets];
                let ends = night >= ring.town.min_nights && ring.can_end(ruined);
                self.after.clear();
                self.after.extend_from_slice(values);
                if night == ring.town.max_nights {
                    self.after.fill(0.0);
                }
                if ends {
                    self.after[0] = prices.terminated();
                }
                let rows = ring.rows_of(ruined).zip(self.chances.chunks_exact(sets)).zip(&self.ends);
                for ((row, chances), end) in rows {
                    self.rows[row * self.stride + (night - first) as usize] = end + dot(chances, &self.after);
                }
                let stay = self.rows[ring.rows_of(ruined).start * self.stride + (night - first) as usize];
                chooser.choose(ruined, night, (night - lower) as usize, stay, values);
            }
            upper = lower;
        }
        Ok(())
    }

    /// Fills `worth` for some nights of the block.
    fn look_ahead(&mut self, from: usize, nights: usize) {
        self.worth.clear();
        self.worth.resize(self.targets.len() * LANES, 0.0);
        for (worth, &row) in self.worth.chunks_exact_mut(LANES).zip(&self.targets).skip(1) {
            worth[..nights].copy_from_slice(&self.rows[row as usize * self.stride + from..][..nights]);
        }
    }

    /// The value of the game, once the first night is done.
    fn first_night(&mut self, ring: &Ring) -> f64 {
        self.chances.clear();
        fire_chances(ring.town.ring, |_| ring.chances.initial, &mut self.chances);
        dot(&self.chances, &self.values[..self.chances.len()])
    }
}

kernel! {
    /// The sum of products, in eight parts.
    fn dot(a: &[f64], b: &[f64]) -> f64 {
        let mut parts = [0.0; 8];
        let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
        let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
        for (a, b) in a.zip(b) {
            for lane in 0..8 {
                parts[lane] += a[lane] * b[lane];
            }
        }
        parts.iter().sum::<f64>() + rest
    }
}
