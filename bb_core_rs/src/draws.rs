//! Random words: Philox4x32-10 and the fixed place of every word (rules.md, section 3).
//!
//! J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
//! SC'11; the constants are those published with Random123.

/// The threshold of probability 1: no 32-bit word reaches it.
pub const CERTAIN: u64 = 1 << 32;

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;
const LOW: u64 = 0xFFFF_FFFF;

/// What a word decides; the number is part of its counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Whether a house catches fire.
    Ignite = 0,
    /// Whether a fire is put out.
    Extinguish = 1,
    /// Work or rest; the action of a tabular strategy.
    Work = 2,
    /// Whether a fire at home comes first.
    Home = 3,
    /// Which house.
    Pick = 4,
    /// Honest or not.
    Signal = 5,
    /// Whether to explore.
    Stray = 6,
    /// Where to explore.
    StrayHouse = 7,
    /// Work or rest while exploring.
    StrayMode = 8,
    /// Whether to repeat the night before.
    Habit = 9,
}

/// The number of slots of a night: four for each purpose.
pub const SLOTS: usize = 40;

impl Purpose {
    /// The slot that holds the word of `index`, a house or an agent below 16.
    #[inline(always)]
    pub const fn slot(self, index: usize) -> usize {
        4 * self as usize + index / 4
    }
}

/// Four words for one counter.
#[inline(always)]
pub fn philox4x32(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    philox_wide(counter.map(u64::from), &Schedule::new(key)).map(|word| word as u32)
}

/// The key of every round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule([[u64; 2]; ROUNDS]);

impl Schedule {
    #[inline(always)]
    fn new(key: [u32; 2]) -> Self {
        Self(std::array::from_fn(|round| {
            let key = |i: usize| key[i].wrapping_add(WEYL[i].wrapping_mul(round as u32));
            [u64::from(key(0)), u64::from(key(1))]
        }))
    }

    #[inline(always)]
    pub(crate) fn of_seed(seed: u64) -> Self {
        Self::new(halves(seed))
    }
}

/// Philox on 64-bit lanes whose low halves are the words; the high halves of the answer are noise.
///
/// A product of two words needs 64 bits anyway, and a multiplication reads only low halves, so nothing
/// needs to be masked or packed between rounds: this is the form that compiles to the fewest vector
/// instructions when many counters are worked on side by side.
#[inline(always)]
pub(crate) fn philox_wide(counter: [u64; 4], schedule: &Schedule) -> [u64; 4] {
    let [mut x0, mut x1, mut x2, mut x3] = counter;
    for [k0, k1] in schedule.0 {
        let product_0 = (x0 & LOW) * MULTIPLIERS[0];
        let product_1 = (x2 & LOW) * MULTIPLIERS[1];
        x0 = (product_1 >> 32) ^ x1 ^ k0;
        x1 = product_1;
        x2 = (product_0 >> 32) ^ x3 ^ k1;
        x3 = product_0;
    }
    [x0, x1, x2, x3]
}

/// All the words of one game.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    key: [u32; 2],
    game: [u32; 2],
}

impl Stream {
    /// The words of game `game` of `seed`.
    #[inline(always)]
    pub const fn new(seed: u64, game: u64) -> Self {
        Self { key: halves(seed), game: halves(game) }
    }

    /// The seed and the number of the game.
    #[inline(always)]
    pub const fn origin(&self) -> (u64, u64) {
        (whole(self.key), whole(self.game))
    }

    /// The four words of a slot on a night.
    #[inline(always)]
    pub fn block(&self, night: u32, slot: usize) -> [u32; 4] {
        philox4x32([slot as u32, night, self.game[0], self.game[1]], self.key)
    }
}

const fn halves(wide: u64) -> [u32; 2] {
    [wide as u32, (wide >> 32) as u32]
}

const fn whole(halves: [u32; 2]) -> u64 {
    halves[0] as u64 | (halves[1] as u64) << 32
}

/// Where a decision gets its words from.
pub trait Words {
    /// Tonight's word of a purpose for a house or an agent.
    fn word(&mut self, purpose: Purpose, index: usize) -> u32;

    /// Whether a chance succeeds; draws nothing if it is impossible or certain.
    #[inline(always)]
    fn chance(&mut self, purpose: Purpose, index: usize, threshold: u64) -> bool {
        threshold != 0 && (threshold == CERTAIN || u64::from(self.word(purpose, index)) < threshold)
    }

    /// The indices of a mask whose chance succeeds.
    #[inline(always)]
    fn chances(&mut self, purpose: Purpose, mask: u32, threshold: u64) -> u32 {
        let mut left = mask;
        let mut successes = 0;
        while left != 0 {
            let index = left.trailing_zeros();
            left &= left - 1;
            successes |= u32::from(self.chance(purpose, index as usize, threshold)) << index;
        }
        successes
    }
}

/// The words of one night, each block drawn when first asked for.
#[derive(Debug)]
pub struct Tonight {
    stream: Stream,
    night: u32,
    drawn: u64,
    blocks: [[u32; 4]; SLOTS],
}

impl Tonight {
    /// The words of `night`.
    #[inline(always)]
    pub const fn new(stream: Stream, night: u32) -> Self {
        Self { stream, night, drawn: 0, blocks: [[0; 4]; SLOTS] }
    }

    /// Turns to another night or game.
    #[inline(always)]
    pub const fn turn_to(&mut self, stream: Stream, night: u32) {
        self.stream = stream;
        self.night = night;
        self.drawn = 0;
    }
}

impl Words for Tonight {
    #[inline(always)]
    fn word(&mut self, purpose: Purpose, index: usize) -> u32 {
        let slot = purpose.slot(index);
        if self.drawn >> slot & 1 == 0 {
            self.blocks[slot] = self.stream.block(self.night, slot);
            self.drawn |= 1 << slot;
        }
        self.blocks[slot][index % 4]
    }
}

/// `(word * count) div 2^32`, an index below `count`.
#[inline(always)]
pub fn scaled(word: u32, count: u32) -> u32 {
    ((u64::from(word) * u64::from(count)) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_places() {
        let stream = Stream::new(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210);
        let mut tonight = Tonight::new(stream, 7);
        for index in 0..16 {
            let counter = [4 * 5 + (index / 4) as u32, 7, 0x7654_3210, 0xFEDC_BA98];
            let block = philox4x32(counter, [0x89AB_CDEF, 0x0123_4567]);
            assert_eq!(tonight.word(Purpose::Signal, index), block[index % 4]);
        }
    }

    #[test]
    fn certain_and_impossible_chances_draw_nothing() {
        struct Nothing;
        impl Words for Nothing {
            fn word(&mut self, _: Purpose, _: usize) -> u32 {
                unreachable!("a word was drawn that cannot matter")
            }
        }
        assert!(Nothing.chance(Purpose::Work, 0, CERTAIN));
        assert!(!Nothing.chance(Purpose::Work, 0, 0));
    }
}
