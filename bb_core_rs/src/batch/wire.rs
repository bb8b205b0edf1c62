//! What leaves a batch: observations and rewards.
//!
//! Nothing here is read in play. An observation is looked up: every entry shows one small integer of the game
//! through a table that was made outside, whose words are copied without being understood. Rewards are the one
//! place where floats are worked with: prices times counts of the night, added from left to right.

use crate::counts::{DISTANCE, NIGHTS, OWN, OWN_RUINED, OWN_SAVES, RUINED, SAFE, SAVES, SHARED, WORKED};
use crate::error::Error;
use crate::program::{MAX_AGENTS, MAX_HOUSES, Program, Town};
use crate::stepper::{Game, bytes};

/// The prices of a seat: its own counts, then the shared ones.
pub const PRICES: usize = OWN + SHARED;

/// Room for the features of the largest game: houses, actions, the night, and one that is always 0. A power of
/// two, so that no index can miss it.
const FEATURES: usize = 128;
const _: () = assert!(MAX_HOUSES + 3 * MAX_AGENTS + 2 <= FEATURES);

/// How observations are to be written: O seats, W entries each, words of type T.
///
/// The features of a game are its H houses (0 safe, 1 burning, 2 ruined), the house, mode and signal of every
/// agent the night before, the nights played, and a zero. Entry `w` of seat `o` is
/// `table[start[o][w] + feature[source[o][w]]]`.
#[derive(Clone, Debug)]
pub struct Encoding<T> {
    /// (O, W) which feature each entry shows.
    pub source: Vec<u16>,
    /// (O, W) where the entry's values begin in the table.
    pub start: Vec<u32>,
    /// The values.
    pub table: Vec<T>,
}

/// A checked encoding.
#[derive(Clone, Debug)]
pub(super) struct Encoder<T> {
    seats: usize,
    width: usize,
    /// The entries of the first seat: a feature and its values. Those of large features are looked up again.
    first: Vec<(u16, [T; SMALL])>,
    large: Vec<(u32, Entry)>,
    /// Where other seats differ from the first.
    other: Vec<Vec<(u32, Entry)>>,
    table: Vec<T>,
}

/// Nearly all features are smaller; a table of so many values for each entry needs no check of its bounds.
const SMALL: usize = MAX_HOUSES;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    source: u16,
    start: u32,
}

impl<T: Copy> Encoder<T> {
    pub(super) fn new(encoding: Encoding<T>, program: &Program, seats: usize) -> Result<Self, Error> {
        let Encoding { source, start, table } = encoding;
        if seats == 0 || source.len() != start.len() || !source.len().is_multiple_of(seats) {
            return Error::invalid(format!(
                "An encoding of {} sources and {} starts does not fit {seats} seats.",
                source.len(),
                start.len()
            ));
        }
        let sizes = feature_sizes(program);
        let entries: Vec<Entry> =
            source.iter().zip(&start).map(|(&source, &start)| Entry { source, start }).collect();
        for &Entry { source, start } in &entries {
            let Some(&size) = sizes.get(usize::from(source)) else {
                return Error::invalid(format!("There is no feature {source}: there are {}.", sizes.len()));
            };
            if start as usize + size > table.len() {
                return Error::invalid(format!("Feature {source} leaves its table of {}.", table.len()));
            }
        }
        let width = source.len() / seats;
        let (base, rest) = entries.split_at(width);
        let size = |entry: &Entry| sizes[usize::from(entry.source)];
        let small = |entry: &Entry| {
            let values = &table[entry.start as usize..][..size(entry).min(SMALL)];
            (entry.source, std::array::from_fn(|value| values[value.min(values.len() - 1)]))
        };
        let numbered = |row: &[Entry]| row.iter().copied().zip(0..).collect::<Vec<(Entry, u32)>>();
        let large = numbered(base).into_iter().filter(|(entry, _)| size(entry) > SMALL);
        let differences = |row: &[Entry]| {
            let differs = |&(entry, w): &(Entry, u32)| entry != base[w as usize];
            numbered(row).into_iter().filter(differs).map(|(entry, w)| (w, entry)).collect()
        };
        Ok(Self {
            seats,
            width,
            first: base.iter().map(small).collect(),
            large: large.map(|(entry, w)| (w, entry)).collect(),
            other: rest.chunks_exact(width.max(1)).map(differences).collect(),
            table,
        })
    }

    /// The words of one game's observations.
    pub(super) const fn size(&self) -> usize {
        self.seats * self.width
    }

    /// Writes the observations of one game, (O, W).
    #[inline(always)]
    pub(super) fn write(&self, town: &Town, game: &Game, out: &mut [T]) {
        if self.width == 0 {
            return;
        }
        let mut features = [0; FEATURES];
        fill(&mut features, town, game);
        let look = |entry: Entry| {
            self.table[entry.start as usize + usize::from(features[usize::from(entry.source) % FEATURES])]
        };
        let (first, rest) = out.split_at_mut(self.width);
        for (word, (source, values)) in first.iter_mut().zip(&self.first) {
            *word = values[usize::from(features[usize::from(*source) % FEATURES]) % SMALL];
        }
        for &(w, entry) in &self.large {
            first[w as usize] = look(entry);
        }
        for (row, own) in rest.chunks_exact_mut(self.width).zip(&self.other) {
            row.copy_from_slice(first);
            for &(w, entry) in own {
                row[w as usize] = look(entry);
            }
        }
    }
}

/// One above the largest value of every feature.
fn feature_sizes(program: &Program) -> Vec<usize> {
    let towns = (0..program.entries()).map(|entry| program.town(entry));
    let (houses, nights) = towns.fold((0, 0), |(houses, nights), town| {
        (town.houses.max(houses), (town.max_nights as usize).max(nights))
    });
    let mut sizes = vec![3; houses];
    sizes.extend([houses, 2, 2].repeat(program.agents));
    sizes.extend([nights + 1, 1]);
    sizes
}

/// Fills in the features in place: returned by value they would be copied by wide loads right after narrow stores,
/// for which processors wait.
#[inline(always)]
fn fill(features: &mut [u16; FEATURES], town: &Town, game: &Game) {
    let (houses, rest) = features.split_at_mut(town.houses);
    for (house, feature) in houses.iter_mut().enumerate() {
        *feature = u16::from(game.houses.state(house));
    }
    let (actions, rest) = rest.split_at_mut(3 * town.agents);
    for (triple, &action) in actions.chunks_exact_mut(3).zip(&game.last) {
        for (feature, part) in triple.iter_mut().zip(bytes(action)) {
            *feature = u16::from(part);
        }
    }
    rest[0] = game.night as u16;
}

/// Writes what the last night was worth to some seats.
#[inline(always)]
pub(super) fn rewards(
    town: &Town,
    game: &Game,
    saved: u32,
    seats: &[u8],
    prices: &[[f64; PRICES]],
    out: &mut [f64],
) {
    let ruined = game.houses.ruined;
    let mut counts = [0; PRICES];
    counts[OWN + NIGHTS] = 1;
    counts[OWN + SAFE] = (town.ring & !(game.houses.burning | ruined)).count_ones();
    counts[OWN + RUINED] = ruined.count_ones();
    counts[OWN + SAVES] = saved.count_ones();
    counts[OWN + SHARED - 1] = u32::from(game.end == crate::rules::End::Terminated);
    for ((&seat, prices), reward) in seats.iter().zip(prices).zip(out) {
        let seat = usize::from(seat) % MAX_AGENTS;
        let action = game.last[seat];
        counts[WORKED] = u32::from(action.work);
        let steps = town.steps[seat][usize::from(action.house) % MAX_HOUSES];
        counts[DISTANCE] = u32::from(steps) * u32::from(action.work);
        counts[OWN_SAVES] = (saved & town.owned[seat]).count_ones();
        counts[OWN_RUINED] = (ruined & town.owned[seat]).count_ones();
        *reward = counts.iter().zip(prices).fold(0.0, |sum, (&count, price)| sum + f64::from(count) * price);
    }
}
