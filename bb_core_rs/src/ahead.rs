//! Words drawn ahead, eight nights of one game at a time.
//!
//! A lane is a night. The words that every night needs, of ignition and of heuristic agents' work, are drawn
//! for all lanes in one vectorised loop and turned into bits at once. Other words are drawn when the first
//! night asks for them, again for all lanes: with wide registers that costs no more than one block.

use crate::draws::{CERTAIN, Purpose, SLOTS, Schedule, Stream, Words, philox_wide};
use crate::program::{MAX_AGENTS, MAX_HOUSES, Policy, Program, Town};

/// Nights drawn at once: the number of 64-bit lanes of the widest vector registers.
pub(crate) const LANES: usize = 8;

type Lanes = [u64; LANES];

const LOW: u64 = 0xFFFF_FFFF;
const GROUPS: usize = MAX_AGENTS / 4;

/// What an entry needs to be played, worked out once for many games.
#[derive(Debug)]
pub(crate) struct Plan<'p> {
    pub(crate) program: &'p Program<'p>,
    pub(crate) town: &'p Town,
    pub(crate) team: Vec<&'p Policy>,
    /// Groups of four agents.
    pub(crate) groups: usize,
    /// Slots that are asked for on every night.
    pub(crate) always: u64,
    /// Slots that are asked for on nights with more than one fire.
    pub(crate) choices: u64,
    /// Thresholds of working, 0 for agents that are not heuristic.
    work: [[u64; 4]; GROUPS],
    /// Groups of four agents of which one is heuristic and works at random.
    work_drawn: [bool; GROUPS],
    ignition: Ignition,
}

/// How houses catch fire.
#[derive(Debug)]
struct Ignition {
    /// Whether some chance is neither certain nor impossible.
    drawn: bool,
    /// Thresholds for zero, one and two burning neighbours; lane 0 of the first burst is night 0.
    first: Lanes,
    later: Lanes,
    near: Option<[Lanes; 2]>,
}

impl<'p> Plan<'p> {
    pub(crate) fn new(program: &'p Program<'p>, entry: usize) -> Self {
        let town = program.town(entry);
        let mut plan = Self {
            program,
            town,
            team: program.team(entry).collect(),
            groups: town.agents.div_ceil(4),
            always: 0,
            choices: 0,
            work: [[0; 4]; GROUPS],
            work_drawn: [false; GROUPS],
            ignition: Ignition::new(town),
        };
        for agent in 0..plan.team.len() {
            plan.add(agent);
        }
        plan
    }

    fn add(&mut self, agent: usize) {
        let bit = |purpose: Purpose, needed| u64::from(needed) << purpose.slot(agent);
        match self.team[agent] {
            &Policy::Heuristic { work, home_first, .. } => {
                self.work[agent / 4][agent % 4] = work;
                self.work_drawn[agent / 4] |= uncertain(work);
                self.choices |= bit(Purpose::Home, uncertain(home_first)) | bit(Purpose::Pick, true);
            }
            Policy::Social(social) => {
                self.always |= bit(Purpose::Habit, uncertain(social.memory));
                if social.memory == CERTAIN {
                    // A creature of habit decides for itself on the first night only.
                    return;
                }
                let explores = uncertain(social.exploration);
                self.always |= bit(Purpose::Stray, explores);
                self.always |= bit(Purpose::StrayHouse, explores) | bit(Purpose::StrayMode, explores);
                self.always |= bit(Purpose::Signal, uncertain(social.honesty));
                self.always |= bit(Purpose::Work, true) | bit(Purpose::Pick, true);
            }
            &Policy::Tabular { pure, .. } => self.always |= bit(Purpose::Work, !pure),
            Policy::External => {}
        }
    }

    /// Whether nothing but ignition happens on a night without fires.
    pub(crate) fn is_plain(&self) -> bool {
        self.team.iter().all(|policy| matches!(policy, Policy::Heuristic { .. }))
    }

    /// Whether somebody looks at the actions of the night before.
    pub(crate) fn remembers(&self) -> bool {
        self.team.iter().any(|policy| matches!(policy, Policy::Social(_)))
    }
}

impl Ignition {
    fn new(town: &Town) -> Self {
        let [alone, one, two] = town.ignite;
        let mut first = [alone; LANES];
        first[0] = town.initial_fire;
        Self {
            drawn: [alone, one, two, town.initial_fire].into_iter().any(uncertain),
            first,
            later: [alone; LANES],
            near: town.before_burn_out.then_some([[one; LANES], [two; LANES]]),
        }
    }
}

const fn uncertain(threshold: u64) -> bool {
    threshold != 0 && threshold != CERTAIN
}

/// A burst of nights of one game.
#[derive(Debug)]
pub(crate) struct Ahead {
    seed: u64,
    schedule: Schedule,
    game: u64,
    /// The night of lane 0.
    first: u32,
    lane: usize,
    /// For zero, one and two burning neighbours, by night: the houses that would catch fire.
    pub(crate) ignite: [Lanes; 3],
    /// By group of four agents and night: a 16-bit field for each agent, 1 if it is heuristic and works.
    pub(crate) work: [Lanes; GROUPS],
    /// The slots of `words` that have been drawn, with noise above the low 32 bits.
    drawn: u64,
    words: Box<[[Lanes; 4]; SLOTS]>,
}

impl Ahead {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            schedule: Schedule::of_seed(seed),
            game: 0,
            first: 0,
            lane: 0,
            ignite: [[0; LANES]; 3],
            work: [[0; LANES]; GROUPS],
            drawn: 0,
            words: Box::new([[[0; LANES]; 4]; SLOTS]),
        }
    }

    /// Turns to night 0 of a game.
    #[inline(always)]
    pub(crate) fn start(&mut self, plan: &Plan, game: u64) {
        self.game = game;
        self.draw(plan, 0, 0);
        for work in &mut self.work {
            // Nobody works on night 0.
            work[0] = 0;
        }
    }

    /// Draws the nights `first … first+7`; the words of ruined houses are left out.
    #[inline(always)]
    pub(crate) fn draw(&mut self, plan: &Plan, first: u32, ruined: u32) {
        self.first = first;
        self.drawn = 0;
        self.draw_ignition(&plan.ignition, plan.town.ring & !ruined);
        for group in 0..plan.groups {
            let words = if plan.work_drawn[group] {
                self.block(Purpose::Work.slot(4 * group))
            } else {
                [[0; LANES]; 4]
            };
            let thresholds = plan.work[group];
            let mut fields = [0; LANES];
            for j in (0..4).rev() {
                for lane in 0..LANES {
                    fields[lane] = fields[lane] << 16 | below(words[j][lane], thresholds[j]);
                }
            }
            self.work[group] = fields;
        }
    }

    #[inline(always)]
    fn draw_ignition(&mut self, ignition: &Ignition, open: u32) {
        let alone = if self.first == 0 { &ignition.first } else { &ignition.later };
        let mut caught = [[0; LANES]; 3];
        for group in (0..MAX_HOUSES / 4).rev() {
            let houses = open >> (4 * group) & 0xF;
            if houses == 0 {
                for bits in caught.as_flattened_mut() {
                    *bits <<= 4;
                }
                continue;
            }
            let words =
                if ignition.drawn { self.block(Purpose::Ignite.slot(4 * group)) } else { [[0; LANES]; 4] };
            push(&mut caught[0], &words, alone);
            if let Some([one, two]) = &ignition.near {
                push(&mut caught[1], &words, one);
                push(&mut caught[2], &words, two);
            }
        }
        self.ignite = caught;
    }

    /// Turns to a night and draws those of some slots that have not been drawn.
    #[inline(always)]
    pub(crate) fn turn_to(&mut self, lane: usize, slots: u64) {
        self.lane = lane;
        let mut missing = slots & !self.drawn;
        self.drawn |= slots;
        while missing != 0 {
            let slot = missing.trailing_zeros() as usize;
            self.words[slot] = self.block(slot);
            missing &= missing - 1;
        }
    }

    /// The four words of a slot in every lane, noise above the low 32 bits.
    #[inline(always)]
    fn block(&self, slot: usize) -> [Lanes; 4] {
        let (low, high) = (self.game & LOW, self.game >> 32);
        let mut words = [[0; LANES]; 4];
        for lane in 0..LANES {
            let drawn =
                philox_wide([slot as u64, u64::from(self.first) + lane as u64, low, high], &self.schedule);
            for (word, w) in words.iter_mut().zip(drawn) {
                word[lane] = w;
            }
        }
        words
    }
}

impl Words for Ahead {
    #[inline(always)]
    fn word(&mut self, purpose: Purpose, index: usize) -> u32 {
        let slot = purpose.slot(index);
        if self.drawn >> slot & 1 == 1 {
            self.words[slot][index % 4][self.lane] as u32
        } else {
            Stream::new(self.seed, self.game).block(self.first + self.lane as u32, slot)[index % 4]
        }
    }
}

/// Shifts four bits into each lane, the first word's the lowest: whether the word is below the threshold.
#[inline(always)]
fn push(bits: &mut Lanes, words: &[Lanes; 4], thresholds: &Lanes) {
    for word in words.iter().rev() {
        for lane in 0..LANES {
            bits[lane] = bits[lane] << 1 | below(word[lane], thresholds[lane]);
        }
    }
}

#[inline(always)]
const fn below(word: u64, threshold: u64) -> u64 {
    (word & LOW).wrapping_sub(threshold) >> 63
}
