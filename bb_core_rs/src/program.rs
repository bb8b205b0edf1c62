//! The compiled program: towns, policies and entries, checked once (rules.md, sections 2, 3 and 6).

mod parts;
mod read;

use std::borrow::Cow;

use crate::error::Error;
pub use parts::{
    Arrays, Intent, MAX_AGENTS, MAX_HOUSES, MAX_NIGHTS, Policy, Social, Town, WEIGHTS, weight_index,
};
use read::{index, length, read_policies, read_town, within};

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

    /// The policies on the seats of an entry, by their indices.
    #[inline]
    pub fn seats(&self, entry: usize) -> &[u32] {
        &self.seats[entry * self.agents..(entry + 1) * self.agents]
    }

    /// The policies on the seats of an entry.
    #[inline]
    pub fn team(&self, entry: usize) -> impl Iterator<Item = &Policy> {
        self.seats(entry).iter().map(|&seat| &self.policies[seat as usize])
    }
}
