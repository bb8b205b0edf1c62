//! What a program is made of.

use std::ops::Range;

/// The largest ring.
pub const MAX_HOUSES: usize = 16;
/// The largest team.
pub const MAX_AGENTS: usize = 16;
/// The longest game.
pub const MAX_NIGHTS: u32 = 10_000;

/// A program as plain arrays, laid out as in `bucket_brigade.game.program.Program`.
///
/// T towns, S policies, E entries, N agents; matrices are in row-major order.
#[derive(Clone, Copy, Debug)]
pub struct Arrays<'a> {
    /// N.
    pub num_agents: usize,
    /// (T,) ring size H.
    pub num_houses: &'a [u8],
    /// (T,) whether fires spread before they burn out.
    pub before_burn_out: &'a [bool],
    /// (T,) whether a game ends once no house burns; if not, once all are safe or all are ruined.
    pub until_no_fires: &'a [bool],
    /// (T,) no game ends earlier.
    pub min_nights: &'a [u32],
    /// (T,) every game ends here.
    pub max_nights: &'a [u32],
    /// (T, N) the house each agent lives at.
    pub homes: &'a [u8],
    /// (T,) threshold of a house burning on night 0.
    pub initial_fire: &'a [u64],
    /// (T, 3) thresholds of catching fire, by the number of burning neighbours.
    pub ignite: &'a [u64],
    /// (T, N+1) thresholds of a fire being put out, by the number of workers.
    pub extinguish: &'a [u64],
    /// (S,) 0 heuristic, 1 social, 2 tabular, 3 external.
    pub kind: &'a [u8],
    /// (S,) the ring size a policy was compiled for.
    pub policy_houses: &'a [u8],
    /// (S, 3) thresholds of a policy.
    pub chances: &'a [u64],
    /// (S+1,) policy s owns `tables[table_start[s]..table_start[s+1]]`.
    pub table_start: &'a [i64],
    /// The tables of all policies.
    pub tables: &'a [u64],
    /// (E,) the town of each entry.
    pub town: &'a [u32],
    /// (E, N) the policy on each seat of each entry.
    pub seats: &'a [u32],
}

/// A scenario as integers.
#[derive(Clone, Debug)]
pub struct Town {
    /// N.
    pub agents: usize,
    /// H.
    pub houses: usize,
    /// The mask of all houses.
    pub ring: u32,
    /// Whether fires spread before they burn out; if not, no fire ever spreads.
    pub before_burn_out: bool,
    /// Whether a game ends once no house burns; if not, once all are safe or all are ruined.
    pub until_no_fires: bool,
    /// No game ends earlier.
    pub min_nights: u32,
    /// Every game ends here.
    pub max_nights: u32,
    /// The house each agent lives at.
    pub homes: [u8; MAX_AGENTS],
    /// Threshold of a house burning on night 0.
    pub initial_fire: u64,
    /// Thresholds of catching fire, by the number of burning neighbours.
    pub ignite: [u64; 3],
    /// Thresholds of a fire being put out, by the number of workers.
    pub extinguish: [u64; MAX_AGENTS + 1],
    /// The agent who owns each house.
    pub owner: [u8; MAX_HOUSES],
    /// The mask of the houses each agent owns.
    pub owned: [u32; MAX_AGENTS],
    /// Ring distance from each agent's home to each house, the shorter way round.
    pub steps: [[u8; MAX_HOUSES]; MAX_AGENTS],
}

/// A strategy as integers.
#[derive(Clone, Debug)]
pub enum Policy {
    /// Thresholds of working, of a fire at home coming first, and of an honest signal.
    Heuristic {
        /// Works rather than rests.
        work: u64,
        /// A worker goes home first if home burns.
        home_first: u64,
        /// Signals its mode.
        honesty: u64,
    },
    /// Thresholds and tables.
    Social(Box<Social>),
    /// Running thresholds, (3^H, 2H).
    Tabular {
        /// Where the table is.
        table: Range<usize>,
        /// Whether every action is certain, so that no word is needed.
        pure: bool,
    },
    /// Played from outside.
    External,
}

/// A social strategy as integers.
#[derive(Clone, Debug)]
pub struct Social {
    /// Signals its intent, and keeps a promise to work.
    pub honesty: u64,
    /// Explores.
    pub exploration: u64,
    /// Repeats the night before.
    pub memory: u64,
    /// By the number of burning houses and by whether home burns.
    pub intents: Vec<[Intent; 2]>,
    /// The weight of a house at [`weight_index`]; of a whole ring, they add up to less than 2^32.
    pub weights: [u32; WEIGHTS],
}

/// What a social agent is up to.
#[derive(Clone, Copy, Debug)]
pub struct Intent {
    /// Whether it intends to work.
    pub work: bool,
    /// Threshold of working after signalling rest.
    pub altruistic: u64,
}

/// Places in a table of weights, some of them unused: a power of two, so that no index can miss it.
pub const WEIGHTS: usize = 2048;

/// The place of a house's weight but for the distance from home, which is added.
///
/// `fires` is three if the house burns, plus its burning neighbours; `located` are the agents there last
/// night. The distance comes last, since all else is the same for every agent.
#[inline]
pub const fn weight_index(fires: u16, located: u16, agents: usize) -> u16 {
    (fires * (agents as u16 + 1) + located) << 4
}
