//! The probability that a burning house is safe at the night's end.

use crate::rules::each;

use super::ring::Ring;

/// For one fire of `burning`; `all` gives the probability that all of a set survive, by ranks.
///
/// The house has to be put out and not to catch fire again, which depends on whether its neighbours burned
/// down. Those chances follow from sets of at most three fires.
pub(super) fn saved(ring: &Ring, burning: u32, house: usize, all: &[f64]) -> f64 {
    let houses = ring.town.houses;
    let rank = |house: usize| (burning & ((1 << house) - 1)).count_ones();
    let survive = |set: u32| {
        if set & burning == set {
            all[each(set).fold(0, |bits, house| bits | 1_usize << rank(house))]
        } else {
            0.0
        }
    };
    let here = 1 << house;
    // That a set survives while this house does not.
    let without = |set: u32| survive(set) - survive(set | here);
    let safe = ring.chances.ignite.map(|catches| 1.0 - catches);
    let (left, right) = (1 << ((house + houses - 1) % houses), 1 << ((house + 1) % houses));
    if ring.simple() {
        safe[0] * without(0)
    } else if left == right {
        safe[0] * without(0) + (safe[2] - safe[0]) * without(left)
    } else {
        safe[0] * without(0)
            + (safe[1] - safe[0]) * (without(left) + without(right))
            + (safe[2] - 2.0 * safe[1] + safe[0]) * without(left | right)
    }
}
