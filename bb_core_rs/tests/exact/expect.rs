//! Expected counts are those of the enumeration.

use bb_core_rs::exact::{MAX_EXACT_HOUSES, expect, refusal};

use crate::common::{Compiled, FIREFIGHTER, Scenario, Strategy};
use crate::random::Source;
use crate::twin::Twin;

/// A town small enough to enumerate.
pub fn tiny_town(source: &mut Source, agents: usize) -> Scenario {
    let houses = source.between(2, if agents < 3 { 4 } else { 3 }) as usize;
    let max_nights = source.between(1, 7);
    Scenario {
        houses,
        agents,
        initial_fire: source.probability(),
        catches_fire: source.rare(),
        spreads: source.probability(),
        extinguishes: source.probability(),
        before_burn_out: source.flip(),
        until_no_fires: source.flip(),
        min_nights: source.between(1, max_nights),
        max_nights,
        homes: (0..agents).map(|_| source.between(0, houses as u32 - 1) as u8).collect(),
    }
}

/// A strategy that looks only at the houses.
pub fn state_only(source: &mut Source, houses: usize) -> Strategy {
    loop {
        match crate::random::strategy(source, houses) {
            Strategy::Social(_) => {}
            strategy => return strategy,
        }
    }
}

/// One entry, small enough to enumerate.
pub fn tiny(source: &mut Source) -> Compiled {
    let agents = source.between(1, 3) as usize;
    let scenario = tiny_town(source, agents);
    let team: Vec<Strategy> = (0..agents).map(|_| state_only(source, scenario.houses)).collect();
    Compiled::single(&scenario, &team)
}

fn assert_close(got: &[f64], wanted: &[f64], about: &str) {
    for (i, (&got, &wanted)) in got.iter().zip(wanted).enumerate() {
        assert!(
            (got - wanted).abs() <= 1e-13 * wanted.abs().max(1.0),
            "{about}, number {i}: {got} is not {wanted}"
        );
    }
}

#[test]
fn expected_counts_are_those_of_the_enumeration() {
    let mut source = Source::new(11);
    for case in 0..400 {
        let compiled = tiny(&mut source);
        let program = compiled.program().unwrap();
        let answer = expect(&program, Some(1), || true).unwrap();
        let (counts, finals) = Twin::new(&program, 0).expect();
        assert_close(&answer.counts, &counts, &format!("case {case}: counts"));
        assert_close(&answer.final_ruined, &finals, &format!("case {case}: final ruins"));
    }
}
