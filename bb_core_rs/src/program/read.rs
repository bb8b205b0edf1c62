//! Reading the arrays of a program, and refusing what breaks the contract.

use std::fmt::Display;
use std::ops::Range;

use super::parts::{
    Arrays, Intent, MAX_AGENTS, MAX_HOUSES, MAX_NIGHTS, Policy, Social, Town, WEIGHTS, weight_index,
};
use crate::draws::CERTAIN;
use crate::error::Error;

/// No integer weight of a house is larger, so that those of a whole ring add up to less than 2^32.
const MAX_WEIGHT: u64 = (CERTAIN - 1) / MAX_HOUSES as u64;

pub(super) fn read_town(arrays: &Arrays, t: usize) -> Result<Town, Error> {
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
        owner: [0; MAX_HOUSES],
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
        town.owner[house] = (house % agents) as u8;
        town.owned[house % agents] |= 1 << house;
    }
    town.ignite.copy_from_slice(thresholds("ignite", &arrays.ignite[3 * t..3 * t + 3])?);
    let row = &arrays.extinguish[t * (agents + 1)..(t + 1) * (agents + 1)];
    town.extinguish[..=agents].copy_from_slice(thresholds("extinguish", row)?);
    Ok(town)
}

pub(super) fn read_policies(arrays: &Arrays) -> Result<Vec<Policy>, Error> {
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
    let size = |wanted| table_size(s, table, wanted);
    Ok(match arrays.kind[s] {
        0 => {
            size(0)?;
            Policy::Heuristic { work: first, home_first: second, honesty: third }
        }
        1 => Policy::Social(Box::new(read_social(
            table,
            houses,
            arrays.num_agents,
            [first, second, third],
            s,
        )?)),
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

fn read_social(
    table: &[u64],
    houses: usize,
    agents: usize,
    [honesty, exploration, memory]: [u64; 3],
    s: usize,
) -> Result<Social, Error> {
    let split = 4 * (houses + 1);
    table_size(s, table, split + (houses / 2 + 1) * 6 * (agents + 1))?;
    let (intents, weights) = table.split_at(split);
    for pair in intents.chunks_exact(2) {
        within("A social intent", pair[0], 0, 1)?;
        thresholds("A social table", &pair[1..])?;
    }
    let intent = |pair: &[u64]| Intent { work: pair[0] == 1, altruistic: pair[1] };
    let mut social = Social {
        honesty,
        exploration,
        memory,
        intents: intents.chunks_exact(4).map(|four| [intent(&four[..2]), intent(&four[2..])]).collect(),
        weights: [0; WEIGHTS],
    };
    let mut given = weights.iter();
    for distance in 0..=houses / 2 {
        for fires in 0..6 {
            for (located, &weight) in given.by_ref().take(agents + 1).enumerate() {
                within("A social weight", weight, 1, MAX_WEIGHT)?;
                let place = weight_index(fires, located as u16, agents);
                social.weights[usize::from(place) + distance] = weight as u32;
            }
        }
    }
    Ok(social)
}

fn table_size(s: usize, table: &[u64], wanted: usize) -> Result<(), Error> {
    length(&format!("The table of policy {s}"), table.len(), wanted)
}

pub(super) fn length(name: &str, got: usize, wanted: usize) -> Result<(), Error> {
    if got == wanted {
        Ok(())
    } else {
        Error::invalid(format!("{name} has {got} numbers: it must have {wanted}."))
    }
}

pub(super) fn within<T: Copy + PartialOrd + Display>(
    name: &str,
    value: T,
    low: T,
    high: T,
) -> Result<(), Error> {
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

pub(super) fn index(name: &str, entry: usize, value: u32, count: usize) -> Result<(), Error> {
    if (value as usize) < count {
        Ok(())
    } else {
        Error::invalid(format!("{name} of entry {entry} is {value}: there are {count}, counted from 0."))
    }
}
