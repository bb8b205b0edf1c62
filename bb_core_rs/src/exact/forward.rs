//! How often every row of the chain is visited.
//!
//! Ruins only grow, so the chain moves from sets to supersets, or stays. All nights of a block are done for
//! one ruined set before the next: what leaves it on every night is then one product of a matrix of rows and
//! a matrix of nights, and only staying has to be done night by night.

use crate::error::Error;
use crate::threads::{GoOn, check};

use super::ring::{Ring, subset_sums};
use super::team::Team;
use super::transition::{Order, PATIENCE, Step, Transitions};
use super::wide::kernel;

/// Nights of a block.
const BLOCK: usize = 32;
/// Numbers from row to row if what comes in is collected: whole cache lines. Otherwise a column more than a
/// block is enough.
const ALIGNED: usize = 40;
/// A probability below this is taken for 0, which spares the machine numbers too small for its fast path.
const NOTHING: f64 = 1e-200;

/// Expected visits of every row at the end of a night; games that have ended visit nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Visits {
    /// On nights on which no game can end.
    pub early: Vec<f64>,
    /// On later nights, but for the night limit.
    pub late: Vec<f64>,
    /// On the night of the limit.
    pub last: Vec<f64>,
}

impl Visits {
    pub(super) fn all(&self, row: usize) -> f64 {
        self.early[row] + self.late[row] + self.last[row]
    }
}

/// A block of nights: for each row, the probability of being there at the end of each of them; kept from entry
/// to entry for its memory.
#[derive(Debug, Default)]
pub(super) struct Nights {
    pub visits: Visits,
    /// (rows, stride) from `start` on; night `first + j` is column `j`. Columns after the last night hold noise.
    rows: Vec<f64>,
    start: usize,
    stride: usize,
    /// The nights that go on to the next one, and of them those on which no game can end.
    steps: usize,
    early: usize,
    /// By ruined set and set of fires but the empty one: the row if it burns down, from the first row of a
    /// later ruined set; if what goes out is handed on.
    targets: Vec<u32>,
    first_target: Vec<usize>,
    subsets: Vec<u32>,
}

impl Nights {
    /// Follows the chain from the first night to the limit; `enough` may end it before, told the visits so
    /// far, what there is of the chances of saving a fire, the probability of a game that goes on, and the
    /// nights left.
    pub(super) fn follow(
        &mut self,
        ring: &Ring,
        team: &Team,
        transitions: &mut Transitions,
        go_on: GoOn,
        mut enough: impl FnMut(&Visits, &[f64], f64, u32) -> bool,
    ) -> Result<(), Error> {
        let max_nights = ring.town.max_nights;
        let first_night = transitions.turn_to(ring, team);
        self.stride = if ring.simple() { ALIGNED } else { BLOCK + 1 };
        self.clear(ring);
        for (ruined, &chance) in (0..).zip(first_night) {
            self.rows[self.start + ring.row(ruined, ruined) * self.stride] = chance;
        }
        transitions.prepare(ring, team, go_on)?;
        if transitions.order == Order::From {
            self.aim(ring);
        }
        let mut first = 1;
        while first < max_nights {
            let steps = (BLOCK as u32).min(max_nights - first);
            self.steps = steps as usize;
            self.early = (ring.town.min_nights.saturating_sub(first).min(steps)) as usize;
            for ruined in 0..=ring.town.ring {
                if ruined.is_multiple_of(PATIENCE) {
                    check(go_on)?;
                }
                let order = transitions.order;
                let step = transitions.of(ring, team, ruined);
                match order {
                    Order::From => self.hand_on(ring, &step, ruined),
                    Order::Into => self.collect(ring, &step, ruined),
                }
            }
            self.count();
            first += steps;
            let going_on = self.carry();
            let left = max_nights - first;
            if left > 0
                && (going_on == 0.0 || enough(&self.visits, &transitions.outcomes.saves, going_on, left))
            {
                return Ok(());
            }
        }
        for (last, row) in self.visits.last.iter_mut().zip(self.rows[self.start..].chunks_exact(self.stride))
        {
            *last = row[0];
        }
        Ok(())
    }

    fn clear(&mut self, ring: &Ring) {
        for visits in [&mut self.visits.early, &mut self.visits.late, &mut self.visits.last] {
            visits.clear();
            visits.resize(ring.rows(), 0.0);
        }
        self.rows.clear();
        self.rows.resize(ring.rows() * self.stride + 8, 0.0);
        // Only speed depends on it.
        self.start = self.rows.as_ptr().align_offset(64).min(8);
    }

    /// Finds the targets.
    fn aim(&mut self, ring: &Ring) {
        self.targets.clear();
        self.first_target.clear();
        for ruined in 0..=ring.town.ring {
            self.first_target.push(self.targets.len());
            subset_sums(ring.order(ruined), |house| 1 << house, &mut self.subsets);
            let later = ring.rows_of(ruined).end;
            let fires = self.subsets.iter().skip(1);
            self.targets.extend(fires.map(|&fires| (ring.row(ruined | fires, fires) - later) as u32));
        }
        self.first_target.push(self.targets.len());
    }

    /// Everything that happens from a ruined set on.
    fn hand_on(&mut self, ring: &Ring, step: &Step, ruined: u32) {
        let rows = ring.rows_of(ruined);
        let (sources, later) = self.rows[self.start..].split_at_mut(rows.end * self.stride);
        let sources = &mut sources[rows.start * self.stride..];
        let width = step.chances.len() / rows.len();

        // Row 0 is where the chain stays: a night without surviving fires.
        let (quiet_row, others) = sources.split_at_mut(self.stride);
        let ends = ring.can_end(ruined);
        for (other, row) in others.chunks_exact(self.stride).zip(1..) {
            let [before, after] = stays(step.chances[row * width], step.quiet[row], ends);
            add_scaled(&mut quiet_row[1..=self.early], &other[..self.early], before);
            add_scaled(&mut quiet_row[self.early + 1..=self.steps], &other[self.early..self.steps], after);
        }
        stay(quiet_row, self.early, self.steps, stays(step.chances[0], step.quiet[0], ends));
        let targets =
            &self.targets[self.first_target[ruined as usize]..self.first_target[ruined as usize + 1]];
        push(step.chances, width, sources, self.stride, targets, later);
    }

    /// Everything that leads to a ruined set.
    fn collect(&mut self, ring: &Ring, step: &Step, ruined: u32) {
        let (sources, row) = self.rows[self.start..].split_at_mut(ruined as usize * self.stride);
        pull(step.chances, ruined, sources, &mut row[1..=BLOCK]);
        let stays = stays(step.chances[0], step.quiet[0], ring.can_end(ruined));
        stay(row, self.early, self.steps, stays);
    }

    /// Adds the nights of the block to the visits, but for its last column, which is the next block's first.
    fn count(&mut self) {
        let visits = self.visits.early.iter_mut().zip(&mut self.visits.late);
        for ((early, late), row) in visits.zip(self.rows[self.start..].chunks_exact(self.stride)) {
            *early += sum(&row[..self.early]);
            *late += sum(&row[self.early..self.steps]);
        }
    }

    /// Makes the last column the first; returns its sum.
    fn carry(&mut self) -> f64 {
        let mut going_on = 0.0;
        for row in self.rows[self.start..].chunks_exact_mut(self.stride) {
            let here = row[self.steps];
            row.fill(0.0);
            row[0] = if here < NOTHING { 0.0 } else { here };
            going_on += row[0];
        }
        going_on
    }
}

/// The chances to stay without surviving fires, before and after a game can end; `burning` of them after some.
const fn stays(burning: f64, quiet: f64, ends: bool) -> [f64; 2] {
    [burning + quiet, if ends { burning } else { burning + quiet }]
}

/// Stays, night by night.
fn stay(row: &mut [f64], early: usize, steps: usize, [before, after]: [f64; 2]) {
    let mut here = row[0];
    for (next, stays) in [(1..early + 1, before), (early + 1..steps + 1, after)] {
        // Four nights at once: only one product of four waits for the night before.
        let stays = [stays, stays * stays, stays * stays * stays, stays * stays * stays * stays];
        let mut fours = row[next].chunks_exact_mut(4);
        for four in &mut fours {
            for night in 1..4 {
                four[night] += four[night - 1] * stays[0];
            }
            for (next, stays) in four.iter_mut().zip(&stays) {
                *next += here * stays;
            }
            here = four[3];
        }
        for next in fours.into_remainder() {
            *next += here * stays[0];
            here = *next;
        }
    }
}

kernel! {
    fn add_scaled(to: &mut [f64], from: &[f64], factor: f64) {
        for (to, from) in to.iter_mut().zip(from) {
            *to += factor * from;
        }
    }
}

kernel! {
    /// The sum, in eight parts.
    fn sum(values: &[f64]) -> f64 {
        let mut parts = [0.0; 8];
        let chunks = values.chunks_exact(8);
        let rest: f64 = chunks.remainder().iter().sum();
        for chunk in chunks {
            for (part, value) in parts.iter_mut().zip(chunk) {
                *part += value;
            }
        }
        parts.iter().sum::<f64>() + rest
    }
}

kernel! {
    /// Adds to every target, one night on, what the source rows send there.
    fn push(weights: &[f64], width: usize, sources: &[f64], stride: usize, targets: &[u32], later: &mut [f64]) {
        for (set, &target) in (1..).zip(targets) {
            let to = &mut later[target as usize * stride + 1..][..BLOCK];
            let mut sums = [0.0; BLOCK];
            sums.copy_from_slice(to);
            for (from, weight) in sources.chunks_exact(stride).zip(weights[set..].iter().step_by(width)) {
                for (sum, from) in sums.iter_mut().zip(&from[..BLOCK]) {
                    *sum += weight * from;
                }
            }
            to.copy_from_slice(&sums);
        }
    }
}

kernel! {
    /// What all subsets of a ruined set send there, one night on; rows are `ALIGNED` apart.
    fn pull(weights: &[f64], ruined: u32, sources: &[f64], to: &mut [f64]) {
        let mut sums = [0.0; BLOCK];
        let mut fires = 0_u32;
        for weight in &weights[1..] {
            // The next subset in ascending order.
            fires = fires.wrapping_sub(ruined) & ruined;
            let from = &sources[(ruined ^ fires) as usize * ALIGNED..][..BLOCK];
            for (sum, from) in sums.iter_mut().zip(from) {
                *sum += weight * from;
            }
        }
        to.copy_from_slice(&sums);
    }
}
