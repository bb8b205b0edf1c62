//! Random programs, from a fixed seed.

use bb_core_rs::draws::philox4x32;

use crate::common::{Compiled, Scenario, Strategy};

/// Random numbers that are the same on every run.
pub struct Source {
    seed: u32,
    drawn: u32,
}

impl Source {
    pub const fn new(seed: u32) -> Self {
        Self { seed, drawn: 0 }
    }

    pub fn word(&mut self) -> u32 {
        self.drawn += 1;
        philox4x32([self.drawn, 0, 0, 0], [self.seed, 0])[0]
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.word() % (high - low + 1)
    }

    pub fn flip(&mut self) -> bool {
        self.word() % 2 == 1
    }

    /// A probability; often a corner.
    pub fn probability(&mut self) -> f64 {
        match self.between(0, 5) {
            0 => 0.0,
            1 => 1.0,
            _ => f64::from(self.word()) / 4_294_967_296.0,
        }
    }

    /// A small probability, so that games last.
    pub fn rare(&mut self) -> f64 {
        if self.flip() { self.probability() * 0.1 } else { self.probability() }
    }
}

pub fn scenario(source: &mut Source, agents: usize) -> Scenario {
    let houses = source.between(2, 16) as usize;
    let max_nights = source.between(1, 40);
    let anywhere = source.flip();
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
        homes: (0..agents)
            .map(
                |agent| {
                    if anywhere { source.between(0, houses as u32 - 1) as u8 } else { (agent % houses) as u8 }
                },
            )
            .collect(),
    }
}

pub fn strategy(source: &mut Source, houses: usize) -> Strategy {
    match source.between(0, 5) {
        0 if houses <= 5 => {
            let pure = source.flip();
            let rows = (0..3_usize.pow(houses as u32)).map(|_| row(source, 2 * houses, pure)).collect();
            Strategy::Tabular(rows)
        }
        0..=2 => Strategy::Heuristic([(); 10].map(|()| source.probability())),
        _ => Strategy::Social([(); 10].map(|()| source.probability())),
    }
}

fn row(source: &mut Source, actions: usize, pure: bool) -> Vec<f64> {
    let mut weights = vec![0.0; actions];
    if pure {
        weights[source.word() as usize % actions] = 1.0;
        return weights;
    }
    weights.fill_with(|| source.probability());
    weights[actions / 2] += 0.5;
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

/// A program of several towns and entries for one team size.
pub fn program(source: &mut Source, towns: usize, entries: usize) -> Compiled {
    let agents = source.between(1, 16) as usize;
    let mut compiled = Compiled::new(agents);
    for _ in 0..towns {
        compiled.add_town(&scenario(source, agents));
    }
    for _ in 0..entries {
        let town = source.between(0, towns as u32 - 1);
        let houses = usize::from(compiled.num_houses[town as usize]);
        let plain = source.flip();
        let team: Vec<Strategy> = (0..agents)
            .map(|_| {
                if plain {
                    Strategy::Heuristic([(); 10].map(|()| source.probability()))
                } else {
                    strategy(source, houses)
                }
            })
            .collect();
        compiled.add_entry(town, &team);
    }
    compiled
}
