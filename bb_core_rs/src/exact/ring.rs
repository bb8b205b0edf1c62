//! Which part of the past matters: the ruined houses, and what is left of last night's fires.

use crate::program::Town;
use crate::rules::{Houses, each, neighbours, spread};

use super::chances::Chances;

/// The largest ring on which expectations are exact.
pub const MAX_EXACT_HOUSES: usize = 12;

/// 3^h.
pub(super) const POWERS: [usize; MAX_EXACT_HOUSES + 1] = {
    let mut powers = [1; MAX_EXACT_HOUSES + 1];
    let mut h = 1;
    while h <= MAX_EXACT_HOUSES {
        powers[h] = 3 * powers[h - 1];
        h += 1;
    }
    powers
};

/// The states of the chain, as rows.
///
/// At the end of a night, before it is drawn who catches fire, all that matters is which houses are ruined
/// and from which of them fire spreads: last night's fires `F` among the ruined houses that have an open
/// (not ruined) neighbour, the *border*. Each ruined set has a row for every subset of its border, numbered
/// as the bits of `F` there; row 0 is that of a quiet night. Rows of a superset come later.
#[derive(Debug)]
pub(super) struct Ring<'t> {
    pub town: &'t Town,
    pub chances: Chances,
    /// Whether it matters from which houses fire spreads.
    spreads: bool,
    /// (2^H + 1,) the first row of each ruined set.
    first_row: Vec<u32>,
}

impl<'t> Ring<'t> {
    pub(super) fn new(town: &'t Town) -> Self {
        let chances = Chances::new(town);
        let spreads =
            town.before_burn_out && town.ignite.iter().any(|&threshold| threshold != town.ignite[0]);
        let mut ring = Self { town, chances, spreads, first_row: Vec::with_capacity(ring_sets(town) + 1) };
        let mut row = 0;
        for ruined in 0..=town.ring {
            ring.first_row.push(row);
            row += 1 << ring.border(ruined).count_ones();
        }
        ring.first_row.push(row);
        ring
    }

    /// All rows.
    pub(super) fn rows(&self) -> usize {
        *self.first_row.last().unwrap_or(&0) as usize
    }

    /// The rows of a ruined set.
    pub(super) fn rows_of(&self, ruined: u32) -> std::ops::Range<usize> {
        self.first_row[ruined as usize] as usize..self.first_row[ruined as usize + 1] as usize
    }

    /// The row of a ruined set after a night whose fires burned `fires` of it down.
    pub(super) fn row(&self, ruined: u32, fires: u32) -> usize {
        self.first_row[ruined as usize] as usize + gather(fires, self.border(ruined)) as usize
    }

    pub(super) const fn open(&self, ruined: u32) -> u32 {
        self.town.ring & !ruined
    }

    /// The ruined houses from which fire could have spread.
    pub(super) const fn border(&self, ruined: u32) -> u32 {
        if !self.spreads {
            return 0;
        }
        let [left, right] = neighbours(self.town, self.open(ruined));
        ruined & (left | right)
    }

    /// The open houses to which fire could have spread.
    pub(super) const fn exposed(&self, ruined: u32) -> u32 {
        let [left, right] = neighbours(self.town, self.border(ruined));
        self.open(ruined) & (left | right)
    }

    /// The open houses, those to which fire could have spread first.
    pub(super) fn order(&self, ruined: u32) -> impl Iterator<Item = usize> {
        let (open, exposed) = (self.open(ruined), self.exposed(ruined));
        each(exposed).chain(each(open & !exposed))
    }

    /// Whether nothing but the ruined houses matters: one row for each ruined set.
    pub(super) const fn simple(&self) -> bool {
        !self.spreads
    }

    /// The probability that a house catches fire after a night with these fires.
    pub(super) const fn catches(&self, fires: u32, house: usize) -> f64 {
        let [one, two] = if self.spreads { spread(self.town, fires) } else { [0, 0] };
        self.chances.ignite[(one >> house & 1 | (two >> house & 1) << 1) as usize]
    }

    /// Whether a game can be over with these ruins, which is when no house burns then.
    pub(super) const fn can_end(&self, ruined: u32) -> bool {
        self.town.until_no_fires || ruined == 0 || ruined == self.town.ring
    }
}

const fn ring_sets(town: &Town) -> usize {
    1 << town.houses
}

/// The number of a state of the houses: digit `h` in base three is house `h`.
pub(super) fn state(houses: Houses) -> usize {
    let sum = |mask| each(mask).map(|house| POWERS[house]).sum::<usize>();
    sum(houses.burning) + 2 * sum(houses.ruined)
}

/// The bits of `mask` at the places of `of`, moved together.
pub(super) fn gather(mask: u32, of: u32) -> u32 {
    if mask & of == 0 {
        return 0;
    }
    each(of).enumerate().fold(0, |bits, (place, house)| bits | (mask >> house & 1) << place)
}

/// The low bits of `bits` moved to the places of `of`; undoes [`gather`].
pub(super) fn scatter(bits: u32, of: u32) -> u32 {
    each(of).enumerate().fold(0, |mask, (place, house)| mask | (bits >> place & 1) << house)
}

/// For every subset of the houses in `order`, the sum of what `value` gives its members.
///
/// Subset `s` holds the houses `order[i]` with bit `i` of `s` set.
pub(super) fn subset_sums(
    order: impl IntoIterator<Item = usize>,
    value: impl Fn(usize) -> u32,
    sums: &mut Vec<u32>,
) {
    sums.clear();
    sums.push(0);
    for house in order {
        let (size, more) = (sums.len(), value(house));
        sums.extend_from_within(..);
        for sum in &mut sums[size..] {
            *sum += more;
        }
    }
}

/// Appends the probabilities of all sets of fires, each house on its own.
pub(super) fn fire_chances(open: u32, catches: impl Fn(usize) -> f64, chances: &mut Vec<f64>) {
    let start = chances.len();
    chances.push(1.0);
    for house in each(open) {
        let (catches, size) = (catches(house), chances.len() - start);
        chances.extend_from_within(start..);
        let (without, with) = chances[start..].split_at_mut(size);
        for (without, with) in without.iter_mut().zip(with) {
            *without *= 1.0 - catches;
            *with *= catches;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gather_and_scatter_undo_each_other() {
        for of in 0..256 {
            for bits in 0..1 << u32::count_ones(of) {
                assert_eq!(gather(scatter(bits, of) | !of, of), bits);
            }
        }
    }
}
