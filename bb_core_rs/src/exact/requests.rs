//! What every exact question has in common: what is refused.

use crate::counts::num_counts;
use crate::error::Error;
use crate::program::{Policy, Program};

use super::chances::Chances;
use super::ring::MAX_EXACT_HOUSES;

/// Why the program has no exact expectation, if so.
pub fn refusal(program: &Program) -> Option<String> {
    (0..program.entries()).find_map(|entry| refusal_of(program, entry, |_| false))
}

/// Why an entry cannot be worked out, if so; the policies on free seats do not matter.
fn refusal_of(program: &Program, entry: usize, free: impl Fn(usize) -> bool) -> Option<String> {
    let town = program.town(entry);
    if town.houses > MAX_EXACT_HOUSES {
        return Some(format!(
            "entry {entry} has a ring of {} houses: exact answers go up to {MAX_EXACT_HOUSES}",
            town.houses
        ));
    }
    if !Chances::new(town).independent() {
        return Some(format!(
            "the workers of entry {entry} do not put fires out independently of each other"
        ));
    }
    let mut seats = program.team(entry).enumerate().filter(|&(seat, _)| !free(seat));
    seats.find_map(|(seat, policy)| match policy {
        Policy::Heuristic { .. } | Policy::Tabular { .. } => None,
        Policy::Social { .. } => Some(format!(
            "seat {seat} of entry {entry} has a social strategy, which looks at more than the houses"
        )),
        Policy::External => Some(format!("seat {seat} of entry {entry} is played from outside")),
    })
}

/// Refuses what cannot be worked out; `free` gives the free seats of an entry, none if it has none.
pub(super) fn check(
    program: &Program,
    free: impl Fn(usize) -> Option<std::ops::Range<usize>>,
) -> Result<(), Error> {
    for entry in 0..program.entries() {
        let free = free(entry).unwrap_or(0..0);
        if free.end > program.agents {
            return Error::invalid(format!(
                "seat {} of entry {entry} is free: seats are 0 to {}.",
                free.end - 1,
                program.agents - 1
            ));
        }
        if let Some(reason) = refusal_of(program, entry, |seat| free.contains(&seat)) {
            return Error::invalid(format!("No exact answer: {reason}."));
        }
    }
    Ok(())
}

/// Refuses prices that are not a finite number for each count of each entry.
pub(super) fn check_prices(program: &Program, prices: &[f64]) -> Result<(), Error> {
    let size = program.entries() * num_counts(program.agents);
    if prices.len() != size {
        return Error::invalid(format!("prices has {} numbers: it must have {size}.", prices.len()));
    }
    match prices.iter().find(|price| !price.is_finite()) {
        Some(price) => Error::invalid(format!("prices holds {price}: it must be finite.")),
        None => Ok(()),
    }
}
