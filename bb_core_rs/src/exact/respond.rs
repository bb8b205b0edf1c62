//! Best responses: one seat chooses for the best, the others play as the program says.
//!
//! Given that exactly `F` would survive the work of the others, working at a fire of `F` may put that one
//! out. So against the value of resting, `Σ_F T(F) W(F)`, working at `h` gains
//! `Σ_{F ∋ h} X_h(F) (W(F - h) - W(F))`, with `X_h(F)` the probability that exactly `F` would survive and the
//! seat's work at `h` puts it out.

use crate::error::Error;
use crate::rules::{Houses, each};
use crate::threads::{GoOn, check};

use super::backward::{Chooser, LANES};
use super::prices::Prices;
use super::ring::{POWERS, Ring, state, subset_sums};
use super::survivors::Survivors;
use super::team::{Team, Tonight};
use super::wide::kernel;

/// Actions whose values differ by less than this share of what is at stake are ties.
const TIE: f64 = 1e-12;

/// One seat against the others.
pub(super) struct Responder<'a> {
    ring: &'a Ring<'a>,
    prices: Prices<'a>,
    seat: usize,
    others: &'a Team<'a>,
    survivors: Survivors,
    tonight: Tonight,
    /// By set of fires: where its tables are, and where in `saves`.
    places: Vec<[u32; 2]>,
    /// For each set of `b` fires: `T`, (2^b,), then for every fire `X`, (2^(b-1),) over the other fires.
    tables: Vec<f64>,
    /// By set of fires: what the others' work is worth.
    others_work: Vec<f64>,
    /// For each set of fires: what is saved if exactly a subset survives.
    saves: Vec<f64>,
    /// By set of fires: the best that the seat can do but to fight one, and what that is worth.
    idle: Vec<(u8, f64)>,
    /// The sets of fires of the open houses, and for each the first of its rows below.
    masks: Vec<u32>,
    /// For resting and for each fire: what follows, (LANES,), and how likely it is to stay.
    rows: Vec<f64>,
    stays: Vec<f64>,
    subsets: Vec<u32>,
    worth: Vec<f64>,
    /// (nights, 3^H) actions, if they are to be kept.
    pub policy: Option<&'a mut [u8]>,
}

impl<'a> Responder<'a> {
    pub(super) fn new(
        ring: &'a Ring,
        prices: Prices<'a>,
        seat: usize,
        others: &'a Team,
        policy: Option<&'a mut [u8]>,
        go_on: GoOn,
    ) -> Result<Self, Error> {
        let sets = 1 << ring.town.houses;
        let mut new = Self {
            ring,
            prices,
            seat,
            others,
            survivors: Survivors::default(),
            tonight: Tonight::default(),
            places: vec![[0; 2]; sets],
            tables: Vec::new(),
            others_work: vec![0.0; sets],
            saves: Vec::new(),
            idle: Vec::with_capacity(sets),
            masks: Vec::new(),
            rows: Vec::new(),
            stays: Vec::new(),
            subsets: Vec::new(),
            worth: Vec::new(),
            policy,
        };
        new.survivors.fit(ring.town);
        for burning in 0..=ring.town.ring {
            new.places[burning as usize][1] = new.saves.len() as u32;
            prices.saves(ring, burning, &mut new.saves);
            new.idle.push(new.best_idle(burning));
        }
        if !others.sees_ruins {
            new.tables_of(0, go_on)?;
        }
        Ok(new)
    }

    /// The best action that fights no fire: rest, or work where nothing burns if that pays.
    fn best_idle(&self, burning: u32) -> (u8, f64) {
        let calm = self.ring.town.ring & !burning;
        let at = |house| (2 * house as u8 + 1, self.prices.work(self.seat, house));
        each(calm).map(at).fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best })
    }

    /// Works out what the others do about every set of fires among these ruins.
    fn tables_of(&mut self, ruined: u32, go_on: GoOn) -> Result<(), Error> {
        self.tables.clear();
        for burning in (0..=self.ring.town.ring).filter(|burning| burning & ruined == 0) {
            check(go_on)?;
            let tonight = &mut self.tonight;
            self.others.look(Houses { burning, ruined }, tonight);
            let fires = burning.count_ones() as usize;
            let chances = &self.ring.chances;
            self.others_work[burning as usize] = (0..self.ring.town.agents)
                .map(|agent| self.prices.worked(agent, tonight.works[agent], tonight.distance[agent]))
                .sum();
            let first = self.tables.len();
            self.places[burning as usize][0] = first as u32;
            self.survivors.all_survive(chances, tonight, fires);
            self.tables.resize(first + (1 << fires), 0.0);
            for rank in 0..fires {
                self.tables.extend_from_slice(self.survivors.seat_saves(chances, tonight, fires, rank));
            }
            self.tables[first..first + (1 << fires)].copy_from_slice(self.survivors.exactly(fires));
        }
        Ok(())
    }

    fn keep(&mut self, night: u32, houses: Houses, action: u8) {
        if let Some(policy) = &mut self.policy {
            policy[(night - 1) as usize * POWERS[self.ring.town.houses] + state(houses)] = action;
        }
    }
}

impl Chooser for Responder<'_> {
    fn turn_to(&mut self, ruined: u32, go_on: GoOn) -> Result<(), Error> {
        if self.others.sees_ruins {
            self.tables_of(ruined, go_on)?;
        }
        subset_sums(each(self.ring.open(ruined)), |house| 1 << house, &mut self.masks);
        self.stays.clear();
        for &burning in &self.masks {
            let fires = burning.count_ones() as usize;
            let table = &self.tables[self.places[burning as usize][0] as usize..];
            self.stays.push(table[0]);
            // The seat puts out the one fire that would have survived.
            self.stays.extend((0..fires).map(|rank| table[0] + table[(1 << fires) + (rank << (fires - 1))]));
        }
        Ok(())
    }

    fn outlook(&mut self, ruined: u32, worth: &[f64], go_on: GoOn) -> Result<(), Error> {
        let open = self.ring.open(ruined);
        self.rows.resize(self.stays.len() * LANES, 0.0);
        let mut rows = self.rows.as_mut_slice();
        check(go_on)?;
        for &burning in &self.masks {
            let fires = burning.count_ones() as usize;
            let [table, saves] = self.places[burning as usize].map(|place| place as usize);
            let rank = |house: usize| (open & ((1 << house) - 1)).count_ones();
            subset_sums(each(burning), |house| 1 << rank(house), &mut self.subsets);
            let size = fires * (1 << fires) / 2 + (1 << fires);
            let (now, later) = rows.split_at_mut((fires + 1) * LANES);
            rows = later;
            self.worth.resize((1 << fires) * LANES, 0.0);
            respond(
                worth,
                &self.subsets,
                &self.saves[saves..],
                &self.tables[table..table + size],
                &mut self.worth,
                now,
            );
        }
        Ok(())
    }

    fn choose(&mut self, ruined: u32, night: u32, lane: usize, stay: f64, values: &mut [f64]) {
        let mut row = 0;
        for (set, value) in values.iter_mut().enumerate() {
            let burning = self.masks[set];
            let (idle, pays) = self.idle[burning as usize];
            let worth = |row: usize| self.rows[row * LANES + lane] + self.stays[row] * stay;
            let rest = worth(row) + pays;
            let mut best = rest;
            for (house, row) in each(burning).zip(row + 1..) {
                best = best.max(worth(row) + self.prices.work(self.seat, house));
            }
            *value = best + self.others_work[burning as usize];
            if self.policy.is_some() {
                let enough = best - TIE * best.abs().max(stay.abs());
                let fights = each(burning).zip(row + 1..).filter_map(|(house, row)| {
                    (worth(row) + self.prices.work(self.seat, house) >= enough).then_some(2 * house as u8 + 1)
                });
                let action = fights.chain((rest >= enough).then_some(idle)).min().unwrap_or(idle);
                self.keep(night, Houses { burning, ruined }, action);
            }
            row += burning.count_ones() as usize + 1;
        }
    }
}

kernel! {
    /// What follows resting, and what follows work at each of the fires.
    fn respond(outlook: &[f64], subsets: &[u32], saves: &[f64], table: &[f64], worth: &mut [f64], rows: &mut [f64]) {
        let sets = subsets.len();
        let (exactly, mut seat) = table.split_at(sets);
        let mut rest = [0.0; LANES];
        for (set, to) in worth.chunks_exact_mut(LANES).enumerate() {
            let from = &outlook[subsets[set] as usize * LANES..][..LANES];
            for lane in 0..LANES {
                to[lane] = from[lane] + saves[set];
                rest[lane] += exactly[set] * to[lane];
            }
        }
        rows[..LANES].copy_from_slice(&rest);
        for (rank, row) in rows.chunks_exact_mut(LANES).skip(1).enumerate() {
            let (share, others) = seat.split_at(sets / 2);
            seat = others;
            let low = LANES << rank;
            let mut gain = rest;
            for (pair, share) in worth.chunks_exact(2 * low).zip(share.chunks_exact(1 << rank)) {
                let (without, with) = pair.split_at(low);
                let both = without.chunks_exact(LANES).zip(with.chunks_exact(LANES));
                for ((without, with), share) in both.zip(share) {
                    for lane in 0..LANES {
                        gain[lane] += share * (without[lane] - with[lane]);
                    }
                }
            }
            row.copy_from_slice(&gain);
        }
    }
}
