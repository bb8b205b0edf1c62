//! Whole games: a tensor of entries and games, on several threads.
//!
//! Work is cut into blocks of games of one entry, and blocks are handed out in slices; between two slices
//! the caller may stop. Totals are integers, so the order in which blocks are added never matters.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::ahead::Plan;
use crate::counts::{MAX_COUNTS, Row, Totals, mirror, num_counts};
use crate::error::Error;
use crate::game::Player;
use crate::instructions::Level;
use crate::program::{Policy, Program};
use crate::threads;

/// Agent-nights in a block, at the most, if a block has more than one game: long enough to be worth a task.
const BLOCK: u64 = 1 << 17;
/// Agent-nights in a slice for each thread, at the most: a fraction of a second.
const SLICE: u64 = 1 << 25;
/// Blocks in a slice, at the most.
const SLICE_BLOCKS: usize = 1 << 16;

/// Which games to play, and what to tell about them.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The seed of all games.
    pub seed: u64,
    /// Games of each entry.
    pub games: u64,
    /// (E,) the number of each entry's first game.
    pub first_game: &'a [u64],
    /// Whether the counts of every game are wanted.
    pub keep_games: bool,
    /// Whether products of counts are wanted.
    pub second_moments: bool,
    /// Threads; none means as many as there are cores.
    pub workers: Option<usize>,
}

/// What was counted; D = 4N + 5 columns.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// (E, D) counts summed over the games.
    pub sums: Vec<i64>,
    /// (E, D, D) products of two counts summed over the games, modulo 2^64; empty if not wanted.
    pub products: Vec<i64>,
    /// (E, G, D) counts of every game; empty if not wanted.
    pub per_game: Vec<i32>,
}

/// Plays a request; between slices of the work `go_on` is asked whether to.
///
/// # Errors
///
/// [`Error::Invalid`] for a request that does not fit the program or has an external seat,
/// [`Error::Memory`] if the answer cannot be held, [`Error::Threads`] if threads cannot be started, and
/// [`Error::Stopped`] if `go_on` said no.
pub fn play(program: &Program, request: &Request, mut go_on: impl FnMut() -> bool) -> Result<Answer, Error> {
    check(program, request)?;
    let mut answer = Answer::new(program, request)?;
    let width = num_counts(program.agents);
    let workers = threads::count(request.workers);
    let level = Level::best();

    let mut kept = answer.per_game.as_mut_slice();
    let mut products = answer.products.chunks_exact_mut(width * width);
    let totals: Vec<_> = answer
        .sums
        .chunks_exact_mut(width)
        .map(|sums| Mutex::new((sums, products.next().unwrap_or_default())))
        .collect();
    let play_one = |mut job: Job| {
        let part = level.play(&mut job);
        let mut entry = totals[job.block.entry].lock().unwrap_or_else(PoisonError::into_inner);
        let (sums, products) = &mut *entry;
        part.add_to(sums, products);
    };

    let mut blocks = Blocks { program, games: request.games, entry: 0, game: 0 };
    loop {
        let slice = blocks.slice(SLICE.saturating_mul(workers as u64));
        if slice.is_empty() {
            break;
        }
        if !go_on() {
            return Err(Error::Stopped);
        }
        let mut jobs = Vec::with_capacity(slice.len());
        for block in slice {
            let size = if request.keep_games { block.games as usize * width } else { 0 };
            let kept = kept.split_off_mut(..size).unwrap_or_default();
            jobs.push(Job { program, request, block, kept });
        }
        if workers == 1 || jobs.len() == 1 {
            jobs.into_iter().for_each(play_one);
        } else {
            threads::pool(workers)?.install(|| jobs.into_par_iter().for_each(play_one));
        }
    }
    drop(totals);
    answer.products.chunks_exact_mut(width * width).for_each(|matrix| mirror(matrix, width));
    Ok(answer)
}

fn check(program: &Program, request: &Request) -> Result<(), Error> {
    let entries = program.entries();
    if request.first_game.len() != entries {
        return Error::invalid(format!(
            "first_game has {} numbers: it must have {entries}, one for each entry.",
            request.first_game.len()
        ));
    }
    if request.games == 0 || request.workers == Some(0) {
        return Error::invalid("games and workers must be at least 1.");
    }
    if let Some(first) =
        request.first_game.iter().find(|first| first.checked_add(request.games - 1).is_none())
    {
        return Error::invalid(format!("{} games from game {first} on pass 2**64.", request.games));
    }
    for entry in 0..entries {
        if program.team(entry).any(|policy| matches!(policy, Policy::External)) {
            return Error::invalid(format!(
                "Entry {entry} has an external seat: only a stepper can play it."
            ));
        }
    }
    Ok(())
}

impl Answer {
    fn new(program: &Program, request: &Request) -> Result<Self, Error> {
        let width = num_counts(program.agents);
        let entries = program.entries();
        let games = usize::try_from(request.games).unwrap_or(usize::MAX);
        Ok(Self {
            sums: zeros(&[entries, width], true)?,
            products: zeros(&[entries, width, width], request.second_moments)?,
            per_game: zeros(&[entries, games, width], request.keep_games)?,
        })
    }
}

/// Zeros of a shape, or nothing if not wanted.
fn zeros<T: Copy + Default>(shape: &[usize], wanted: bool) -> Result<Vec<T>, Error> {
    let mut vector = Vec::new();
    if wanted {
        let size = shape.iter().try_fold(1_usize, |size, &side| size.checked_mul(side));
        size.and_then(|size| vector.try_reserve_exact(size).ok().map(|()| vector.resize(size, T::default())))
            .ok_or_else(|| Error::Memory(format!("An answer of shape {shape:?} does not fit in memory.")))?;
    }
    Ok(vector)
}

/// Some games of one entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) entry: usize,
    /// The first game, counted from the entry's first.
    pub(crate) game: u64,
    pub(crate) games: u64,
}

/// The blocks still to be played, in the order of the answer.
struct Blocks<'a> {
    program: &'a Program<'a>,
    games: u64,
    entry: usize,
    game: u64,
}

impl Blocks<'_> {
    /// The next blocks, up to a number of agent-nights.
    fn slice(&mut self, limit: u64) -> Vec<Block> {
        let mut slice = Vec::new();
        let mut size = 0;
        while size < limit && slice.len() < SLICE_BLOCKS && self.entry < self.program.entries() {
            let town = self.program.town(self.entry);
            let longest = u64::from(town.max_nights) * town.agents as u64;
            let games = (BLOCK / longest).max(1).min(self.games - self.game);
            slice.push(Block { entry: self.entry, game: self.game, games });
            size += games * longest;
            self.game += games;
            if self.game == self.games {
                self.entry += 1;
                self.game = 0;
            }
        }
        slice
    }
}

/// A block to be played, and where the counts of its games are wanted.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub(crate) program: &'a Program<'a>,
    pub(crate) request: &'a Request<'a>,
    pub(crate) block: Block,
    /// (G, D), or nothing.
    pub(crate) kept: &'a mut [i32],
}

impl Job<'_> {
    /// Plays the block.
    #[inline(always)]
    pub(crate) fn play(&mut self) -> Totals {
        let plan = Plan::new(self.program, self.block.entry);
        let mut player = Player::new(&plan, self.request.seed);
        let width = num_counts(self.program.agents);
        let mut totals = Totals::new(width, self.request.second_moments);
        let mut kept = self.kept.chunks_exact_mut(width);
        let first = self.request.first_game[self.block.entry] + self.block.game;
        for game in 0..self.block.games {
            let mut counts: Row = [0; MAX_COUNTS];
            player.play(first + game, &mut counts);
            totals.add(&counts);
            if let Some(row) = kept.next() {
                for (kept, &count) in row.iter_mut().zip(&counts) {
                    *kept = count.cast_signed();
                }
            }
        }
        totals.settle();
        totals
    }
}
