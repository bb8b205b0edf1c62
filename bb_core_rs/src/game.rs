//! One whole game, counted by events: nights on which nothing happens cost next to nothing.

use crate::ahead::{Ahead, LANES, Plan};
use crate::counts::{
    DISTANCE, NIGHTS, OWN, OWN_RUINED, OWN_SAVES, RUINED, Row, SAFE, SAVES, TERMINATED, WORKED,
};
use crate::draws::{Purpose, Words};
use crate::policies::{Action, Attractions, Fires, View, heuristic_house, social_move, tabular_move};
use crate::program::{MAX_AGENTS, MAX_HOUSES, Policy};
use crate::rules::{Crowd, End, Houses, each, end, extinguish, spread};

/// Plays games of one entry, one after the other.
#[derive(Debug)]
pub(crate) struct Player<'p> {
    plan: &'p Plan<'p>,
    /// Whether nothing but ignition happens on a night without fires.
    plain: bool,
    /// Whether somebody looks at the actions of the night before.
    remembers: bool,
    ahead: Ahead,
    last: [Action; MAX_AGENTS],
    tally: Tally,
}

/// What is counted while a game is played.
#[derive(Debug, Default)]
struct Tally {
    /// Nights of work, a 16-bit field for each agent: no game is longer than 10,000 nights.
    worked: [u64; MAX_AGENTS / 4],
    distance: [[u32; 4]; MAX_AGENTS / 4],
    own_saves: [u32; MAX_AGENTS],
    /// Own houses ruined, each counted as often as nights had ended before.
    spared: [u32; MAX_AGENTS],
    /// Burning houses, over all nights' ends.
    burned: u32,
}

impl<'p> Player<'p> {
    pub(crate) fn new(plan: &'p Plan<'p>, seed: u64) -> Self {
        Self {
            plan,
            plain: plan.is_plain(),
            remembers: plan.remembers(),
            ahead: Ahead::new(seed),
            last: [Action::default(); MAX_AGENTS],
            tally: Tally::default(),
        }
    }

    /// Plays one game and writes its D counts.
    #[inline(always)]
    pub(crate) fn play(&mut self, game: u64, counts: &mut Row) {
        let town = self.plan.town;
        self.tally = Tally::default();
        self.ahead.start(self.plan, game);
        let mut night = 0;
        let mut lane = 0;
        let mut houses = Houses { burning: self.ahead.ignite[0][0] as u32 & town.ring, ruined: 0 };
        let end = loop {
            night += 1;
            lane += 1;
            if lane == LANES {
                self.count_work(LANES);
                self.ahead.draw(self.plan, night, houses.ruined);
                lane = 0;
            }
            if self.plain && houses.burning == 0 {
                houses.burning = self.ahead.ignite[0][lane] as u32 & town.ring & !houses.ruined;
            } else {
                houses = self.play_night(night, lane, houses);
            }
            self.tally.burned += houses.burning.count_ones();
            let end = end(town, night, houses);
            if end != End::Running {
                break end;
            }
        };
        self.count_work(lane + 1);
        self.count(night, houses.ruined, end, counts);
    }

    /// Plays a night on which something may happen; returns the houses at its end.
    #[inline(always)]
    fn play_night(&mut self, night: u32, lane: usize, houses: Houses) -> Houses {
        let town = self.plan.town;
        let burning = houses.burning;
        let a_choice = burning.count_ones() > 1;
        let choices = if a_choice { self.plan.choices } else { 0 };
        self.ahead.turn_to(lane, self.plan.always | choices | slots_of(burning));
        let fires = if self.plain && !a_choice {
            self.fight_one_fire(lane, burning)
        } else {
            let crowd = self.decide(night, lane, houses);
            extinguish(town, burning, &crowd, &mut self.ahead)
        };
        let ruined = houses.ruined | fires;
        let [one, two] = spread(town, fires);
        let [alone, with_one, with_two] = self.ahead.ignite.map(|lanes| lanes[lane] as u32);
        let caught = (alone & !(one | two)) | (with_one & one) | (with_two & two);
        let caught = caught & town.ring & !ruined;
        let saved = burning & !fires & !caught;
        for house in each(burning) {
            let owner = usize::from(town.owner[house]);
            self.tally.own_saves[owner] += saved >> house & 1;
            self.tally.spared[owner] += (fires >> house & 1) * (night - 1);
        }
        Houses { burning: caught, ruined }
    }

    /// Lets heuristic agents fight a single fire: whoever works goes there. Returns the fire if it is left.
    #[inline(always)]
    fn fight_one_fire(&mut self, lane: usize, fire: u32) -> u32 {
        let town = self.plan.town;
        let house = fire.trailing_zeros() as usize % MAX_HOUSES;
        let mut workers = 0;
        for (group, distance) in self.tally.distance[..self.plan.groups].iter_mut().enumerate() {
            let fields = self.ahead.work[group][lane];
            workers += (fields.wrapping_mul(0x0001_0001_0001_0001) >> 48) as usize;
            for (j, distance) in distance.iter_mut().enumerate() {
                *distance += u32::from(town.steps[4 * group + j][house]) * (fields >> (16 * j) & 1) as u32;
            }
        }
        let out =
            self.ahead.chance(Purpose::Extinguish, house, town.extinguish[workers % town.extinguish.len()]);
        if out { 0 } else { fire }
    }

    /// Lets every agent act; returns how many work where.
    #[inline(always)]
    fn decide(&mut self, night: u32, lane: usize, houses: Houses) -> Crowd {
        let plan = self.plan;
        let town = plan.town;
        let view = View { town, houses, night, last: &self.last[..town.agents] };
        let attractions = self.remembers.then(|| Attractions::new(&view));
        let fires = Fires::new(houses.burning);
        let mut crowd = Crowd::default();
        let mut actions = [Action::default(); MAX_AGENTS];
        for (agent, (policy, action)) in plan.team.iter().zip(&mut actions).enumerate() {
            let home = town.homes[agent];
            let field = 16 * (agent % 4);
            let (house, work) = match (policy, &attractions) {
                (Policy::Heuristic { home_first, .. }, _) => {
                    let work = self.ahead.work[agent / 4][lane] >> field & 1 == 1;
                    let there = heuristic_house(home, &fires, agent, *home_first, &mut self.ahead);
                    (if work { there } else { home }, work)
                }
                (Policy::Social(mind), Some(attractions)) => {
                    let (house, work) = social_move(mind, &view, attractions, agent, &mut self.ahead);
                    self.tally.worked[agent / 4] += u64::from(work) << field;
                    (house, work)
                }
                (Policy::Tabular { table, .. }, _) => {
                    let table = &plan.program.tables[table.clone()];
                    let (house, work) = tabular_move(table, &view, agent, &mut self.ahead);
                    self.tally.worked[agent / 4] += u64::from(work) << field;
                    (house, work)
                }
                _ => (home, false),
            };
            *action = Action { house, work, signal: false };
            let house = usize::from(house) % MAX_HOUSES;
            crowd[house] += u8::from(work);
            self.tally.distance[agent / 4][agent % 4] +=
                u32::from(town.steps[agent][house]) * u32::from(work);
        }
        if self.remembers {
            self.last = actions;
        }
        crowd
    }

    /// Counts the work of heuristic agents in the first lanes of a burst.
    #[inline(always)]
    fn count_work(&mut self, lanes: usize) {
        for (worked, work) in self.tally.worked[..self.plan.groups].iter_mut().zip(&self.ahead.work) {
            *worked += (0..LANES).map(|lane| if lane < lanes { work[lane] } else { 0 }).sum::<u64>();
        }
    }

    #[inline(always)]
    fn count(&self, nights: u32, ruined: u32, end: End, counts: &mut [u32]) {
        let town = self.plan.town;
        let (own, shared) = counts.split_at_mut(OWN * town.agents);
        let mut all_ruined = 0;
        let mut all_saves = 0;
        for (agent, own) in own.chunks_exact_mut(OWN).enumerate() {
            let own_ruined = nights * (ruined & town.owned[agent]).count_ones() - self.tally.spared[agent];
            own[WORKED] = (self.tally.worked[agent / 4] >> (16 * (agent % 4)) & 0xFFFF) as u32;
            own[DISTANCE] = self.tally.distance[agent / 4][agent % 4];
            own[OWN_SAVES] = self.tally.own_saves[agent];
            own[OWN_RUINED] = own_ruined;
            all_ruined += own_ruined;
            all_saves += self.tally.own_saves[agent];
        }
        shared[NIGHTS] = nights;
        shared[SAFE] = nights * town.houses as u32 - all_ruined - self.tally.burned;
        shared[RUINED] = all_ruined;
        shared[SAVES] = all_saves;
        shared[TERMINATED] = u32::from(end == End::Terminated);
    }
}

/// The slots of the words that may put these fires out.
#[inline]
fn slots_of(burning: u32) -> u64 {
    let group = |group: u32| u64::from(burning >> (4 * group) & 15 != 0) << group;
    (group(0) | group(1) | group(2) | group(3)) << Purpose::Extinguish.slot(0)
}
