//! What the native strategies do on a night (rules.md, section 6).
//!
//! A decision reads only words whose value can change it, so the order of the questions below is not
//! always the order of the rules; the answers are the same, since every word has its own place.

use crate::draws::{CERTAIN, Purpose, Words, scaled};
use crate::program::{Intent, MAX_HOUSES, Policy, Program, Social, Town, WEIGHTS, weight_index};
use crate::rules::{Houses, each, neighbours};

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
    attractions: &Attractions,
    agent: usize,
    words: &mut impl Words,
) -> Action {
    let home = view.town.homes[agent];
    match policy {
        &Policy::Heuristic { work, home_first, honesty } => {
            let work = words.chance(Purpose::Work, agent, work);
            let fires = Fires::new(view.houses.burning);
            let house = if work { heuristic_house(home, &fires, agent, home_first, words) } else { home };
            Action { house, work, signal: work == words.chance(Purpose::Signal, agent, honesty) }
        }
        Policy::Social(social) => {
            let (house, work) = social_move(social, view, attractions, agent, words);
            let intends = intent(social, view, agent).work;
            Action { house, work, signal: intends == words.chance(Purpose::Signal, agent, social.honesty) }
        }
        Policy::Tabular { table, .. } => {
            let (house, work) = tabular_move(&program.tables[table.clone()], view, agent, words);
            Action { house, work, signal: work }
        }
        Policy::External => Action::default(),
    }
}

/// The burning houses as a list.
#[derive(Debug)]
pub struct Fires {
    mask: u32,
    count: u32,
    houses: [u8; MAX_HOUSES],
}

impl Fires {
    /// Lists the houses of a mask in ascending order.
    #[inline(always)]
    pub fn new(mask: u32) -> Self {
        let mut houses = [0; MAX_HOUSES];
        for (place, house) in houses.iter_mut().zip(each(mask)) {
            *place = house as u8;
        }
        Self { mask, count: mask.count_ones(), houses }
    }
}

/// Where a heuristic agent that works goes.
#[inline(always)]
pub fn heuristic_house(home: u8, fires: &Fires, agent: usize, home_first: u64, words: &mut impl Words) -> u8 {
    if fires.count <= 1 {
        // Home first or not, there is only one place to go.
        return if fires.count == 0 { home } else { fires.houses[0] };
    }
    // Looked at whether home burns or not: a branch that nobody can foresee costs more than the word.
    let home_first = words.chance(Purpose::Home, agent, home_first);
    let pick = scaled(words.word(Purpose::Pick, agent), fires.count);
    if home_first && fires.mask >> home & 1 == 1 { home } else { fires.houses[pick as usize % MAX_HOUSES] }
}

/// What draws a social agent to a house, but for the distance from home: the same for every agent.
#[derive(Debug)]
pub struct Attractions([u16; MAX_HOUSES]);

impl Attractions {
    /// For views that no social agent looks at.
    #[inline(always)]
    pub const fn none() -> Self {
        Self([0; MAX_HOUSES])
    }

    /// Looks at the houses of a view.
    #[inline(always)]
    pub fn new(view: &View) -> Self {
        let mut located = [0_u16; MAX_HOUSES];
        if view.night > 1 {
            for action in view.last {
                located[usize::from(action.house) % MAX_HOUSES] += 1;
            }
        }
        let burning = view.houses.burning;
        let [left, right] = neighbours(view.town, burning);
        let mut attractions = [0; MAX_HOUSES];
        for house in 0..MAX_HOUSES {
            let bit = |mask: u32| (mask as u16) >> house & 1;
            let fires = 3 * bit(burning) + bit(left) + bit(right);
            attractions[house] = weight_index(fires, located[house], view.town.agents);
        }
        Self(attractions)
    }
}

/// House and mode of a social agent.
#[inline(always)]
pub fn social_move(
    social: &Social,
    view: &View,
    attractions: &Attractions,
    agent: usize,
    words: &mut impl Words,
) -> (u8, bool) {
    if view.night > 1 && words.chance(Purpose::Habit, agent, social.memory) {
        let before = view.last[agent];
        return (before.house, before.work);
    }
    if words.chance(Purpose::Stray, agent, social.exploration) {
        let house = scaled(words.word(Purpose::StrayHouse, agent), view.town.houses as u32);
        return (house as u8, words.word(Purpose::StrayMode, agent) >> 31 == 1);
    }
    let intent = intent(social, view, agent);
    let signal = intent.work == words.chance(Purpose::Signal, agent, social.honesty);
    let work = words.chance(Purpose::Work, agent, if signal { social.honesty } else { intent.altruistic });
    let pick = words.word(Purpose::Pick, agent);
    (attracted_to(&social.weights, view.town, attractions, agent, pick), work)
}

#[inline(always)]
fn intent(social: &Social, view: &View, agent: usize) -> Intent {
    let burning = view.houses.burning;
    let home_burns = burning >> view.town.homes[agent] & 1;
    social.intents[burning.count_ones() as usize][home_burns as usize]
}

#[inline(always)]
fn attracted_to(
    weights: &[u32; WEIGHTS],
    town: &Town,
    attractions: &Attractions,
    agent: usize,
    pick: u32,
) -> u8 {
    let weight = |house: usize| {
        weights[usize::from(attractions.0[house] | u16::from(town.steps[agent][house])) % WEIGHTS]
    };
    let ring = 0..town.houses.min(MAX_HOUSES);
    let target = scaled(pick, ring.clone().map(weight).sum());
    // The running total rises and ends above the target, so the houses not above it come first.
    let mut running = 0;
    let mut chosen = 0;
    for house in ring {
        running += weight(house);
        chosen += u8::from(running <= target);
    }
    chosen
}

/// House and mode of a tabular agent.
#[inline(always)]
pub fn tabular_move(table: &[u64], view: &View, agent: usize, words: &mut impl Words) -> (u8, bool) {
    let actions = 2 * view.town.houses;
    let row = &table[table_row(view.houses) * actions..][..actions];
    let possible = row.partition_point(|&threshold| threshold == 0);
    let action = if row[possible] == CERTAIN {
        possible
    } else {
        let word = u64::from(words.word(Purpose::Work, agent));
        row.partition_point(|&threshold| threshold <= word)
    };
    ((action / 2) as u8, action % 2 == 1)
}

/// The number whose ternary digit `h`, least significant first, is the state of house `h`.
#[inline(always)]
fn table_row(houses: Houses) -> usize {
    (ternary(houses.burning) + 2 * ternary(houses.ruined)) as usize
}

const fn ternary(mask: u32) -> u32 {
    const HIGH: u32 = 3_u32.pow(8);
    TERNARY[mask as usize & 255] as u32 + HIGH * TERNARY[mask as usize >> 8 & 255] as u32
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
