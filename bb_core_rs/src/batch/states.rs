//! The state of a batch as plain arrays, out and in.

use super::games::Batch;
use crate::draws::Stream;
use crate::error::Error;
use crate::policies::Action;
use crate::program::{MAX_AGENTS, MAX_HOUSES, MAX_NIGHTS};
use crate::rules::{End, Houses};
use crate::stepper::{Game, bytes};

/// The largest count of a game: each of its houses on each of its nights.
const MOST: i32 = (MAX_NIGHTS * MAX_HOUSES as u32).cast_signed();

/// All there is to know about the games of a batch; G games, H houses, N agents, D counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct States {
    /// (G,)
    pub entries: Vec<u32>,
    /// (G,)
    pub seeds: Vec<u64>,
    /// (G,)
    pub games: Vec<u64>,
    /// (G,) nights played.
    pub nights: Vec<u32>,
    /// (G,) 0 running, 1 terminated, 2 truncated.
    pub finished: Vec<u8>,
    /// (G, H) 0 safe, 1 burning, 2 ruined.
    pub houses: Vec<u8>,
    /// (G, N, 3) house, mode and signal of the night before.
    pub actions: Vec<u8>,
    /// (G, D) counts so far.
    pub counts: Vec<i32>,
}

impl<T: Copy + Send + Sync> Batch<T> {
    /// The games as they stand.
    pub fn states(&self) -> States {
        let agents = self.program.agents;
        let origins: Vec<(u64, u64)> = self.games.iter().map(|game| game.stream.origin()).collect();
        let house = |game: &Game| (0..self.houses).map(|house| game.houses.state(house)).collect::<Vec<_>>();
        States {
            entries: self.games.iter().map(|game| game.entry).collect(),
            seeds: origins.iter().map(|origin| origin.0).collect(),
            games: origins.iter().map(|origin| origin.1).collect(),
            nights: self.games.iter().map(|game| game.night).collect(),
            finished: self.games.iter().map(|game| game.end as u8).collect(),
            houses: self.games.iter().flat_map(house).collect(),
            actions: self
                .games
                .iter()
                .flat_map(|game| &game.last[..agents])
                .flat_map(|&action| bytes(action))
                .collect(),
            counts: self.counts.clone(),
        }
    }

    /// Goes on from other states.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if they are not states of this batch; then nothing has changed.
    pub fn load(&mut self, states: &States) -> Result<(), Error> {
        let rows = self.num_games();
        let agents = self.program.agents;
        let lengths = [
            (states.entries.len(), 1),
            (states.seeds.len(), 1),
            (states.games.len(), 1),
            (states.nights.len(), 1),
            (states.finished.len(), 1),
            (states.houses.len(), self.houses),
            (states.actions.len(), 3 * agents),
            (states.counts.len(), self.num_counts()),
        ];
        if lengths.iter().any(|&(length, each)| length != rows * each) {
            return Error::invalid("The states do not have the shapes of this batch.");
        }
        // So many that no night to come can pass what fits in them.
        if let Some(count) = states.counts.iter().find(|count| !(0..=MOST).contains(*count)) {
            return Error::invalid(format!(
                "The states hold a count of {count}: it must be from 0 to {MOST}."
            ));
        }
        let game = |row: usize| {
            let houses = &states.houses[row * self.houses..][..self.houses];
            let actions = &states.actions[row * 3 * agents..][..3 * agents];
            let mask = |state: u8| {
                (0..self.houses).fold(0, |mask, house| mask | u32::from(houses[house] == state) << house)
            };
            let allowed =
                |triple: &[u8]| usize::from(triple[0]) < self.houses && triple[1] <= 1 && triple[2] <= 1;
            let (entry, night) = (states.entries[row], states.nights[row]);
            let end = match states.finished[row] {
                0 => End::Running,
                1 => End::Terminated,
                2 => End::Truncated,
                _ => return None,
            };
            let limit = (entry as usize) < self.program.entries()
                && (night < self.program.town(entry as usize).max_nights
                    || (night == self.program.town(entry as usize).max_nights && end != End::Running));
            if !limit || houses.iter().any(|&house| house > 2) || !actions.chunks_exact(3).all(allowed) {
                return None;
            }
            let mut last = [Action::default(); MAX_AGENTS];
            for (action, triple) in last.iter_mut().zip(actions.chunks_exact(3)) {
                *action = Action { house: triple[0], work: triple[1] == 1, signal: triple[2] == 1 };
            }
            Some(Game {
                entry,
                stream: Stream::new(states.seeds[row], states.games[row]),
                night,
                end,
                houses: Houses { burning: mask(1), ruined: mask(2) },
                last,
            })
        };
        let Some(games) = (0..rows).map(game).collect::<Option<Vec<_>>>() else {
            return Error::invalid("The states are not those of games of this program.");
        };
        self.games = games;
        self.counts.clone_from(&states.counts);
        Ok(())
    }
}
