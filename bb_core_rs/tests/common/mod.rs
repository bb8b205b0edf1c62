//! A second compiler from floats to thresholds, for tests: written from rules.md, sections 2, 3 and 6,
//! independently of the Python package.

#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "numbers here are small, and probabilities are not negative"
)]

use std::path::PathBuf;

use bb_core_rs::error::Error;
use bb_core_rs::program::{Arrays, Program};
use serde_json::Value;

/// A file that all engines read. They are links, so that the archive of this crate by itself holds them too.
pub fn read(path: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// A scenario, without the prices that no engine reads.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub houses: usize,
    pub agents: usize,
    pub initial_fire: f64,
    pub catches_fire: f64,
    pub spreads: f64,
    pub extinguishes: f64,
    pub before_burn_out: bool,
    pub until_no_fires: bool,
    pub min_nights: u32,
    pub max_nights: u32,
    pub homes: Vec<u8>,
}

impl Scenario {
    /// Reads the fields of rules.md, section 2.
    pub fn from_json(value: &Value) -> Self {
        let number = |key: &str| value[key].as_f64().unwrap_or_else(|| panic!("{key} is missing"));
        let size = |key: &str, default| value.get(key).map_or(default, |v| v.as_u64().expect("an integer"));
        let choice = |key: &str, default: &str| {
            value.get(key).map_or(default, |v| v.as_str().expect("text")).to_owned()
        };
        let (houses, agents) = (size("num_houses", 10) as usize, size("num_agents", 4) as usize);
        let listed = value.get("homes").and_then(Value::as_array).filter(|homes| !homes.is_empty());
        let homes = match listed {
            Some(homes) => homes.iter().map(|home| home.as_u64().expect("a house") as u8).collect(),
            None => (0..agents).map(|agent| (agent % houses) as u8).collect(),
        };
        Self {
            houses,
            agents,
            initial_fire: number("prob_initial_fire"),
            catches_fire: number("prob_house_catches_fire"),
            spreads: number("prob_fire_spreads_to_neighbor"),
            extinguishes: number("prob_solo_agent_extinguishes_fire"),
            before_burn_out: choice("spread", "before-burn-out") == "before-burn-out",
            until_no_fires: choice("ends_when", "no-fires") == "no-fires",
            min_nights: size("min_nights", 0) as u32,
            max_nights: size("max_nights", 100) as u32,
            homes,
        }
    }

    /// A scenario that ships with the package.
    pub fn named(name: &str) -> Self {
        let all: Value = toml::from_str(&read("scenarios.toml")).expect("valid TOML");
        Self::from_json(&all[name])
    }
}

/// A strategy, as on a seat of a golden game.
#[derive(Clone, Debug)]
pub enum Strategy {
    Heuristic([f64; 10]),
    Social([f64; 10]),
    Tabular(Vec<Vec<f64>>),
    External,
}

impl Strategy {
    /// Reads `kind` with `theta` or `table`.
    pub fn from_json(value: &Value) -> Self {
        let numbers = |list: &Value| -> Vec<f64> {
            list.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
        };
        let theta = || numbers(&value["theta"]).try_into().expect("ten traits");
        match value["kind"].as_str() {
            Some("heuristic") => Self::Heuristic(theta()),
            Some("social") => Self::Social(theta()),
            Some("tabular") => {
                Self::Tabular(value["table"].as_array().expect("rows").iter().map(numbers).collect())
            }
            other => panic!("unknown kind {other:?}"),
        }
    }
}

/// The traits of the archetype that most measurements use.
pub const FIREFIGHTER: [f64; 10] = [1.0, 0.9, 0.5, 0.8, 0.5, 0.7, 0.1, 0.0, 0.0, 0.8];

/// The arrays of a program; tests may spoil them.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    pub num_agents: usize,
    pub num_houses: Vec<u8>,
    pub before_burn_out: Vec<bool>,
    pub until_no_fires: Vec<bool>,
    pub min_nights: Vec<u32>,
    pub max_nights: Vec<u32>,
    pub homes: Vec<u8>,
    pub initial_fire: Vec<u64>,
    pub ignite: Vec<u64>,
    pub extinguish: Vec<u64>,
    pub kind: Vec<u8>,
    pub policy_houses: Vec<u8>,
    pub chances: Vec<u64>,
    pub table_start: Vec<i64>,
    pub tables: Vec<u64>,
    pub town: Vec<u32>,
    pub seats: Vec<u32>,
}

impl Compiled {
    /// Starts a program for a team size.
    pub fn new(num_agents: usize) -> Self {
        Self { num_agents, table_start: vec![0], ..Self::default() }
    }

    /// A program of one town and one entry.
    pub fn single(scenario: &Scenario, team: &[Strategy]) -> Self {
        let mut compiled = Self::new(scenario.agents);
        compiled.add_town(scenario);
        compiled.add_entry(0, team);
        compiled
    }

    /// Adds a town; returns its number.
    pub fn add_town(&mut self, s: &Scenario) -> u32 {
        assert_eq!(s.agents, self.num_agents);
        self.num_houses.push(s.houses as u8);
        self.before_burn_out.push(s.before_burn_out);
        self.until_no_fires.push(s.until_no_fires);
        self.min_nights.push(s.min_nights);
        self.max_nights.push(s.max_nights);
        self.homes.extend(&s.homes);
        self.initial_fire.push(threshold(s.initial_fire));
        for near in 0..3 {
            self.ignite.push(threshold(1.0 - (1.0 - s.catches_fire) * none_of(s.spreads, near)));
        }
        for workers in 0..=s.agents {
            self.extinguish.push(threshold(1.0 - none_of(s.extinguishes, workers)));
        }
        self.num_houses.len() as u32 - 1
    }

    /// Adds an entry: a team that plays in a town.
    pub fn add_entry(&mut self, town: u32, team: &[Strategy]) {
        assert_eq!(team.len(), self.num_agents);
        let houses = usize::from(self.num_houses[town as usize]);
        self.town.push(town);
        for strategy in team {
            self.seats.push(self.kind.len() as u32);
            self.add_policy(strategy, houses);
        }
    }

    fn add_policy(&mut self, strategy: &Strategy, houses: usize) {
        self.policy_houses.push(houses as u8);
        match strategy {
            Strategy::Heuristic(theta) => {
                let [honesty, work, _, own, _, _, _, _, rest, _] = *theta;
                self.kind.push(0);
                self.chances.extend([work * (1.0 - rest), own, honesty].map(threshold));
            }
            Strategy::Social(theta) => {
                let [honesty, _, _, _, _, _, exploration, fatigue, _, _] = *theta;
                self.kind.push(1);
                self.chances.extend([honesty, exploration, fatigue].map(threshold));
                self.add_intents(theta, houses);
                self.add_weights(theta, houses);
            }
            Strategy::Tabular(table) => {
                self.kind.push(2);
                self.chances.extend([0; 3]);
                for row in table {
                    let mut running = 0.0;
                    for (action, probability) in row.iter().enumerate() {
                        running += probability;
                        let last = action + 1 == row.len();
                        self.tables.push(if last { 1 << 32 } else { threshold(running).min(1 << 32) });
                    }
                }
            }
            Strategy::External => {
                self.kind.push(3);
                self.chances.extend([0; 3]);
            }
        }
        self.table_start.push(self.tables.len() as i64);
    }

    fn add_intents(&mut self, theta: &[f64; 10], houses: usize) {
        let [_, work, _, own, risk, _, _, _, rest, altruism] = *theta;
        for burning in 0..=houses {
            let share = burning as f64 / houses as f64;
            for home_burns in [0.0, 1.0] {
                let intent = ((work + risk * share + 0.5 * own * home_burns) * (1.0 - rest)).clamp(0.0, 1.0);
                self.tables.extend([u64::from(intent > 0.5), threshold(intent * altruism)]);
            }
        }
    }

    fn add_weights(&mut self, theta: &[f64; 10], houses: usize) {
        let [_, _, help, own, risk, coordination, ..] = *theta;
        for distance in 0..=houses / 2 {
            let base = 0.1 / (1.0 + distance as f64) + if distance == 0 { own } else { 0.0 };
            for burns in [0.0, 1.0] {
                for near in [0.0, 1.0, 2.0] {
                    let fires = base + 0.5 * burns + 0.3 * help * f64::from(u8::from(near > 0.0));
                    for located in 0..=self.num_agents {
                        let weight = fires + 0.1 * coordination * located as f64 - 0.2 * risk * near;
                        self.tables.push((weight.max(0.01) * 1_048_576.0 + 0.5).floor() as u64);
                    }
                }
            }
        }
    }

    /// The arrays, for `Program::new`.
    pub fn arrays(&self) -> Arrays<'_> {
        Arrays {
            num_agents: self.num_agents,
            num_houses: &self.num_houses,
            before_burn_out: &self.before_burn_out,
            until_no_fires: &self.until_no_fires,
            min_nights: &self.min_nights,
            max_nights: &self.max_nights,
            homes: &self.homes,
            initial_fire: &self.initial_fire,
            ignite: &self.ignite,
            extinguish: &self.extinguish,
            kind: &self.kind,
            policy_houses: &self.policy_houses,
            chances: &self.chances,
            table_start: &self.table_start,
            tables: &self.tables,
            town: &self.town,
            seats: &self.seats,
        }
    }

    /// The checked program.
    pub fn program(&self) -> Result<Program<'_>, Error> {
        Program::new(&self.arrays())
    }
}

/// `floor(p * 2^32 + 0.5)`.
fn threshold(probability: f64) -> u64 {
    (probability * 4_294_967_296.0 + 0.5).floor() as u64
}

/// `(1-p)^n` by repeated multiplication from the left.
fn none_of(probability: f64, attempts: usize) -> f64 {
    (0..attempts).fold(1.0, |none, _| none * (1.0 - probability))
}
