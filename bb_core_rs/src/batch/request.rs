//! What a batch is asked: the games to play, how they are told, and where.

use super::wire::{Encoding, PRICES};
use crate::error::Error;
use crate::program::{Policy, Program};

/// What happens to a row whose game has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Autoreset {
    /// The next game starts in the call after: that call plays no night of this row.
    NextStep,
    /// The next game starts in the same call, which also tells how the last one ended.
    SameStep,
    /// Nothing: the row has to be started from outside.
    Disabled,
}

/// What is to be played and how it is told; G games, O observed seats.
#[derive(Debug)]
pub struct Request<'a, T> {
    /// The entries; the same seats of all of them are played from outside.
    pub program: Program<'static>,
    /// (G,) the entry of each row.
    pub entries: &'a [u32],
    /// (G,) the seed of each row.
    pub seeds: &'a [u64],
    /// (G,) the number of each row's first game.
    pub games: &'a [u64],
    /// What is added to a game's number for the next game of its row.
    pub stride: u64,
    /// What happens to a row whose game has ended.
    pub autoreset: Autoreset,
    /// (O,) the seats whose observations and rewards are told.
    pub observed: &'a [u8],
    /// How observations are told.
    pub encoding: Encoding<T>,
    /// (E, O, 9) what counts are worth to each observed seat: its own four, then the five shared ones.
    pub prices: &'a [f64],
    /// Threads; none means as many as there are cores.
    pub workers: Option<usize>,
}

/// Where a night is told; G games, O observed seats, W words an observation, D counts.
#[derive(Debug)]
pub struct Output<'a, T> {
    /// (G, O, W) of the game that goes on, or of the one that has just started.
    pub observations: &'a mut [T],
    /// (G, O).
    pub rewards: &'a mut [f64],
    /// (G,) whether the rules ended the game.
    pub terminated: &'a mut [bool],
    /// (G,) whether the night limit ended it.
    pub truncated: &'a mut [bool],
    /// (G,) whether the row's observation is the first of a game.
    pub started: &'a mut [bool],
    /// (G, O, W) the last observations of games that ended in this call and were followed; or empty.
    pub final_observations: &'a mut [T],
    /// (G, D) the counts of games that ended in this call; or empty.
    pub final_counts: &'a mut [i32],
}

/// What an entry needs to be played, worked out once.
#[derive(Debug)]
pub(super) struct Plan {
    /// The native seats and their policies.
    pub(super) native: Vec<(u8, u32)>,
    /// Whether a native seat looks at the night before.
    pub(super) remembers: bool,
    /// The groups of four agents that need words.
    pub(super) groups: u32,
    pub(super) prices: Vec<[f64; PRICES]>,
}

/// The seats that are played from outside, the same in every entry.
pub(super) fn external_seats(program: &Program) -> Result<Vec<u8>, Error> {
    let seats = |entry| {
        let team = program.team(entry).zip(0_u8..);
        team.filter(|(policy, _)| matches!(policy, Policy::External)).map(|(_, seat)| seat).collect()
    };
    let first: Vec<u8> = seats(0);
    for entry in 1..program.entries() {
        let other: Vec<u8> = seats(entry);
        if other != first {
            return Error::invalid(format!(
                "Seats {first:?} of entry 0 are played from outside, and seats {other:?} of entry {entry}: they \
                 must be the same."
            ));
        }
    }
    Ok(first)
}

pub(super) fn plans(program: &Program, observed: usize, prices: &[f64]) -> Vec<Plan> {
    let plan = |entry: usize| {
        let mut plan = Plan { native: vec![], remembers: false, groups: 0, prices: vec![] };
        for (seat, (policy, index)) in program.team(entry).zip(program.seats(entry)).enumerate() {
            if !matches!(policy, Policy::External) {
                plan.native.push((seat as u8, *index));
                plan.remembers |= matches!(policy, Policy::Social(_));
                plan.groups |= u32::from(!matches!(policy, Policy::Tabular { pure: true, .. })) << (seat / 4);
            }
        }
        let size = observed * PRICES;
        let own = prices[entry * size..][..size].chunks_exact(PRICES);
        plan.prices = own.map(|row| std::array::from_fn(|i| row[i])).collect();
        plan
    };
    (0..program.entries()).map(plan).collect()
}
