//! The compiled program: towns, policies and entries, checked once (rules.md, sections 2, 3 and 6).

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::Range;

use crate::draws::CERTAIN;
use crate::error::Error;

/// The largest ring.
pub const MAX_HOUSES: usize = 16;
/// The largest team.
pub const MAX_AGENTS: usize = 16;
/// The longest game.
pub const MAX_NIGHTS: u32 = 10_000;

/// No integer weight of a house is larger, so that those of a whole ring add up to at most 2^32.
const MAX_WEIGHT: u64 = CERTAIN / MAX_HOUSES as u64;

/// A program as plain arrays, laid out as in `bucket_brigade.game.program.Program`.
///
/// T towns, S policies, E entries, N agents; matrices are in row-major order.
#[derive(Clone, Copy, Debug)]
pub struct Arrays<'a> {
    /// N.
    pub num_agents: usize,
    /// (T,) ring size H.
    pub num_houses: &'a [u8],
    /// (T,) whether fires spread before they burn out.
    pub before_burn_out: &'a [bool],
    /// (T,) whether a game ends once no house burns; if not, once all are safe or all are ruined.
    pub until_no_fires: &'a [bool],
    /// (T,) no game ends earlier.
    pub min_nights: &'a [u32],
    /// (T,) every game ends here.
    pub max_nights: &'a [u32],
    /// (T, N) the house each agent lives at.
    pub homes: &'a [u8],
    /// (T,) threshold of a house burning on night 0.
    pub initial_fire: &'a [u64],
    /// (T, 3) thresholds of catching fire, by the number of burning neighbours.
    pub ignite: &'a [u64],
    /// (T, N+1) thresholds of a fire being put out, by the number of workers.
    pub extinguish: &'a [u64],
    /// (S,) 0 heuristic, 1 social, 2 tabular, 3 external.
    pub kind: &'a [u8],
    /// (S,) the ring size a policy was compiled for.
    pub policy_houses: &'a [u8],
    /// (S, 3) thresholds of a policy.
    pub chances: &'a [u64],
    /// (S+1,) policy s owns `tables[table_start[s]..table_start[s+1]]`.
    pub table_start: &'a [i64],
    /// The tables of all policies.
    pub tables: &'a [u64],
    /// (E,) the town of each entry.
    pub town: &'a [u32],
    /// (E, N) the policy on each seat of each entry.
    pub seats: &'a [u32],
}

/// A scenario as integers.
#[derive(Clone, Debug)]
pub struct Town {
    /// N.
    pub agents: usize,
    /// H.
    pub houses: usize,
    /// The mask of all houses.
    pub ring: u32,
    /// Whether fires spread before they burn out; if not, no fire ever spreads.
    pub before_burn_out: bool,
    /// Whether a game ends once no house burns; if not, once all are safe or all are ruined.
    pub until_no_fires: bool,
    /// No game ends earlier.
    pub min_nights: u32,
    /// Every game ends here.
    pub max_nights: u32,
    /// The house each agent lives at.
    pub homes: [u8; MAX_AGENTS],
    /// Threshold of a house burning on night 0.
    pub initial_fire: u64,
    /// Thresholds of catching fire, by the number of burning neighbours.
    pub ignite: [u64; 3],
    /// Thresholds of a fire being put out, by the number of workers.
    pub extinguish: [u64; MAX_AGENTS + 1],
    /// The mask of the houses each agent owns.
    pub owned: [u32; MAX_AGENTS],
    /// Ring distance from each agent's home to each house, the shorter way round.
    pub steps: [[u8; MAX_HOUSES]; MAX_AGENTS],
}

/// A strategy as integers.
#[derive(Clone, Debug)]
pub enum Policy {
    /// Thresholds of working, of a fire at home coming first, and of an honest signal.
    Heuristic {
        /// Works rather than rests.
        work: u64,
        /// A worker goes home first if home burns.
        home_first: u64,
        /// Signals its mode.
        honesty: u64,
    },
    /// Thresholds, and the tables of `Program.tables` in the Python package.
    Social {
        /// Signals its intent, and keeps a promise to work.
        honesty: u64,
        /// Explores.
        exploration: u64,
        /// Repeats the night before.
        memory: u64,
        /// (H+1, 2, 2) by burning houses and home burning: whether it intends to work, and the threshold
        /// of working after signalling rest.
        intents: Range<usize>,
        /// (H div 2 + 1, 2, 3, N+1) weights of a house.
        weights: Range<usize>,
    },
    /// Running thresholds, (3^H, 2H).
    Tabular {
        /// Where the table is.
        table: Range<usize>,
        /// Whether every action is certain, so that no word is needed.
        pure: bool,
    },
    /// Played from outside.
    External,
}

/// A checked program: every index is in range and every table has its size.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    /// N, the same in every town.
    pub agents: usize,
    /// The scenarios.
    pub towns: Vec<Town>,
    /// The strategies.
    pub policies: Vec<Policy>,
    /// The tables of all policies.
    pub tables: Cow<'a, [u64]>,
    town: Cow<'a, [u32]>,
    seats: Cow<'a, [u32]>,
}

impl<'a> Program<'a> {
    /// Checks and reads a program; large arrays are borrowed, not copied.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if a length does not fit the others, an index points nowhere, a number is out of
    /// its range, or a policy does not fit the ring it is played on.
    pub fn new(arrays: &Arrays<'a>) -> Result<Self, Error> {
        let agents = arrays.num_agents;
        within("num_agents", agents, 1, MAX_AGENTS)?;
        let towns =
            (0..arrays.num_houses.len()).map(|t| read_town(arrays, t)).collect::<Result<Vec<_>, _>>()?;
        let policies = read_policies(arrays)?;
        let entries = arrays.town.len();
        length("seats", arrays.seats.len(), entries * agents)?;
        for (entry, (&town, seats)) in arrays.town.iter().zip(arrays.seats.chunks_exact(agents)).enumerate() {
            index("town", entry, town, towns.len())?;
            let houses = towns[town as usize].houses;
            for &seat in seats {
                index("seats", entry, seat, policies.len())?;
                let made_for = arrays.policy_houses[seat as usize];
                if usize::from(made_for) != houses {
                    return Error::invalid(format!(
                        "Entry {entry} plays policy {seat}, made for {made_for} houses, on a ring of {houses}."
                    ));
                }
            }
        }
        Ok(Self {
            agents,
            towns,
            policies,
            tables: Cow::Borrowed(arrays.tables),
            town: Cow::Borrowed(arrays.town),
            seats: Cow::Borrowed(arrays.seats),
        })
    }

    /// A program that owns its arrays.
    pub fn into_owned(self) -> Program<'static> {
        Program {
            agents: self.agents,
            towns: self.towns,
            policies: self.policies,
            tables: Cow::Owned(self.tables.into_owned()),
            town: Cow::Owned(self.town.into_owned()),
            seats: Cow::Owned(self.seats.into_owned()),
        }
    }

    /// E.
    #[inline]
    pub fn entries(&self) -> usize {
        self.town.len()
    }

    /// The town of an entry.
    #[inline]
    pub fn town(&self, entry: usize) -> &Town {
        &self.towns[self.town[entry] as usize]
    }

    /// The policies on the seats of an entry.
    #[inline]
    pub fn team(&self, entry: usize) -> impl Iterator<Item = &Policy> {
        let seats = &self.seats[entry * self.agents..(entry + 1) * self.agents];
        seats.iter().map(|&seat| &self.policies[seat as usize])
    }
}

fn read_town(arrays: &Arrays, t: usize) -> Result<Town, Error> {
    let agents = arrays.num_agents;
    let towns = arrays.num_houses.len();
    length("before_burn_out", arrays.before_burn_out.len(), towns)?;
    length("until_no_fires", arrays.until_no_fires.len(), towns)?;
    length("min_nights", arrays.min_nights.len(), towns)?;
    length("max_nights", arrays.max_nights.len(), towns)?;
    length("homes", arrays.homes.len(), towns * agents)?;
    length("initial_fire", arrays.initial_fire.len(), towns)?;
    length("ignite", arrays.ignite.len(), towns * 3)?;
    length("extinguish", arrays.extinguish.len(), towns * (agents + 1))?;

    let houses = usize::from(arrays.num_houses[t]);
    within("num_houses", houses, 2, MAX_HOUSES)?;
    within("max_nights", arrays.max_nights[t], 1, MAX_NIGHTS)?;
    within("min_nights", arrays.min_nights[t], 1, arrays.max_nights[t])?;
    thresholds("initial_fire", &arrays.initial_fire[t..=t])?;
    let mut town = Town {
        agents,
        houses,
        ring: (1 << houses) - 1,
        before_burn_out: arrays.before_burn_out[t],
        until_no_fires: arrays.until_no_fires[t],
        min_nights: arrays.min_nights[t],
        max_nights: arrays.max_nights[t],
        homes: [0; MAX_AGENTS],
        initial_fire: arrays.initial_fire[t],
        ignite: [0; 3],
        extinguish: [0; MAX_AGENTS + 1],
        owned: [0; MAX_AGENTS],
        steps: [[0; MAX_HOUSES]; MAX_AGENTS],
    };
    for (agent, &home) in arrays.homes[t * agents..(t + 1) * agents].iter().enumerate() {
        within("homes", usize::from(home), 0, houses - 1)?;
        town.homes[agent] = home;
        for house in 0..houses as u8 {
            let around = home.abs_diff(house);
            town.steps[agent][usize::from(house)] = around.min(houses as u8 - around);
        }
    }
    for house in 0..houses {
        town.owned[house % agents] |= 1 << house;
    }
    town.ignite.copy_from_slice(thresholds("ignite", &arrays.ignite[3 * t..3 * t + 3])?);
    let row = &arrays.extinguish[t * (agents + 1)..(t + 1) * (agents + 1)];
    town.extinguish[..=agents].copy_from_slice(thresholds("extinguish", row)?);
    Ok(town)
}

fn read_policies(arrays: &Arrays) -> Result<Vec<Policy>, Error> {
    let policies = arrays.kind.len();
    length("policy_houses", arrays.policy_houses.len(), policies)?;
    length("chances", arrays.chances.len(), policies * 3)?;
    length("table_start", arrays.table_start.len(), policies + 1)?;
    thresholds("chances", arrays.chances)?;
    let starts: Vec<usize> =
        arrays.table_start.iter().map(|&s| usize::try_from(s).unwrap_or(usize::MAX)).collect();
    if starts[0] != 0 || starts[policies] != arrays.tables.len() || !starts.is_sorted() {
        return Error::invalid(format!(
            "table_start must rise from 0 to the length of tables, {}.",
            arrays.tables.len()
        ));
    }
    (0..policies).map(|s| read_policy(arrays, s, starts[s]..starts[s + 1])).collect()
}

fn read_policy(arrays: &Arrays, s: usize, place: Range<usize>) -> Result<Policy, Error> {
    let houses = usize::from(arrays.policy_houses[s]);
    within("policy_houses", houses, 2, MAX_HOUSES)?;
    let [first, second, third] = [0, 1, 2].map(|i| arrays.chances[3 * s + i]);
    let table = &arrays.tables[place.clone()];
    let size = |wanted| length(&format!("The table of policy {s}"), table.len(), wanted);
    Ok(match arrays.kind[s] {
        0 => {
            size(0)?;
            Policy::Heuristic { work: first, home_first: second, honesty: third }
        }
        1 => {
            let intents = 4 * (houses + 1);
            size(intents + (houses / 2 + 1) * 6 * (arrays.num_agents + 1))?;
            for pair in table[..intents].chunks_exact(2) {
                within("A social intent", pair[0], 0, 1)?;
                thresholds("A social table", &pair[1..])?;
            }
            for &weight in &table[intents..] {
                within("A social weight", weight, 1, MAX_WEIGHT)?;
            }
            let split = place.start + intents;
            Policy::Social {
                honesty: first,
                exploration: second,
                memory: third,
                intents: place.start..split,
                weights: split..place.end,
            }
        }
        2 => {
            size(3_usize.pow(houses as u32) * 2 * houses)?;
            for (state, row) in table.chunks_exact(2 * houses).enumerate() {
                if !row.is_sorted() || row[2 * houses - 1] != CERTAIN {
                    return Error::invalid(format!(
                        "The table of policy {s}, state {state}: thresholds must not fall and must end at 2**32."
                    ));
                }
            }
            Policy::Tabular { pure: table.iter().all(|&t| t == 0 || t == CERTAIN), table: place }
        }
        3 => {
            size(0)?;
            Policy::External
        }
        other => return Error::invalid(format!("kind holds {other}: it must be 0, 1, 2 or 3.")),
    })
}

fn length(name: &str, got: usize, wanted: usize) -> Result<(), Error> {
    if got == wanted {
        Ok(())
    } else {
        Error::invalid(format!("{name} has {got} numbers: it must have {wanted}."))
    }
}

fn within<T: Copy + PartialOrd + Display>(name: &str, value: T, low: T, high: T) -> Result<(), Error> {
    if low <= value && value <= high {
        Ok(())
    } else {
        Error::invalid(format!("{name} holds {value}: it must be from {low} to {high}."))
    }
}

fn thresholds<'s>(name: &str, values: &'s [u64]) -> Result<&'s [u64], Error> {
    match values.iter().find(|&&value| value > CERTAIN) {
        Some(value) => Error::invalid(format!("{name} holds {value}: a threshold is at most 2**32.")),
        None => Ok(values),
    }
}

fn index(name: &str, entry: usize, value: u32, count: usize) -> Result<(), Error> {
    if (value as usize) < count {
        Ok(())
    } else {
        Error::invalid(format!("{name} of entry {entry} is {value}: there are {count}, counted from 0."))
    }
}
