//! The words of one night of one game, drawn eight slots at a time.
//!
//! Ignition and extinction take the slots 0 … 7, and the eight purposes of a group of four agents one slot each:
//! both fill the widest vector registers, where eight blocks cost little more than one.

use crate::draws::{Purpose, Schedule, Stream, Words, philox_wide};
use crate::program::MAX_AGENTS;

const LANES: usize = 8;
/// The eight slots of the houses, and eight for each group of four agents.
const DRAWS: usize = 1 + MAX_AGENTS / 4;
const HOUSES: usize = 0;
const LOW: u64 = 0xFFFF_FFFF;

type Lanes = [[u64; LANES]; 4];

/// Tonight's words; each draw of eight slots is made when it is first asked for.
#[derive(Debug)]
pub(super) struct Wide {
    seed: u64,
    schedule: Schedule,
    game: u64,
    night: u32,
    drawn: u32,
    /// By draw, word and lane, with noise above the low 32 bits.
    words: [Lanes; DRAWS],
}

impl Wide {
    pub(super) fn new() -> Self {
        Self {
            seed: 0,
            schedule: Schedule::of_seed(0),
            game: 0,
            night: 0,
            drawn: 0,
            words: [[[0; LANES]; 4]; DRAWS],
        }
    }

    /// Turns to a night and draws what it is sure to need: the words of the houses, and those of groups of agents.
    #[inline(always)]
    pub(super) fn turn_to(&mut self, stream: Stream, night: u32, groups: u32) {
        let (seed, game) = stream.origin();
        if seed != self.seed {
            self.seed = seed;
            self.schedule = Schedule::of_seed(seed);
        }
        self.game = game;
        self.night = night;
        self.drawn = 0;
        self.draw(HOUSES);
        for group in 0..MAX_AGENTS / 4 {
            if groups >> group & 1 == 1 {
                self.draw(1 + group);
            }
        }
    }

    #[inline(always)]
    fn draw(&mut self, draw: usize) {
        let (low, high) = (self.game & LOW, self.game >> 32);
        let (first, step) = if draw == HOUSES { (0, 1) } else { (8 + draw as u64 - 1, 4) };
        let words = &mut self.words[draw];
        for lane in 0..LANES {
            let slot = first + step * lane as u64;
            let drawn = philox_wide([slot, u64::from(self.night), low, high], &self.schedule);
            for (word, w) in words.iter_mut().zip(drawn) {
                word[lane] = w;
            }
        }
        self.drawn |= 1 << draw;
    }
}

impl Words for Wide {
    #[inline(always)]
    fn word(&mut self, purpose: Purpose, index: usize) -> u32 {
        let slot = purpose.slot(index);
        let (draw, lane) = if slot < 8 { (HOUSES, slot) } else { (1 + slot % 4, (slot - 8) / 4) };
        if self.drawn >> draw & 1 == 0 {
            self.draw(draw);
        }
        self.words[draw][index % 4][lane % LANES] as u32
    }

    #[inline(always)]
    fn chances(&mut self, purpose: Purpose, mask: u32, threshold: u64) -> u32 {
        if mask == 0 {
            return 0;
        }
        let (first, words) = match purpose {
            Purpose::Ignite => (0, &self.words[HOUSES]),
            Purpose::Extinguish => (4, &self.words[HOUSES]),
            _ => unreachable!("only houses have chances side by side"),
        };
        // Four bits a lane, the first word's the lowest.
        let mut bits = [0; LANES];
        for word in words.iter().rev() {
            for lane in 0..LANES {
                bits[lane] = bits[lane] << 1 | ((word[lane] & LOW).wrapping_sub(threshold) >> 63);
            }
        }
        let nibbles = (0..4).rev().fold(0, |all, lane| all << 4 | bits[first + lane] as u32);
        nibbles & mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Tonight;

    #[test]
    fn words_are_where_they_always_are() {
        let purposes = [
            Purpose::Ignite,
            Purpose::Extinguish,
            Purpose::Work,
            Purpose::Home,
            Purpose::Pick,
            Purpose::Signal,
            Purpose::Stray,
            Purpose::StrayHouse,
            Purpose::StrayMode,
            Purpose::Habit,
        ];
        let mut wide = Wide::new();
        for (night, groups) in [(0, 0), (7, 0b1010), (10_000, 0b1111)] {
            let stream = Stream::new(0x0123_4567_89AB_CDEF + u64::from(night), 0xFEDC_BA98_7654_3210);
            wide.turn_to(stream, night, groups);
            let mut plain = Tonight::new(stream, night);
            for purpose in purposes {
                for index in 0..16 {
                    assert_eq!(wide.word(purpose, index), plain.word(purpose, index));
                }
            }
        }
    }
}
