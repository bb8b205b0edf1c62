//! What the native strategies do on a night (rules.md, section 6).
//!
//! A decision reads only words whose value can change it, so the order of the questions below is not
//! always the order of the rules; the answers are the same, since every word has its own place.

use crate::draws::{CERTAIN, Purpose, Words, scaled};
use crate::program::{MAX_HOUSES, Policy, Program, Town};
use crate::rules::{Houses, neighbours};

/// What an agent does on a night.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// The house it works or rests at.
    pub house: u8,
    /// Whether it works.
    pub work: bool,
    /// What it signals.
    pub signal: bool,
}

/// What everybody sees at the start of a night.
#[derive(Debug)]
pub struct View<'a> {
    /// The town.
    pub town: &'a Town,
    /// The houses.
    pub houses: Houses,
    /// The night that is about to be played, from 1.
    pub night: u32,
    /// The actions of the night before, by agent; unused on night 1.
    pub last: &'a [Action],
}

/// The decision of one native strategy with its signal; an external seat does nothing.
pub fn decide(
    program: &Program,
    policy: &Policy,
    view: &View,
    crowds: &Weighed,
    agent: usize,
    words: &mut impl Words,
) -> Action {
    let home = view.town.homes[agent];
    match *policy {
        Policy::Heuristic { work, home_first, honesty } => {
            let works = words.chance(Purpose::Work, agent, work);
            let house = if works {
                heuristic_house(view.town, view.houses.burning, agent, home_first, words)
            } else {
                home
            };
            let signal = works == words.chance(Purpose::Signal, agent, honesty);
            Action { house, work: works, signal }
        }
        Policy::Social { honesty, .. } => {
            let (house, work) = social(program, policy, view, crowds, agent, words);
            let (intends, _) = intent(program, policy, view, agent);
            Action { house, work, signal: intends == words.chance(Purpose::Signal, agent, honesty) }
        }
        Policy::Tabular { ref table, .. } => {
            let (house, work) = tabular(&program.tables[table.clone()], view, agent, words);
            Action { house, work, signal: work }
        }
        Policy::External => Action::default(),
    }
}

/// Where a heuristic agent that works goes.
#[inline]
pub fn heuristic_house(
    town: &Town,
    burning: u32,
    agent: usize,
    home_first: u64,
    words: &mut impl Words,
) -> u8 {
    let home = town.homes[agent];
    let fires = burning.count_ones();
    if fires <= 1 {
        // Home first or not, there is only one place to go.
        return if fires == 0 { home } else { burning.trailing_zeros() as u8 };
    }
    if burning >> home & 1 == 1 && words.chance(Purpose::Home, agent, home_first) {
        return home;
    }
    let mut fires_left = burning;
    for _ in 0..scaled(words.word(Purpose::Pick, agent), u64::from(fires)) {
        fires_left &= fires_left - 1;
    }
    fires_left.trailing_zeros() as u8
}

/// Where in a table of weights each house stands tonight, but for the distance: the same for every agent.
#[derive(Debug)]
pub struct Weighed([u16; MAX_HOUSES]);

impl Weighed {
    /// Weighs the houses of a view.
    #[inline]
    pub fn new(view: &View) -> Self {
        let town = view.town;
        let mut located = [0_u16; MAX_HOUSES];
        if view.night > 1 {
            for action in view.last {
                located[usize::from(action.house)] += 1;
            }
        }
        let [left, right] = neighbours(town, view.houses.burning);
        let mut places = [0; MAX_HOUSES];
        for house in 0..town.houses {
            let bit = |mask: u32| (mask >> house & 1) as u16;
            let row = 3 * bit(view.houses.burning) + bit(left) + bit(right);
            places[house] = row * (town.agents as u16 + 1) + located[house];
        }
        Self(places)
    }
}

/// House and mode of a social agent.
#[inline]
pub fn social(
    program: &Program,
    policy: &Policy,
    view: &View,
    weighed: &Weighed,
    agent: usize,
    words: &mut impl Words,
) -> (u8, bool) {
    let &Policy::Social { honesty, exploration, memory, ref weights, .. } = policy else {
        return (0, false);
    };
    if view.night > 1 && words.chance(Purpose::Habit, agent, memory) {
        let before = view.last[agent];
        return (before.house, before.work);
    }
    if words.chance(Purpose::Stray, agent, exploration) {
        let house = scaled(words.word(Purpose::StrayHouse, agent), view.town.houses as u64);
        return (house as u8, words.word(Purpose::StrayMode, agent) >> 31 == 1);
    }
    let (intends, altruistic) = intent(program, policy, view, agent);
    let signal = intends == words.chance(Purpose::Signal, agent, honesty);
    let work = words.chance(Purpose::Work, agent, if signal { honesty } else { altruistic });
    let pick = words.word(Purpose::Pick, agent);
    (weighed_house(&program.tables[weights.clone()], view.town, weighed, agent, pick), work)
}

/// Whether a social agent intends to work, and its threshold of working after signalling rest.
#[inline]
fn intent(program: &Program, policy: &Policy, view: &View, agent: usize) -> (bool, u64) {
    let Policy::Social { intents, .. } = policy else {
        return (false, 0);
    };
    let home_burns = view.houses.burning >> view.town.homes[agent] & 1;
    let row = 4 * view.houses.burning.count_ones() + 2 * home_burns;
    let pair = &program.tables[intents.clone()][row as usize..];
    (pair[0] == 1, pair[1])
}

#[inline]
fn weighed_house(weights: &[u64], town: &Town, weighed: &Weighed, agent: usize, pick: u32) -> u8 {
    let row = 6 * (town.agents + 1);
    let mut running = [0; MAX_HOUSES];
    let mut total = 0;
    for house in 0..town.houses {
        total += weights[row * usize::from(town.steps[agent][house]) + usize::from(weighed.0[house])];
        running[house] = total;
    }
    let target = scaled(pick, total);
    // The running total rises and ends above the target, so the houses not above it come first.
    running[..town.houses].iter().map(|&so_far| u8::from(so_far <= target)).sum()
}

/// House and mode of a tabular agent.
#[inline]
pub fn tabular(table: &[u64], view: &View, agent: usize, words: &mut impl Words) -> (u8, bool) {
    let actions = 2 * view.town.houses;
    let state = table_row(view.houses);
    let row = &table[state * actions..][..actions];
    let first = row.partition_point(|&threshold| threshold == 0);
    let action = if row[first] == CERTAIN {
        first
    } else {
        let word = u64::from(words.word(Purpose::Work, agent));
        row.partition_point(|&threshold| threshold <= word)
    };
    ((action / 2) as u8, action % 2 == 1)
}

/// The number whose ternary digit `h`, least significant first, is the state of house `h`.
#[inline]
fn table_row(houses: Houses) -> usize {
    (ternary(houses.burning) + 2 * ternary(houses.ruined)) as usize
}

const fn ternary(mask: u32) -> u32 {
    const HIGH: u32 = 3_u32.pow(8);
    TERNARY[mask as usize & 255] as u32 + HIGH * TERNARY[mask as usize >> 8] as u32
}

/// For each mask of eight houses, the sum of their powers of three.
static TERNARY: [u16; 256] = {
    let mut sums = [0; 256];
    let mut mask = 1_usize;
    while mask < 256 {
        let lowest = mask & mask.wrapping_neg();
        sums[mask] = sums[mask ^ lowest] + 3_u16.pow(lowest.trailing_zeros());
        mask += 1;
    }
    sums
};
