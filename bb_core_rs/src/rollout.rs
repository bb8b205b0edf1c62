//! Whole games: a tensor of entries and games, on several threads.
//!
//! Work is cut into blocks of games of one entry, and blocks are handed out in slices; between two slices
//! the caller may stop. Totals are integers, so the order in which blocks are added never matters.

use std::sync::{Mutex, PoisonError};

use crate::ahead::Plan;
use crate::counts::{MAX_COUNTS, Row, Totals, mirror, num_counts};
use crate::error::Error;
use crate::game::Player;
use crate::instructions::{Level, Work};
use crate::memory::zeros;
use crate::program::{Policy, Program};
use crate::threads::{self, GoOn};

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

/// Plays a request; now and then `go_on` is asked whether to.
///
/// # Errors
///
/// [`Error::Invalid`] for a request that does not fit the program or has an external seat,
/// [`Error::Memory`] if the answer cannot be held, [`Error::Threads`] if threads cannot be started, and
/// [`Error::Stopped`] if `go_on` said no.
pub fn play(program: &Program, request: &Request, mut go_on: impl FnMut() -> bool) -> Result<Answer, Error> {
    check(program, request)?;
    let workers = threads::count(request.workers)?;
    let mut answer = Answer::new(program, request, &mut go_on)?;
    let width = num_counts(program.agents);
    let level = Level::best();

    let mut kept = answer.per_game.as_mut_slice();
    let mut products = answer.products.chunks_exact_mut(width * width);
    let totals: Vec<_> = answer
        .sums
        .chunks_exact_mut(width)
        .map(|sums| Mutex::new((sums, products.next().unwrap_or_default())))
        .collect();
    let play_one = |(): &mut (), job: Job, _: GoOn| {
        let entry = job.block.entry;
        let part = level.run(job);
        let mut entry = totals[entry].lock().unwrap_or_else(PoisonError::into_inner);
        let (sums, products) = &mut *entry;
        part.add_to(sums, products);
        Ok(())
    };

    let mut blocks = Blocks { program, games: request.games, entry: 0, game: 0 };
    loop {
        let slice = blocks.slice(SLICE.saturating_mul(workers as u64));
        if slice.is_empty() {
            break;
        }
        let mut jobs = Vec::with_capacity(slice.len());
        for block in slice {
            let size = if request.keep_games { block.games as usize * width } else { 0 };
            let kept = kept.split_off_mut(..size).unwrap_or_default();
            jobs.push(Job { program, request, block, kept });
        }
        threads::each(jobs, workers, &mut go_on, play_one)?;
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
    if request.games == 0 {
        return Error::invalid("games must be at least 1.");
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
    fn new(program: &Program, request: &Request, go_on: GoOn) -> Result<Self, Error> {
        let width = num_counts(program.agents);
        let entries = program.entries();
        let games = usize::try_from(request.games).unwrap_or(usize::MAX);
        let products = if request.second_moments { entries } else { 0 };
        let kept = if request.keep_games { entries } else { 0 };
        Ok(Self {
            sums: zeros(&[entries, width], go_on)?,
            products: zeros(&[products, width, width], go_on)?,
            per_game: if kept == 0 { Vec::new() } else { zeros(&[kept, games, width], go_on)? },
        })
    }
}

/// Some games of one entry.
#[derive(Clone, Copy, Debug)]
struct Block {
    entry: usize,
    /// The first game, counted from the entry's first.
    game: u64,
    games: u64,
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
struct Job<'a> {
    program: &'a Program<'a>,
    request: &'a Request<'a>,
    block: Block,
    /// (G, D), or nothing.
    kept: &'a mut [i32],
}

impl Work for Job<'_> {
    type Out = Totals;

    /// Plays the block.
    #[inline(always)]
    fn run(self) -> Totals {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::{Compiled, FIREFIGHTER, Scenario, Strategy};

    #[test]
    fn every_instruction_set_plays_the_same_games() {
        for scenario in ["default-v1", "hard-v2", "two_houses-v2"] {
            let scenario = Scenario::named(scenario);
            for strategy in [Strategy::Heuristic(FIREFIGHTER), Strategy::Social(FIREFIGHTER)] {
                let compiled = Compiled::single(&scenario, &vec![strategy; scenario.agents]);
                let program = compiled.program().expect("a valid program");
                let request = Request {
                    seed: 5,
                    games: 300,
                    first_game: &[(1 << 32) - 150],
                    keep_games: true,
                    second_moments: true,
                    workers: None,
                };
                let answers: Vec<_> = Level::all()
                    .into_iter()
                    .map(|level| {
                        let mut kept = vec![0; 300 * num_counts(scenario.agents)];
                        let block = Block { entry: 0, game: 0, games: 300 };
                        let totals =
                            level.run(Job { program: &program, request: &request, block, kept: &mut kept });
                        (totals, kept)
                    })
                    .collect();
                assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
            }
        }
    }
}
