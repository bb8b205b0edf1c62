//! Where agents that look only at the houses work, in one state of the town.

use crate::draws::CERTAIN;
use crate::program::{MAX_AGENTS, Policy, Program, Town};
use crate::rules::{Houses, each};

use super::chances::probability;
use super::ring::{MAX_EXACT_HOUSES, state};

/// What each agent does tonight, as probabilities.
#[derive(Clone, Debug)]
pub(super) struct Tonight {
    /// By agent: the probability of working at each of the burning houses, in ascending order.
    pub at: [[f64; MAX_EXACT_HOUSES]; MAX_AGENTS],
    /// By agent: the probability of working.
    pub works: [f64; MAX_AGENTS],
    /// By agent: the expected distance from home to the house worked at, 0 for resting.
    pub distance: [f64; MAX_AGENTS],
}

/// The agents of an entry; one seat may be left empty.
#[derive(Debug)]
pub(super) struct Team<'p> {
    pub town: &'p Town,
    program: &'p Program<'p>,
    policies: Vec<Option<&'p Policy>>,
    /// Whether somebody looks at the ruins, not only at the fires.
    pub sees_ruins: bool,
}

impl<'p> Team<'p> {
    pub(super) fn new(program: &'p Program<'p>, entry: usize, empty: Option<usize>) -> Self {
        let mut policies: Vec<_> = program.team(entry).map(Some).collect();
        if let Some(seat) = empty {
            policies[seat] = None;
        }
        let sees_ruins = policies.iter().any(|policy| matches!(policy, Some(Policy::Tabular { .. })));
        Self { town: program.town(entry), program, policies, sees_ruins }
    }

    /// What everybody does when the houses stand like this; an empty seat does nothing.
    pub(super) fn look(&self, houses: Houses) -> Tonight {
        let mut tonight = Tonight {
            at: [[0.0; MAX_EXACT_HOUSES]; MAX_AGENTS],
            works: [0.0; MAX_AGENTS],
            distance: [0.0; MAX_AGENTS],
        };
        for (agent, policy) in self.policies.iter().enumerate() {
            match policy {
                Some(Policy::Heuristic { work, home_first, .. }) => {
                    self.heuristic(agent, [*work, *home_first], houses.burning, &mut tonight);
                }
                Some(Policy::Tabular { table, .. }) => {
                    let actions = 2 * self.town.houses;
                    let row = &self.program.tables[table.clone()][state(houses) * actions..][..actions];
                    self.tabular(agent, row, houses.burning, &mut tonight);
                }
                // Nothing else looks only at the houses: refused before work starts.
                _ => {}
            }
        }
        tonight
    }

    fn heuristic(&self, agent: usize, [work, home_first]: [u64; 2], burning: u32, tonight: &mut Tonight) {
        let home = usize::from(self.town.homes[agent]);
        let works = probability(work);
        let fires = u64::from(burning.count_ones());
        tonight.works[agent] = works;
        let goes_home = if burning >> home & 1 == 1 { probability(home_first) } else { 0.0 };
        for (rank, house) in each(burning).enumerate() {
            // Word counts: the pick is as near to uniform as 2^32 words allow, and no nearer.
            let picks = first_word(rank as u64 + 1, fires) - first_word(rank as u64, fires);
            let by_pick = (1.0 - goes_home) * probability(picks);
            let there = works * if house == home { goes_home + by_pick } else { by_pick };
            tonight.at[agent][rank] = there;
            tonight.distance[agent] += there * f64::from(self.town.steps[agent][house]);
        }
    }

    fn tabular(&self, agent: usize, row: &[u64], burning: u32, tonight: &mut Tonight) {
        let mut rank = 0;
        for house in 0..self.town.houses {
            let there = probability(row[2 * house + 1] - row[2 * house]);
            tonight.works[agent] += there;
            tonight.distance[agent] += there * f64::from(self.town.steps[agent][house]);
            if burning >> house & 1 == 1 {
                tonight.at[agent][rank] = there;
                rank += 1;
            }
        }
    }
}

/// The first word whose pick among `fires` has this rank.
const fn first_word(rank: u64, fires: u64) -> u64 {
    (rank * CERTAIN).div_ceil(fires)
}
