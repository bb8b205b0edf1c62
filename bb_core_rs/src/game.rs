//! One whole game, counted by events.

use crate::ahead::{Ahead, LANES, Plan};
use crate::counts::{
    DISTANCE, MAX_COUNTS, NIGHTS, OWN, OWN_RUINED, OWN_SAVES, RUINED, SAFE, SAVES, TERMINATED, WORKED,
};
use crate::draws::Stream;
use crate::policies::{Action, View, Weighed, heuristic_house, social, tabular};
use crate::program::{MAX_AGENTS, Policy};
use crate::rules::{Crowd, End, Houses, each, end, extinguish, spread};

/// Plays games of one entry, one after the other.
#[derive(Debug)]
pub(crate) struct Player<'p> {
    plan: &'p Plan<'p>,
    ahead: Ahead,
    stream: Stream,
    night: u32,
    houses: Houses,
    last: [Action; MAX_AGENTS],
    /// Nights of work, a 16-bit field for each agent: no game is longer than 10,000 nights.
    worked: [u64; MAX_AGENTS / 4],
    distance: [u32; MAX_AGENTS],
    own_saves: [u32; MAX_AGENTS],
    /// Own houses ruined, each counted as often as nights had ended before.
    spared: [u32; MAX_AGENTS],
    /// Burning houses, over all nights' ends.
    burned: u32,
}

impl<'p> Player<'p> {
    pub(crate) fn new(plan: &'p Plan<'p>) -> Self {
        Self {
            plan,
            ahead: Ahead::new(plan),
            stream: Stream::new(0, 0),
            night: 0,
            houses: Houses::default(),
            last: [Action::default(); MAX_AGENTS],
            worked: [0; MAX_AGENTS / 4],
            distance: [0; MAX_AGENTS],
            own_saves: [0; MAX_AGENTS],
            spared: [0; MAX_AGENTS],
            burned: 0,
        }
    }

    /// Plays one game and writes its D counts.
    #[inline(always)]
    pub(crate) fn play(&mut self, stream: Stream, counts: &mut [u32; MAX_COUNTS]) {
        let plan = self.plan;
        let town = plan.town;
        self.stream = stream;
        self.worked = [0; MAX_AGENTS / 4];
        self.distance = [0; MAX_AGENTS];
        self.own_saves = [0; MAX_AGENTS];
        self.spared = [0; MAX_AGENTS];
        self.burned = 0;

        self.ahead.draw(plan, stream, 0, 0);
        let mut night = 0;
        let mut houses = Houses { burning: self.ahead.ignite[0][0] as u32 & town.ring, ruined: 0 };
        let end = loop {
            night += 1;
            let lane = night as usize % LANES;
            if lane == 0 {
                self.ahead.draw(plan, stream, night, houses.ruined);
            }
            for (worked, work) in self.worked[..town.agents.div_ceil(4)].iter_mut().zip(&self.ahead.work) {
                *worked += work[lane];
            }
            if plan.plain && houses.burning == 0 {
                houses.burning = self.ahead.ignite[0][lane] as u32 & town.ring & !houses.ruined;
            } else {
                self.night = night;
                self.houses = houses;
                houses = self.play_night(lane);
            }
            self.burned += houses.burning.count_ones();
            let end = end(town, night, houses);
            if end != End::Running {
                break end;
            }
        };
        self.count(night, houses.ruined, end, counts);
    }

    /// Plays a night on which something may happen; returns the houses at its end.
    #[inline]
    fn play_night(&mut self, lane: usize) -> Houses {
        let plan = self.plan;
        let town = plan.town;
        let Houses { burning, ruined } = self.houses;
        self.ahead.turn_to(self.stream, self.night);
        let crowd = self.decide(lane);
        let fires = extinguish(town, burning, &crowd, &mut self.ahead);
        let ruined = ruined | fires;
        let [one, two] = if plan.spreads { spread(town, fires) } else { [0, 0] };
        let [alone, with_one, with_two] = self.ahead.ignite.map(|lanes| lanes[lane] as u32);
        let caught = (alone & !(one | two)) | (with_one & one) | (with_two & two);
        let caught = caught & town.ring & !ruined;
        for house in each(burning & !fires & !caught) {
            self.own_saves[house % town.agents] += 1;
        }
        for house in each(fires) {
            self.spared[house % town.agents] += self.night - 1;
        }
        Houses { burning: caught, ruined }
    }

    /// Lets every agent act; returns how many work where.
    #[inline]
    fn decide(&mut self, lane: usize) -> Crowd {
        let plan = self.plan;
        let town = plan.town;
        let view = View { town, houses: self.houses, night: self.night, last: &self.last[..town.agents] };
        let weighed = plan.remembers.then(|| Weighed::new(&view));
        let mut crowd = Crowd::default();
        let mut actions = [Action::default(); MAX_AGENTS];
        for (agent, policy) in plan.team.iter().enumerate() {
            let home = town.homes[agent];
            let (house, work) = match (policy, &weighed) {
                (Policy::Heuristic { home_first, .. }, _) => {
                    let work = self.ahead.work[agent / 4][lane] >> (16 * (agent % 4)) & 1 == 1;
                    let goes = |ahead| heuristic_house(town, self.houses.burning, agent, *home_first, ahead);
                    (if work { goes(&mut self.ahead) } else { home }, work)
                }
                (Policy::Social { .. }, Some(weighed)) => {
                    social(plan.program, policy, &view, weighed, agent, &mut self.ahead)
                }
                (Policy::Tabular { table, .. }, _) => {
                    tabular(&plan.program.tables[table.clone()], &view, agent, &mut self.ahead)
                }
                _ => (home, false),
            };
            actions[agent] = Action { house, work, signal: false };
            if work {
                crowd[usize::from(house)] += 1;
                self.distance[agent] += u32::from(town.steps[agent][usize::from(house)]);
                if plan.heuristics >> agent & 1 == 0 {
                    self.worked[agent / 4] += 1 << (16 * (agent % 4));
                }
            }
        }
        self.last = actions;
        crowd
    }

    #[inline]
    fn count(&self, nights: u32, ruined: u32, end: End, counts: &mut [u32; MAX_COUNTS]) {
        let town = self.plan.town;
        let mut all_ruined = 0;
        let mut all_saves = 0;
        for agent in 0..town.agents {
            let own_ruined = nights * (ruined & town.owned[agent]).count_ones() - self.spared[agent];
            let own = &mut counts[OWN * agent..][..OWN];
            own[WORKED] = (self.worked[agent / 4] >> (16 * (agent % 4)) & 0xFFFF) as u32;
            own[DISTANCE] = self.distance[agent];
            own[OWN_SAVES] = self.own_saves[agent];
            own[OWN_RUINED] = own_ruined;
            all_ruined += own_ruined;
            all_saves += self.own_saves[agent];
        }
        let shared = &mut counts[OWN * town.agents..];
        shared[NIGHTS] = nights;
        shared[SAFE] = nights * town.houses as u32 - all_ruined - self.burned;
        shared[RUINED] = all_ruined;
        shared[SAVES] = all_saves;
        shared[TERMINATED] = u32::from(end == End::Terminated);
    }
}
