//! Games night by night, for seats that are played from outside.
//!
//! The plain twin of the rollout: every night is played as the rules tell it, and counted at once.

use crate::counts::{
    DISTANCE, NIGHTS, OWN, OWN_RUINED, OWN_SAVES, RUINED, SAFE, SAVES, TERMINATED, WORKED, num_counts,
};
use crate::draws::{Stream, Tonight, Words};
use crate::error::Error;
use crate::policies::{Action, Attractions, View, decide};
use crate::program::{MAX_AGENTS, Policy, Program, Town};
use crate::rules::{Crowd, End, Houses, end, extinguish, first_fires, ignite, spread};

/// A batch of G games. Finished games stay as they ended.
#[derive(Debug)]
pub struct Stepper {
    program: Program<'static>,
    houses: usize,
    games: Vec<Game>,
    counts: Vec<i32>,
}

/// One game between two nights.
#[derive(Clone, Debug)]
pub(crate) struct Game {
    pub(crate) entry: u32,
    pub(crate) stream: Stream,
    pub(crate) night: u32,
    pub(crate) end: End,
    pub(crate) houses: Houses,
    pub(crate) last: [Action; MAX_AGENTS],
}

impl Game {
    /// A game on night 0, with the words of that night.
    #[inline(always)]
    pub(crate) fn start(town: &Town, entry: u32, stream: Stream, words: &mut impl Words) -> Self {
        let houses = Houses { burning: first_fires(town, words), ruined: 0 };
        Self { entry, stream, night: 0, end: End::Running, houses, last: [Action::default(); MAX_AGENTS] }
    }
}

/// The ring size of every town, or why a stepper cannot play them together.
pub(crate) fn one_ring_size(program: &Program) -> Result<usize, Error> {
    let sizes: Vec<usize> = (0..program.entries()).map(|entry| program.town(entry).houses).collect();
    let houses = sizes.first().copied().unwrap_or(0);
    if let Some(other) = sizes.iter().find(|&&other| other != houses) {
        return Error::invalid(format!(
            "Entries are played on rings of {houses} and of {other} houses: a stepper plays one ring size."
        ));
    }
    Ok(houses)
}

impl Stepper {
    /// Starts game `games[g]` of entry `entries[g]` for every g, ready for night 1.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the entries' rings differ in size, the lengths differ, or an entry is not there.
    pub fn new(program: Program<'static>, seed: u64, entries: &[u32], games: &[u64]) -> Result<Self, Error> {
        let houses = one_ring_size(&program)?;
        if entries.len() != games.len() {
            return Error::invalid(format!("There are {} entries for {} games.", entries.len(), games.len()));
        }
        if let Some(entry) = entries.iter().find(|&&entry| entry as usize >= program.entries()) {
            return Error::invalid(format!(
                "Entry {entry} is not there: the program has {}.",
                program.entries()
            ));
        }
        let start = |(&entry, &game): (&u32, &u64)| {
            let stream = Stream::new(seed, game);
            Game::start(program.town(entry as usize), entry, stream, &mut Tonight::new(stream, 0))
        };
        let games: Vec<Game> = entries.iter().zip(games).map(start).collect();
        let counts = vec![0; games.len() * num_counts(program.agents)];
        Ok(Self { program, houses, games, counts })
    }

    /// N.
    pub fn agents(&self) -> usize {
        self.program.agents
    }

    /// H.
    pub fn num_houses(&self) -> usize {
        self.houses
    }

    /// G.
    pub fn num_games(&self) -> usize {
        self.games.len()
    }

    /// (G,) nights played so far.
    pub fn nights(&self) -> Vec<u32> {
        self.games.iter().map(|game| game.night).collect()
    }

    /// (G, H) the houses now: 0 safe, 1 burning, 2 ruined.
    pub fn houses(&self) -> Vec<u8> {
        let ring = self.num_houses();
        self.games.iter().flat_map(|game| (0..ring).map(|house| game.houses.state(house))).collect()
    }

    /// (G, N, 3) house, mode and signal of the night before; zeros before night 1.
    pub fn last_actions(&self) -> Vec<u8> {
        self.games
            .iter()
            .flat_map(|game| &game.last[..self.agents()])
            .flat_map(|&action| bytes(action))
            .collect()
    }

    /// (G,) 0 still running, 1 terminated by the rules, 2 truncated by the night limit.
    pub fn finished(&self) -> Vec<u8> {
        self.games.iter().map(|game| game.end as u8).collect()
    }

    /// (G, D) counts so far.
    pub fn counts(&self) -> &[i32] {
        &self.counts
    }

    /// (G, N, 3) what the native strategies do tonight; zeros on external seats and in finished games.
    pub fn decide(&self) -> Vec<u8> {
        let mut actions = Vec::with_capacity(self.games.len() * self.agents() * 3);
        for game in &self.games {
            if game.end == End::Running {
                self.decide_one(game, &mut actions);
            } else {
                actions.resize(actions.len() + 3 * self.agents(), 0);
            }
        }
        actions
    }

    fn decide_one(&self, game: &Game, actions: &mut Vec<u8>) {
        let entry = game.entry as usize;
        let night = game.night + 1;
        let last = &game.last[..self.agents()];
        let view = View { town: self.program.town(entry), houses: game.houses, night, last };
        let attractions = Attractions::new(&view);
        let mut words = Tonight::new(game.stream, night);
        for (agent, policy) in self.program.team(entry).enumerate() {
            let action = match policy {
                Policy::External => Action::default(),
                native => decide(&self.program, native, &view, &attractions, agent, &mut words),
            };
            actions.extend(bytes(action));
        }
    }

    /// Plays one night of every running game with these actions, (G, N, 3).
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a wrong length, a house off the ring, or a mode or signal other than 0 and 1
    /// in a running game; then no game has moved.
    pub fn apply(&mut self, actions: &[u8]) -> Result<(), Error> {
        let size = 3 * self.agents();
        if actions.len() != self.games.len() * size {
            return Error::invalid(format!("{} numbers are not actions of shape (G, N, 3).", actions.len()));
        }
        for (g, (game, row)) in self.games.iter().zip(actions.chunks_exact(size)).enumerate() {
            if game.end == End::Running {
                self.check(g, row)?;
            }
        }
        let width = num_counts(self.agents());
        let rows = actions.chunks_exact(size).zip(self.counts.chunks_exact_mut(width));
        for (game, (row, counts)) in self.games.iter_mut().zip(rows) {
            if game.end == End::Running {
                for (action, triple) in game.last.iter_mut().zip(row.chunks_exact(3)) {
                    *action = Action { house: triple[0], work: triple[1] == 1, signal: triple[2] == 1 };
                }
                let town = self.program.town(game.entry as usize);
                let mut words = Tonight::new(game.stream, game.night + 1);
                let saved = play_night(town, game, &mut words);
                count(town, game, saved, counts);
            }
        }
        Ok(())
    }

    fn check(&self, game: usize, row: &[u8]) -> Result<(), Error> {
        let houses = self.num_houses();
        for (agent, triple) in row.chunks_exact(3).enumerate() {
            let what = match *triple {
                [house, ..] if usize::from(house) >= houses => {
                    format!("house {house}: there are {houses}")
                }
                [_, mode, _] if mode > 1 => format!("mode {mode}: it must be 0 or 1"),
                [_, _, signal] if signal > 1 => format!("signal {signal}: it must be 0 or 1"),
                _ => continue,
            };
            return Error::invalid(format!("actions[{game}, {agent}] has {what}."));
        }
        Ok(())
    }
}

/// Plays the next night of a game by the actions of `last`; returns the houses that were saved.
#[inline(always)]
pub(crate) fn play_night(town: &Town, game: &mut Game, words: &mut impl Words) -> u32 {
    game.night += 1;
    let mut crowd = Crowd::default();
    for action in game.last[..town.agents].iter().filter(|action| action.work) {
        crowd[usize::from(action.house)] += 1;
    }
    let before = game.houses;
    let fires = extinguish(town, before.burning, &crowd, words);
    let ruined = before.ruined | fires;
    let burning = ignite(town, town.ring & !ruined, spread(town, fires), words);
    game.houses = Houses { burning, ruined };
    game.end = end(town, game.night, game.houses);
    before.burning & !fires & !burning
}

/// Adds a night to the counts of its game.
#[inline(always)]
pub(crate) fn count(town: &Town, game: &Game, saved: u32, counts: &mut [i32]) {
    let Houses { burning, ruined } = game.houses;
    let (own, shared) = counts.split_at_mut(OWN * town.agents);
    for (agent, columns) in own.chunks_exact_mut(OWN).enumerate() {
        let action = game.last[agent];
        if action.work {
            columns[WORKED] += 1;
            columns[DISTANCE] += i32::from(town.steps[agent][usize::from(action.house)]);
        }
        columns[OWN_SAVES] += (saved & town.owned[agent]).count_ones().cast_signed();
        columns[OWN_RUINED] += (ruined & town.owned[agent]).count_ones().cast_signed();
    }
    shared[NIGHTS] += 1;
    shared[SAFE] += (town.ring & !(burning | ruined)).count_ones().cast_signed();
    shared[RUINED] += ruined.count_ones().cast_signed();
    shared[SAVES] += saved.count_ones().cast_signed();
    shared[TERMINATED] = i32::from(game.end == End::Terminated);
}

pub(crate) const fn bytes(action: Action) -> [u8; 3] {
    [action.house, action.work as u8, action.signal as u8]
}
