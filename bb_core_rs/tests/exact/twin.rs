//! The game by enumeration, straight from the rules: every action of every agent, every fire, every spark.
//!
//! Only for tiny towns. It shares no code with `src/exact`, and takes thresholds as the engines do: how often
//! a chance succeeds is counted in words, not in products of probabilities.

use std::collections::BTreeMap;

use bb_core_rs::counts::num_counts;
use bb_core_rs::program::{Policy, Program, Town};
use bb_core_rs::rules::{End, Houses, each, end, spread};

/// A house and whether to work there.
pub type Act = (usize, bool);

/// Values by ruined and burning houses.
type Values = BTreeMap<(u32, u32), f64>;

/// The act of a number: twice the house, plus one for work.
fn act(number: usize) -> Act {
    (number / 2, number % 2 == 1)
}

/// The houses at the end of a night, with what was counted.
pub struct Outcome {
    pub chance: f64,
    pub houses: Houses,
    pub counts: Vec<f64>,
}

/// One entry of a program.
pub struct Twin<'p> {
    program: &'p Program<'p>,
    pub town: &'p Town,
    team: Vec<&'p Policy>,
}

impl<'p> Twin<'p> {
    pub fn new(program: &'p Program<'p>, entry: usize) -> Self {
        Self { program, town: program.town(entry), team: program.team(entry).collect() }
    }

    /// The fires of night 0.
    pub fn first_fires(&self) -> Vec<(f64, Houses)> {
        let start = Houses::default();
        self.sparks(start, |_| self.town.initial_fire).collect()
    }

    /// The actions of an agent, each with its probability.
    pub fn acts(&self, agent: usize, houses: Houses) -> Vec<(f64, Act)> {
        let home = usize::from(self.town.homes[agent]);
        let mut chances: BTreeMap<Act, f64> = BTreeMap::new();
        match *self.team[agent] {
            Policy::Heuristic { work, home_first, .. } => {
                let works = share(work);
                *chances.entry((home, false)).or_default() += 1.0 - works;
                let fires: Vec<usize> = each(houses.burning).collect();
                if fires.is_empty() {
                    *chances.entry((home, true)).or_default() += works;
                } else {
                    let goes_home = if fires.contains(&home) { share(home_first) } else { 0.0 };
                    *chances.entry((home, true)).or_default() += works * goes_home;
                    for (index, &house) in fires.iter().enumerate() {
                        let picked = words_that_pick(index as u64, fires.len() as u64);
                        *chances.entry((house, true)).or_default() +=
                            works * (1.0 - goes_home) * share(picked);
                    }
                }
            }
            Policy::Tabular { ref table, .. } => {
                let state =
                    (0..self.town.houses).rev().fold(0, |state, h| 3 * state + usize::from(houses.state(h)));
                let actions = 2 * self.town.houses;
                let row = &self.program.tables[table.clone()][state * actions..][..actions];
                let mut before = 0;
                for (action, &threshold) in row.iter().enumerate() {
                    chances.insert((action / 2, action % 2 == 1), share(threshold - before));
                    before = threshold;
                }
            }
            ref other => panic!("{other:?} does not look at the houses only"),
        }
        chances.into_iter().filter(|&(_, chance)| chance > 0.0).map(|(act, chance)| (chance, act)).collect()
    }

    /// All joint actions of the team; the acts of some agents may be given.
    pub fn joint(&self, houses: Houses, given: &[Option<Act>]) -> Vec<(f64, Vec<Act>)> {
        let mut joint = vec![(1.0, Vec::new())];
        for (agent, given) in given.iter().enumerate() {
            let acts = given.map_or_else(|| self.acts(agent, houses), |act| vec![(1.0, act)]);
            joint = joint
                .iter()
                .flat_map(|(chance, so_far)| {
                    acts.iter().map(move |&(p, act)| {
                        let mut all = so_far.clone();
                        all.push(act);
                        (chance * p, all)
                    })
                })
                .collect();
        }
        joint
    }

    /// Every way a night can go when everybody acts like this.
    pub fn night(&self, start: Houses, acts: &[Act]) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for fires in (0..=self.town.ring).filter(|fires| fires & start.burning == *fires) {
            let mut chance = 1.0;
            for house in each(start.burning) {
                let workers = acts.iter().filter(|&&act| act == (house, true)).count();
                let out = share(self.town.extinguish[workers]);
                chance *= if fires >> house & 1 == 1 { 1.0 - out } else { out };
            }
            if chance == 0.0 {
                continue;
            }
            let [one, two] = spread(self.town, fires);
            let ruins = Houses { burning: 0, ruined: start.ruined | fires };
            let near = |house: usize| (one >> house & 1) as usize + 2 * (two >> house & 1) as usize;
            for (spark, houses) in self.sparks(ruins, |house| self.town.ignite[near(house)]) {
                outcomes.push(Outcome {
                    chance: chance * spark,
                    houses,
                    counts: self.count(start, acts, houses),
                });
            }
        }
        outcomes
    }

    /// All sets of open houses that may catch fire.
    fn sparks(
        &self,
        houses: Houses,
        threshold: impl Fn(usize) -> u64,
    ) -> impl Iterator<Item = (f64, Houses)> {
        let open = self.town.ring & !houses.ruined;
        (0..=self.town.ring).filter(move |burning| burning & open == *burning).filter_map(move |burning| {
            let chance: f64 = each(open)
                .map(|house| {
                    let catches = share(threshold(house));
                    if burning >> house & 1 == 1 { catches } else { 1.0 - catches }
                })
                .product();
            (chance > 0.0).then_some((chance, Houses { burning, ruined: houses.ruined }))
        })
    }

    fn count(&self, start: Houses, acts: &[Act], houses: Houses) -> Vec<f64> {
        let agents = self.town.agents;
        let mut counts = vec![0.0; num_counts(agents)];
        for (agent, &(house, work)) in acts.iter().enumerate() {
            if work {
                let around = usize::from(self.town.homes[agent]).abs_diff(house);
                let steps = around.min(self.town.houses - around) as u32;
                counts[4 * agent] += 1.0;
                counts[4 * agent + 1] += f64::from(steps);
            }
        }
        counts[4 * agents] = 1.0;
        for house in 0..self.town.houses {
            let owner = house % agents;
            match (start.state(house), houses.state(house)) {
                (before, 0) => {
                    counts[4 * agents + 1] += 1.0;
                    if before == 1 {
                        counts[4 * owner + 2] += 1.0;
                        counts[4 * agents + 3] += 1.0;
                    }
                }
                (_, 2) => {
                    counts[4 * owner + 3] += 1.0;
                    counts[4 * agents + 2] += 1.0;
                }
                _ => {}
            }
        }
        counts
    }

    /// Expected counts and the distribution of the final number of ruined houses.
    pub fn expect(&self) -> (Vec<f64>, Vec<f64>) {
        let mut totals = vec![0.0; num_counts(self.town.agents)];
        let mut finals = vec![0.0; 17];
        let mut now: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        for (chance, houses) in self.first_fires() {
            *now.entry((houses.ruined, houses.burning)).or_default() += chance;
        }
        let everybody = vec![None; self.town.agents];
        for night in 1..=self.town.max_nights {
            let mut next = BTreeMap::new();
            for ((ruined, burning), chance) in now {
                let start = Houses { burning, ruined };
                for (joint, acts) in self.joint(start, &everybody) {
                    for outcome in self.night(start, &acts) {
                        let chance = chance * joint * outcome.chance;
                        totals
                            .iter_mut()
                            .zip(&outcome.counts)
                            .for_each(|(total, count)| *total += chance * count);
                        match end(self.town, night, outcome.houses) {
                            End::Running => {
                                let key = (outcome.houses.ruined, outcome.houses.burning);
                                *next.entry(key).or_default() += chance;
                            }
                            ended => {
                                *totals.last_mut().unwrap() +=
                                    if ended == End::Terminated { chance } else { 0.0 };
                                finals[outcome.houses.ruined.count_ones() as usize] += chance;
                            }
                        }
                    }
                }
            }
            now = next;
        }
        (totals, finals)
    }

    /// The largest expectation of `prices @ counts` when the free agents choose anew every night.
    pub fn best(&self, free: &[usize], prices: &[f64]) -> f64 {
        let every_act: Vec<Act> = (0..2 * self.town.houses).map(act).collect();
        let choices = free.iter().fold(vec![Vec::new()], |choices: Vec<Vec<Act>>, _| {
            let longer = |so_far: &Vec<Act>| {
                every_act.iter().map(|&act| [so_far.as_slice(), &[act]].concat()).collect()
            };
            choices.iter().flat_map(|so_far| -> Vec<Vec<Act>> { longer(so_far) }).collect()
        });
        self.backward(prices, |night, start, later| {
            let values = choices.iter().map(|choice| {
                let mut given = vec![None; self.town.agents];
                free.iter().zip(choice).for_each(|(&seat, &act)| given[seat] = Some(act));
                self.value(night, start, &given, prices, later)
            });
            values.fold(f64::NEG_INFINITY, f64::max)
        })
    }

    /// The expectation of `prices @ counts` when one agent follows a policy, (nights, states).
    pub fn value_of(&self, seat: usize, policy: &[u8], prices: &[f64]) -> f64 {
        let states = 3_usize.pow(self.town.houses as u32);
        self.backward(prices, |night, start, later| {
            let mut given = vec![None; self.town.agents];
            given[seat] = Some(act(policy[(night - 1) as usize * states + self.state(start)].into()));
            self.value(night, start, &given, prices, later)
        })
    }

    /// The expectation of what `value` gives on every night in every state, told the values of the next night.
    fn backward(&self, prices: &[f64], value: impl Fn(u32, Houses, &Values) -> f64) -> f64 {
        assert_eq!(prices.len(), num_counts(self.town.agents));
        let mut later = Values::new();
        for night in (1..=self.town.max_nights).rev() {
            let mut now = Values::new();
            for ruined in 0..=self.town.ring {
                for burning in (0..=self.town.ring).filter(|burning| burning & ruined == 0) {
                    now.insert((ruined, burning), value(night, Houses { burning, ruined }, &later));
                }
            }
            later = now;
        }
        self.first_fires()
            .iter()
            .map(|(chance, houses)| chance * later[&(houses.ruined, houses.burning)])
            .sum()
    }

    fn state(&self, houses: Houses) -> usize {
        (0..self.town.houses).rev().fold(0, |state, house| 3 * state + usize::from(houses.state(house)))
    }

    fn value(&self, night: u32, start: Houses, given: &[Option<Act>], prices: &[f64], later: &Values) -> f64 {
        let mut value = 0.0;
        for (joint, acts) in self.joint(start, given) {
            for outcome in self.night(start, &acts) {
                let mut worth: f64 =
                    prices.iter().zip(&outcome.counts).map(|(price, count)| price * count).sum();
                match end(self.town, night, outcome.houses) {
                    End::Running => worth += later[&(outcome.houses.ruined, outcome.houses.burning)],
                    End::Terminated => worth += prices[prices.len() - 1],
                    End::Truncated => {}
                }
                value += joint * outcome.chance * worth;
            }
        }
        value
    }
}

/// The share of all words below a threshold.
#[allow(clippy::cast_precision_loss, reason = "a threshold is at most 2^32")]
pub fn share(threshold: u64) -> f64 {
    threshold as f64 / 4_294_967_296.0
}

/// How many words pick an index: `(word * count) div 2^32`.
fn words_that_pick(index: u64, count: u64) -> u64 {
    let first = |index: u64| (index << 32).div_ceil(count);
    first(index + 1) - first(index)
}
