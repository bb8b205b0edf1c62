//! The games of a batch, and a night of all of them.

use rayon::prelude::*;

use super::actions::{Number, pack};
use super::chunk::Chunk;
use super::request::{Autoreset, Output, Plan, Request, external_seats, plans};
use super::wire::{Encoder, PRICES};
use crate::counts::num_counts;
use crate::draws::{Stream, Tonight};
use crate::error::Error;
use crate::instructions::Level;
use crate::program::Program;
use crate::rules::End;
use crate::stepper::{Game, one_ring_size};
use crate::threads;

/// Rows in a task, at the most: long enough to be worth one, few enough that all threads get some.
const CHUNK: usize = 256;
/// Rows from which on a night is worth waking other threads.
const MANY: usize = 2 * CHUNK;

/// A batch of G games.
#[derive(Debug)]
pub struct Batch<T> {
    pub(super) program: Program<'static>,
    plans: Vec<Plan>,
    pub(super) houses: usize,
    stride: u64,
    autoreset: Autoreset,
    /// The seats played from outside, ascending.
    external: Vec<u8>,
    observed: Vec<u8>,
    encoder: Encoder<T>,
    workers: usize,
    level: Level,
    pub(super) games: Vec<Game>,
    pub(super) counts: Vec<i32>,
    /// (G, S, 3) what the seats played from outside do tonight.
    actions: Vec<u8>,
}

impl<T: Copy + Send + Sync> Batch<T> {
    /// Starts game `games[g]` of seed `seeds[g]` and entry `entries[g]` for every g, ready for night 1.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if entries differ in their rings or in the seats played from outside, lengths do not
    /// fit, an index points nowhere, or nobody may have so many threads.
    pub fn new(request: Request<'_, T>) -> Result<Self, Error> {
        let workers = threads::count(request.workers)?;
        let Request { program, entries, seeds, games, observed, .. } = request;
        let houses = one_ring_size(&program)?;
        let external = external_seats(&program)?;
        if entries.is_empty() || entries.len() != seeds.len() || entries.len() != games.len() {
            return Error::invalid(format!(
                "There are {} entries, {} seeds and {} games: there must be as many of each.",
                entries.len(),
                seeds.len(),
                games.len()
            ));
        }
        if let Some(entry) = entries.iter().find(|&&entry| entry as usize >= program.entries()) {
            return Error::invalid(format!(
                "Entry {entry} is not there: the program has {}.",
                program.entries()
            ));
        }
        if let Some(seat) = observed.iter().find(|&&seat| usize::from(seat) >= program.agents) {
            return Error::invalid(format!("There is no seat {seat}: there are {}.", program.agents));
        }
        if request.prices.len() != program.entries() * observed.len() * PRICES {
            return Error::invalid(format!(
                "{} prices are not of shape (E, O, {PRICES}).",
                request.prices.len()
            ));
        }
        let encoder = Encoder::new(request.encoding, &program, observed.len())?;
        let plans = plans(&program, observed.len(), request.prices);
        let start = |((&entry, &seed), &game)| start(&program, entry, Stream::new(seed, game));
        let games: Vec<Game> = entries.iter().zip(seeds).zip(games).map(start).collect();
        Ok(Self {
            counts: vec![0; games.len() * num_counts(program.agents)],
            program,
            plans,
            houses,
            stride: request.stride,
            autoreset: request.autoreset,
            observed: observed.to_vec(),
            encoder,
            workers,
            level: Level::best(),
            actions: vec![0; games.len() * external.len() * 3],
            external,
            games,
        })
    }

    /// G.
    pub fn num_games(&self) -> usize {
        self.games.len()
    }

    /// H.
    pub fn num_houses(&self) -> usize {
        self.houses
    }

    /// The number of seats played from outside.
    pub fn num_external(&self) -> usize {
        self.external.len()
    }

    /// D.
    pub fn num_counts(&self) -> usize {
        num_counts(self.program.agents)
    }

    /// The words of one game's observations.
    pub fn observation_size(&self) -> usize {
        self.encoder.size()
    }

    /// O.
    pub fn num_observed(&self) -> usize {
        self.observed.len()
    }

    /// Starts other games in some rows: where `mask` is true, game `games[g]` of seed `seeds[g]`.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a wrong length.
    pub fn start(&mut self, mask: &[bool], seeds: &[u64], games: &[u64]) -> Result<(), Error> {
        let rows = self.num_games();
        if [mask.len(), seeds.len(), games.len()] != [rows; 3] {
            return Error::invalid(format!("Mask, seeds and games must have {rows} numbers each."));
        }
        let width = self.num_counts();
        for row in (0..rows).filter(|&row| mask[row]) {
            let stream = Stream::new(seeds[row], games[row]);
            self.games[row] = start(&self.program, self.games[row].entry, stream);
            self.counts[row * width..][..width].fill(0);
        }
        Ok(())
    }

    /// Writes the observations of all games, (G, O, W).
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a wrong length.
    pub fn observe(&self, observations: &mut [T]) -> Result<(), Error> {
        let size = self.observation_size();
        if observations.len() != self.num_games() * size {
            return Error::invalid(format!("Observations have {} words.", observations.len()));
        }
        for (game, row) in self.games.iter().zip(observations.chunks_exact_mut(size.max(1))) {
            self.encoder.write(self.program.town(game.entry as usize), game, row);
        }
        Ok(())
    }

    /// Plays one night of every running game with these actions of the seats played from outside, (G, S, 3).
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a wrong length, an action off the rules in a running game, or an ended game that
    /// nothing follows; then no game has moved. [`Error::Threads`] if threads cannot be started.
    pub fn step<A: Number>(&mut self, actions: &[A], out: Output<'_, T>) -> Result<(), Error> {
        self.check_output(&out)?;
        let (threads, level) = (if self.games.len() < MANY { 1 } else { self.workers }, self.level);
        let step = |chunk: Chunk<T>| level.run(chunk);
        if threads == 1 {
            self.take(actions, false)?;
            self.chunks(out).into_iter().for_each(step);
            return Ok(());
        }
        threads::pool(threads)?.install(|| {
            self.take(actions, true)?;
            self.chunks(out).into_par_iter().for_each(step);
            Ok(())
        })
    }

    /// Checks actions and takes them as bytes.
    fn take<A: Number>(&mut self, actions: &[A], side_by_side: bool) -> Result<(), Error> {
        if actions.len() != self.games.len() * self.external.len() * 3 {
            return Error::invalid(format!("{} numbers are not actions of shape (G, S, 3).", actions.len()));
        }
        if self.autoreset == Autoreset::Disabled
            && let Some(row) = self.games.iter().position(|game| game.end != End::Running)
        {
            return Error::invalid(format!("The game in row {row} has ended: start another one there."));
        }
        let houses = self.houses as u8;
        let fits = if side_by_side {
            let size = 3 * CHUNK * self.external.len().max(1);
            let parts = self.actions.par_chunks_mut(size).zip(actions.par_chunks(size));
            parts.map(|(taken, given)| pack(taken, given, houses)).reduce(|| true, |one, other| one & other)
        } else {
            pack(&mut self.actions, actions, houses)
        };
        if fits { Ok(()) } else { self.refuse(actions) }
    }

    /// Says which action of a running game is off the rules, if one is.
    #[cold]
    fn refuse<A: Number>(&self, actions: &[A]) -> Result<(), Error> {
        let limits = [("house", self.houses as u8), ("mode", 2), ("signal", 2)];
        let seats = self.external.len();
        for (place, triple) in actions.chunks_exact(3).enumerate() {
            let (row, seat) = (place / seats, self.external[place % seats]);
            if self.games[row].end != End::Running {
                continue;
            }
            for (value, (what, limit)) in triple.iter().zip(limits) {
                if !value.byte(limit).1 {
                    return Error::invalid(format!(
                        "actions[{row}, {}]: {what} {value} of seat {seat} is not allowed: it must be from 0 to {}.",
                        place % seats,
                        limit - 1
                    ));
                }
            }
        }
        Ok(())
    }

    fn check_output(&self, out: &Output<'_, T>) -> Result<(), Error> {
        let rows = self.num_games();
        let observations = rows * self.observation_size();
        let optional = |length: usize, full: usize| length == 0 || length == full;
        let fits = out.observations.len() == observations
            && out.rewards.len() == rows * self.observed.len()
            && [out.terminated.len(), out.truncated.len(), out.started.len()] == [rows; 3]
            && optional(out.final_observations.len(), observations)
            && optional(out.final_counts.len(), rows * self.num_counts());
        if fits { Ok(()) } else { Error::invalid("The output does not have the shapes of this batch.") }
    }

    /// Cuts the batch and its output into tasks.
    fn chunks<'a>(&'a mut self, out: Output<'a, T>) -> Vec<Chunk<'a, T>> {
        let (width, size) = (self.num_counts(), self.encoder.size());
        let (seats, observed) = (3 * self.external.len(), self.observed.len());
        let Output {
            mut observations,
            mut rewards,
            mut terminated,
            mut truncated,
            mut started,
            mut final_observations,
            mut final_counts,
        } = out;
        let mut actions = self.actions.as_slice();
        let counts = self.counts.chunks_mut(CHUNK * width);
        let mut chunks = Vec::with_capacity(self.games.len().div_ceil(CHUNK));
        for (games, counts) in self.games.chunks_mut(CHUNK).zip(counts) {
            let rows = games.len();
            chunks.push(Chunk {
                program: &self.program,
                plans: &self.plans,
                stride: self.stride,
                autoreset: self.autoreset,
                external: &self.external,
                observed: &self.observed,
                encoder: &self.encoder,
                games,
                counts,
                actions: cut(&mut actions, rows * seats),
                observations: cut_mut(&mut observations, rows * size),
                rewards: cut_mut(&mut rewards, rows * observed),
                terminated: cut_mut(&mut terminated, rows),
                truncated: cut_mut(&mut truncated, rows),
                started: cut_mut(&mut started, rows),
                final_observations: cut_mut(&mut final_observations, rows * size),
                final_counts: cut_mut(&mut final_counts, rows * width),
            });
        }
        chunks
    }
}

/// Takes the first places off a slice; none if there are not as many.
fn cut<'a, T>(slice: &mut &'a [T], places: usize) -> &'a [T] {
    slice.split_off(..places).unwrap_or_default()
}

#[allow(clippy::mut_mut, reason = "what is taken is gone from the slice")]
fn cut_mut<'a, T>(slice: &mut &'a mut [T], places: usize) -> &'a mut [T] {
    slice.split_off_mut(..places).unwrap_or_default()
}

fn start(program: &Program, entry: u32, stream: Stream) -> Game {
    Game::start(program.town(entry as usize), entry, stream, &mut Tonight::new(stream, 0))
}

#[cfg(test)]
mod tests {
    use super::super::wire::Encoding;
    use super::*;
    use crate::common::{Compiled, FIREFIGHTER, Scenario, Strategy};

    #[test]
    fn every_instruction_set_steps_alike() {
        let scenario = Scenario::named("default-v2");
        let strategies =
            [Strategy::External, Strategy::Social(FIREFIGHTER), Strategy::Heuristic(FIREFIGHTER)];
        let team: Vec<Strategy> = strategies.iter().cycle().take(scenario.agents).cloned().collect();
        let compiled = Compiled::single(&scenario, &team);
        let answers: Vec<_> = Level::all()
            .into_iter()
            .map(|level| {
                let program = compiled.program().expect("a valid program").into_owned();
                let mut batch = Batch::new(Request {
                    program,
                    entries: &[0; 50],
                    seeds: &[3; 50],
                    games: &std::array::from_fn::<u64, 50, _>(|row| row as u64),
                    stride: 50,
                    autoreset: Autoreset::SameStep,
                    observed: &[0],
                    encoding: Encoding { source: vec![0], start: vec![0], table: vec![0_u8, 1, 2] },
                    prices: &[1.0; PRICES],
                    workers: Some(1),
                })
                .expect("a valid request");
                batch.level = level;
                let mut rewards = vec![0.0; 50];
                let mut flags = [[false; 50]; 3];
                for _ in 0..60 {
                    let [terminated, truncated, started] = &mut flags;
                    let out = Output {
                        observations: &mut [0; 50],
                        rewards: &mut rewards,
                        terminated,
                        truncated,
                        started,
                        final_observations: &mut [],
                        final_counts: &mut [],
                    };
                    batch.step(&[1_u8; 2 * 50 * 3], out).expect("actions by the rules");
                }
                (batch.states(), rewards)
            })
            .collect();
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
