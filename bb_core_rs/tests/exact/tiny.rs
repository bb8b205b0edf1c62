//! Random programs that are small enough to enumerate.

use crate::common::{Compiled, Scenario, Strategy};
use crate::random::{self, Source};

/// A town of at most so many houses, whose games last at most so many nights.
pub fn town(source: &mut Source, agents: usize, most_houses: u32, longest: u32) -> Scenario {
    let houses = source.between(2, most_houses) as usize;
    let max_nights = source.between(1, longest);
    Scenario {
        houses,
        agents,
        initial_fire: source.probability(),
        catches_fire: source.rare(),
        spreads: source.probability(),
        extinguishes: source.probability(),
        before_burn_out: source.flip(),
        until_no_fires: source.flip(),
        min_nights: source.between(1, max_nights),
        max_nights,
        homes: (0..agents).map(|_| source.between(0, houses as u32 - 1) as u8).collect(),
    }
}

/// A strategy that looks only at the houses.
pub fn strategy(source: &mut Source, houses: usize) -> Strategy {
    loop {
        match random::strategy(source, houses) {
            Strategy::Social(_) => {}
            strategy => return strategy,
        }
    }
}

/// A team of such strategies.
pub fn team(source: &mut Source, scenario: &Scenario) -> Vec<Strategy> {
    (0..scenario.agents).map(|_| strategy(source, scenario.houses)).collect()
}

/// One entry: one to three agents on two to four houses.
pub fn program(source: &mut Source) -> Compiled {
    let agents = source.between(1, 3) as usize;
    let scenario = town(source, agents, if agents < 3 { 4 } else { 3 }, 7);
    Compiled::single(&scenario, &team(source, &scenario))
}

/// One entry with more agents, up to six, on two houses.
pub fn crowd(source: &mut Source) -> Compiled {
    let agents = source.between(4, 6) as usize;
    let scenario = town(source, agents, 2, 3);
    Compiled::single(&scenario, &team(source, &scenario))
}
