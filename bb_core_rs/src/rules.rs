//! One night on bit masks: bit `h` is house `h` (rules.md, sections 4 and 5).

use crate::draws::{Purpose, Words};
use crate::program::{MAX_HOUSES, Town};

/// The houses of one game, at the end of a night.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Houses {
    /// The houses that burn.
    pub burning: u32,
    /// The houses that are ruined.
    pub ruined: u32,
}

impl Houses {
    /// 0 safe, 1 burning, 2 ruined.
    #[inline(always)]
    pub const fn state(self, house: usize) -> u8 {
        ((self.burning >> house & 1) | (self.ruined >> house & 1) << 1) as u8
    }
}

/// Whether and how a game has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It goes on.
    Running = 0,
    /// The rules ended it.
    Terminated = 1,
    /// The night limit ended it.
    Truncated = 2,
}

/// The number of agents working at each house.
pub type Crowd = [u8; MAX_HOUSES];

/// The houses of a mask, in ascending order.
#[inline(always)]
pub fn each(mut mask: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let house = mask.trailing_zeros() as usize;
        (mask != 0).then(|| {
            mask &= mask - 1;
            house
        })
    })
}

/// Night 0: the houses that burn at the start.
#[inline(always)]
pub fn first_fires(town: &Town, words: &mut impl Words) -> u32 {
    words.chances(Purpose::Ignite, town.ring, town.initial_fire)
}

/// The houses that still burn after the night's work.
#[inline(always)]
pub fn extinguish(town: &Town, burning: u32, crowd: &Crowd, words: &mut impl Words) -> u32 {
    let mut left = burning;
    for house in each(burning) {
        let workers = usize::from(crowd[house]);
        let out = words.chance(Purpose::Extinguish, house, town.extinguish[workers]);
        left &= !(u32::from(out) << house);
    }
    left
}

/// The houses with exactly one, and with exactly two neighbours from which fire spreads.
#[inline(always)]
pub const fn spread(town: &Town, fires: u32) -> [u32; 2] {
    if !town.before_burn_out {
        return [0, 0];
    }
    let [left, right] = neighbours(town, fires);
    [left ^ right, left & right]
}

/// The houses whose lower, and whose upper neighbour is in `mask`; on a ring of two both are the same.
#[inline(always)]
pub const fn neighbours(town: &Town, mask: u32) -> [u32; 2] {
    let last = town.houses - 1;
    [(mask << 1 | mask >> last) & town.ring, (mask >> 1 | mask << last) & town.ring]
}

/// The houses of `open`, neither ruined nor in flames, that catch fire.
#[inline(always)]
pub fn ignite(town: &Town, open: u32, near: [u32; 2], words: &mut impl Words) -> u32 {
    let [one, two] = near;
    words.chances(Purpose::Ignite, open & !(one | two), town.ignite[0])
        | words.chances(Purpose::Ignite, open & one, town.ignite[1])
        | words.chances(Purpose::Ignite, open & two, town.ignite[2])
}

/// Whether the game ends after `night`.
#[inline(always)]
pub const fn end(town: &Town, night: u32, houses: Houses) -> End {
    let over = if town.until_no_fires {
        houses.burning == 0
    } else {
        houses.burning | houses.ruined == 0 || houses.ruined == town.ring
    };
    if over && night >= town.min_nights {
        End::Terminated
    } else if night >= town.max_nights {
        End::Truncated
    } else {
        End::Running
    }
}
