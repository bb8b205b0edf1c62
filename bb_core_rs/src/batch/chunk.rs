//! One night of some rows of a batch, on one thread.

use super::request::{Autoreset, Plan};
use super::wire::{Encoder, rewards};
use super::words::Wide;
use crate::counts::num_counts;
use crate::draws::Stream;
use crate::instructions::Work;
use crate::policies::{Action, Attractions, View, decide};
use crate::program::{MAX_AGENTS, Program};
use crate::rules::End;
use crate::stepper::{Game, count, play_night};

/// Some rows, their actions, and where their night is told; see `Batch` and `Output`.
#[derive(Debug)]
pub(super) struct Chunk<'a, T> {
    pub(super) program: &'a Program<'static>,
    pub(super) plans: &'a [Plan],
    pub(super) stride: u64,
    pub(super) autoreset: Autoreset,
    pub(super) external: &'a [u8],
    pub(super) observed: &'a [u8],
    pub(super) encoder: &'a Encoder<T>,
    pub(super) games: &'a mut [Game],
    pub(super) counts: &'a mut [i32],
    pub(super) actions: &'a [u8],
    pub(super) observations: &'a mut [T],
    pub(super) rewards: &'a mut [f64],
    pub(super) terminated: &'a mut [bool],
    pub(super) truncated: &'a mut [bool],
    pub(super) started: &'a mut [bool],
    pub(super) final_observations: &'a mut [T],
    pub(super) final_counts: &'a mut [i32],
}

impl<T: Copy> Work for Chunk<'_, T> {
    type Out = ();

    /// Plays the night.
    #[inline(always)]
    fn run(mut self) {
        let mut words = Wide::new();
        for row in 0..self.games.len() {
            self.step_row(row, &mut words);
        }
    }
}

impl<T: Copy> Chunk<'_, T> {
    #[inline(always)]
    fn step_row(&mut self, row: usize, words: &mut Wide) {
        let width = num_counts(self.program.agents);
        let size = self.encoder.size();
        let observed = self.observed.len();
        let game = &mut self.games[row];
        let counts = &mut self.counts[row * width..][..width];
        let worth = &mut self.rewards[row * observed..][..observed];
        let entry = game.entry as usize;
        let town = self.program.town(entry);
        let mut started = false;
        let mut end = End::Running;
        if game.end == End::Running {
            let plan = &self.plans[entry];
            let actions = &self.actions[row * self.external.len() * 3..][..self.external.len() * 3];
            words.turn_to(game.stream, game.night + 1, plan.groups);
            act(self.program, plan, self.external, actions, game, words);
            let saved = play_night(town, game, words);
            count(town, game, saved, counts);
            rewards(town, game, saved, self.observed, &plan.prices, worth);
            end = game.end;
            if end != End::Running {
                if let Some(kept) = self.final_counts.get_mut(row * width..(row + 1) * width) {
                    kept.copy_from_slice(counts);
                }
                if self.autoreset == Autoreset::SameStep {
                    if let Some(last) = self.final_observations.get_mut(row * size..(row + 1) * size) {
                        self.encoder.write(town, game, last);
                    }
                    started = true;
                }
            }
        } else {
            worth.fill(0.0);
            started = true;
        }
        if started {
            let (seed, number) = game.stream.origin();
            let stream = Stream::new(seed, number.wrapping_add(self.stride));
            words.turn_to(stream, 0, 0);
            *game = Game::start(town, game.entry, stream, words);
            counts.fill(0);
        }
        self.terminated[row] = end == End::Terminated;
        self.truncated[row] = end == End::Truncated;
        self.started[row] = started;
        self.encoder.write(town, game, &mut self.observations[row * size..][..size]);
    }
}

/// Lets every agent act, all at once.
#[inline(always)]
fn act(program: &Program, plan: &Plan, external: &[u8], actions: &[u8], game: &mut Game, words: &mut Wide) {
    let town = program.town(game.entry as usize);
    if !plan.native.is_empty() {
        // Nobody sees what others do tonight.
        let mut tonight = [Action::default(); MAX_AGENTS];
        let view = View { town, houses: game.houses, night: game.night + 1, last: &game.last[..town.agents] };
        let attractions = if plan.remembers { Attractions::new(&view) } else { Attractions::none() };
        for (action, &(seat, policy)) in tonight.iter_mut().zip(&plan.native) {
            let policy = &program.policies[policy as usize];
            *action = decide(program, policy, &view, &attractions, usize::from(seat), words);
        }
        for (&action, &(seat, _)) in tonight.iter().zip(&plan.native) {
            game.last[usize::from(seat) % MAX_AGENTS] = action;
        }
    }
    // Written where they stay: a copy by wide loads would wait for these narrow stores.
    for (&seat, triple) in external.iter().zip(actions.chunks_exact(3)) {
        game.last[usize::from(seat) % MAX_AGENTS] =
            Action { house: triple[0], work: triple[1] == 1, signal: triple[2] == 1 };
    }
}
