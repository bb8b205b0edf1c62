//! Where agents that look only at the houses work, in one state of the town.

use crate::draws::CERTAIN;
use crate::program::{MAX_AGENTS, Policy, Program, Town};
use crate::rules::{Houses, each};

use super::chances::probability;
use super::ring::{MAX_EXACT_HOUSES, state};

/// What each agent does tonight, as probabilities.
#[derive(Clone, Debug, Default)]
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
    town: &'p Town,
    program: &'p Program<'p>,
    policies: Vec<Option<&'p Policy>>,
    /// By the number of fires and by rank: the probability of a pick.
    picks: [[f64; MAX_EXACT_HOUSES]; MAX_EXACT_HOUSES + 1],
    /// Whether somebody looks at the ruins, not only at the fires.
    pub sees_ruins: bool,
}

impl<'p> Team<'p> {
    pub(super) fn new(program: &'p Program<'p>, entry: usize, empty: Option<usize>) -> Self {
        let mut policies: Vec<_> = program.team(entry).map(Some).collect();
        if let Some(seat) = empty {
            policies[seat] = None;
        }
        let mut picks = [[0.0; MAX_EXACT_HOUSES]; MAX_EXACT_HOUSES + 1];
        for (fires, picks) in picks.iter_mut().enumerate() {
            for (rank, pick) in picks[..fires].iter_mut().enumerate() {
                // Words are counted: a pick is as near to uniform as 2^32 words allow, and no nearer.
                let first_word = |rank: usize| (rank as u64 * CERTAIN).div_ceil(fires as u64);
                *pick = probability(first_word(rank + 1) - first_word(rank));
            }
        }
        let sees_ruins = policies.iter().any(|policy| matches!(policy, Some(Policy::Tabular { .. })));
        Self { town: program.town(entry), program, policies, picks, sees_ruins }
    }

    /// What everybody does when the houses stand like this; an empty seat does nothing.
    ///
    /// Of `tonight.at`, only the ranks of these fires are written.
    pub(super) fn look(&self, houses: Houses, tonight: &mut Tonight) {
        let fires = houses.burning.count_ones() as usize;
        for (agent, policy) in self.policies.iter().enumerate() {
            tonight.at[agent][..fires].fill(0.0);
            tonight.works[agent] = 0.0;
            tonight.distance[agent] = 0.0;
            match policy {
                Some(Policy::Heuristic { work, home_first, .. }) => {
                    self.heuristic(agent, [*work, *home_first], houses.burning, tonight);
                }
                Some(Policy::Tabular { table, .. }) => {
                    let actions = 2 * self.town.houses;
                    let row = &self.program.tables[table.clone()][state(houses) * actions..][..actions];
                    self.tabular(agent, row, houses.burning, tonight);
                }
                // Nothing else looks only at the houses: refused before work starts.
                _ => {}
            }
        }
    }

    fn heuristic(&self, agent: usize, [work, home_first]: [u64; 2], burning: u32, tonight: &mut Tonight) {
        let home = usize::from(self.town.homes[agent]);
        let works = probability(work);
        tonight.works[agent] = works;
        let goes_home = if burning >> home & 1 == 1 { probability(home_first) } else { 0.0 };
        let picks = &self.picks[burning.count_ones() as usize];
        for ((house, pick), at) in each(burning).zip(picks).zip(&mut tonight.at[agent]) {
            let by_pick = (1.0 - goes_home) * pick;
            *at = works * if house == home { goes_home + by_pick } else { by_pick };
            tonight.distance[agent] += *at * f64::from(self.town.steps[agent][house]);
        }
    }

    fn tabular(&self, agent: usize, row: &[u64], burning: u32, tonight: &mut Tonight) {
        let mut rank = 0;
        for (house, pair) in row.chunks_exact(2).enumerate() {
            let there = probability(pair[1] - pair[0]);
            tonight.works[agent] += there;
            tonight.distance[agent] += there * f64::from(self.town.steps[agent][house]);
            if burning >> house & 1 == 1 {
                tonight.at[agent][rank] = there;
                rank += 1;
            }
        }
    }
}
