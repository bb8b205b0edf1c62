//! Words drawn ahead, eight nights of one game at a time.
//!
//! A lane is a night. The words that are needed on every night (ignition, work, and what social agents ask)
//! are drawn for all lanes in one vectorised loop and, where that is enough, turned into bits at once. Words
//! that few nights need are drawn one block at a time, on the night.

use crate::draws::{CERTAIN, Purpose, SLOTS, Stream, Tonight, Words, philox_wide};
use crate::program::{MAX_AGENTS, Policy, Program, Town};

/// Nights drawn at once: the number of 64-bit lanes of the widest vector registers.
pub(crate) const LANES: usize = 8;

type Lanes = [u64; LANES];

const LOW: u64 = 0xFFFF_FFFF;

/// What an entry needs to be played, worked out once for many games.
#[derive(Debug)]
pub(crate) struct Plan<'p> {
    pub(crate) program: &'p Program<'p>,
    pub(crate) town: &'p Town,
    pub(crate) team: Vec<&'p Policy>,
    /// Agents with a heuristic strategy.
    pub(crate) heuristics: u32,
    /// Whether somebody looks at the actions of the night before.
    pub(crate) remembers: bool,
    /// Whether the team has heuristic agents only, so that nothing happens on a night without fires.
    pub(crate) plain: bool,
    /// Whether ignition depends on the neighbours.
    pub(crate) spreads: bool,
    /// Thresholds of working, 0 for agents that are not heuristic.
    work: [[u64; 4]; 4],
    /// Groups of four agents whose work words are turned into bits; of them, those whose words matter.
    work_groups: usize,
    work_drawn: [bool; 4],
    /// Slots whose words are kept for decisions.
    kept: u64,
    /// Whether some ignition is neither certain nor impossible.
    ignite_drawn: bool,
    /// Thresholds of ignition without burning neighbours, lane by lane; in the first burst, lane 0 is night 0.
    ignite_first: Lanes,
    ignite_later: Lanes,
}

impl<'p> Plan<'p> {
    pub(crate) fn new(program: &'p Program<'p>, entry: usize) -> Self {
        let town = program.town(entry);
        let team: Vec<&Policy> = program.team(entry).collect();
        let mut plan = Self {
            program,
            town,
            heuristics: 0,
            remembers: team.iter().any(|policy| matches!(policy, Policy::Social { .. })),
            plain: team.iter().all(|policy| matches!(policy, Policy::Heuristic { .. })),
            work: [[0; 4]; 4],
            work_groups: town.agents.div_ceil(4),
            work_drawn: [false; 4],
            kept: 0,
            ignite_drawn: uncertain(town.initial_fire) || town.ignite.iter().any(|&t| uncertain(t)),
            spreads: town.before_burn_out && town.ignite.iter().any(|&t| t != town.ignite[0]),
            ignite_first: [town.ignite[0]; LANES],
            ignite_later: [town.ignite[0]; LANES],
            team,
        };
        plan.ignite_first[0] = town.initial_fire;
        for agent in 0..plan.team.len() {
            plan.add(agent);
        }
        plan
    }

    fn add(&mut self, agent: usize) {
        let mut keep = |purpose: Purpose, needed| self.kept |= u64::from(needed) << purpose.slot(agent);
        match *self.team[agent] {
            Policy::Heuristic { work, .. } => {
                self.heuristics |= 1 << agent;
                self.work[agent / 4][agent % 4] = work;
                self.work_drawn[agent / 4] |= uncertain(work);
            }
            Policy::Social { honesty, exploration, memory, .. } => {
                keep(Purpose::Habit, uncertain(memory));
                keep(Purpose::Stray, uncertain(exploration));
                // A creature of habit decides for itself on the first night only.
                let decides = memory != CERTAIN && exploration != CERTAIN;
                keep(Purpose::Signal, decides && uncertain(honesty));
                keep(Purpose::Work, decides);
                keep(Purpose::Pick, decides);
            }
            Policy::Tabular { pure, .. } => keep(Purpose::Work, !pure),
            Policy::External => {}
        }
    }
}

const fn uncertain(threshold: u64) -> bool {
    threshold != 0 && threshold != CERTAIN
}

/// A burst of nights of one game.
#[derive(Debug)]
pub(crate) struct Ahead {
    /// For zero, one and two burning neighbours, by night: the houses that would catch fire.
    pub(crate) ignite: [Lanes; 3],
    /// By group of four agents and night: a 16-bit field for each agent, 1 if it is heuristic and works.
    pub(crate) work: [Lanes; MAX_AGENTS / 4],
    kept_slots: u64,
    kept: Box<[[[u32; LANES]; 4]; SLOTS]>,
    lane: usize,
    tonight: Tonight,
}

impl Ahead {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            ignite: [[0; LANES]; 3],
            work: [[0; LANES]; MAX_AGENTS / 4],
            kept_slots: plan.kept,
            kept: Box::new([[[0; LANES]; 4]; SLOTS]),
            lane: 0,
            tonight: Tonight::new(Stream::new(0, 0), 0),
        }
    }

    /// Draws the nights `first … first+7`; the words of ruined houses are left out.
    #[inline(always)]
    pub(crate) fn draw(&mut self, plan: &Plan, stream: Stream, first: u32, ruined: u32) {
        let town = plan.town;
        let alone = if first == 0 { &plan.ignite_first } else { &plan.ignite_later };
        self.ignite = [[0; LANES]; 3];
        for group in 0..town.houses.div_ceil(4) {
            if (town.ring & !ruined) >> (4 * group) & 15 == 0 {
                continue;
            }
            let words = if plan.ignite_drawn {
                block(stream, first, Purpose::Ignite, group)
            } else {
                [[0; LANES]; 4]
            };
            for (j, word) in words.iter().enumerate() {
                mark(&mut self.ignite[0], word, alone, 4 * group + j);
                if plan.spreads {
                    mark(&mut self.ignite[1], word, &[town.ignite[1]; LANES], 4 * group + j);
                    mark(&mut self.ignite[2], word, &[town.ignite[2]; LANES], 4 * group + j);
                }
            }
        }
        for group in 0..plan.work_groups {
            let kept = plan.kept >> (4 * Purpose::Work as usize + group) & 1 == 1;
            let words = if kept || plan.work_drawn[group] {
                block(stream, first, Purpose::Work, group)
            } else {
                [[0; LANES]; 4]
            };
            self.work[group] = [0; LANES];
            for (j, word) in words.iter().enumerate() {
                mark(&mut self.work[group], word, &[plan.work[group][j]; LANES], 16 * j);
            }
            if kept {
                self.kept[4 * Purpose::Work as usize + group] = words.map(|word| word.map(|w| w as u32));
            }
        }
        for purpose in [Purpose::Pick, Purpose::Signal, Purpose::Stray, Purpose::Habit] {
            for group in 0..plan.work_groups {
                let slot = 4 * purpose as usize + group;
                if plan.kept >> slot & 1 == 1 {
                    let words = block(stream, first, purpose, group);
                    self.kept[slot] = words.map(|word| word.map(|w| w as u32));
                }
            }
        }
    }

    /// Turns to the night of a lane, for decisions that ask for words.
    #[inline]
    pub(crate) const fn turn_to(&mut self, stream: Stream, night: u32) {
        self.lane = night as usize % LANES;
        self.tonight.turn_to(stream, night);
    }
}

impl Words for Ahead {
    #[inline]
    fn word(&mut self, purpose: Purpose, index: usize) -> u32 {
        let slot = purpose.slot(index);
        if self.kept_slots >> slot & 1 == 1 {
            self.kept[slot][index % 4][self.lane]
        } else {
            self.tonight.word(purpose, index)
        }
    }
}

/// The four words of a slot in every lane, noise above the low 32 bits.
#[allow(clippy::inline_always, reason = "has to be compiled for the instructions of its caller")]
#[inline(always)]
fn block(stream: Stream, first: u32, purpose: Purpose, group: usize) -> [Lanes; 4] {
    let slot = 4 * purpose as u64 + group as u64;
    let [low, high] = stream.game.map(u64::from);
    let mut words = [[0; LANES]; 4];
    for lane in 0..LANES {
        let drawn = philox_wide([slot, u64::from(first) + lane as u64, low, high], stream.key);
        for (word, w) in words.iter_mut().zip(drawn) {
            word[lane] = w;
        }
    }
    words
}

/// Sets bit `bit` of each lane whose word is below its threshold.
#[allow(clippy::inline_always, reason = "has to be compiled for the instructions of its caller")]
#[inline(always)]
fn mark(bits: &mut Lanes, word: &Lanes, threshold: &Lanes, bit: usize) {
    for lane in 0..LANES {
        let below = (word[lane] & LOW).wrapping_sub(threshold[lane]) >> 63;
        bits[lane] |= below << bit;
    }
}
