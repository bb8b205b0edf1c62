//! Expected counts are those of the enumeration, and obey the rules of sums.

use bb_core_rs::counts::num_counts;
use bb_core_rs::error::Error;
use bb_core_rs::exact::{Expectation, FINALS, MAX_EXACT_HOUSES, expect, refusal};
use bb_core_rs::program::Program;

use crate::common::{Compiled, FIREFIGHTER, Scenario, Strategy};
use crate::random::Source;
use crate::tiny;
use crate::twin::{Twin, share};

/// Expectations by enumeration and exact ones differ by rounding only.
const ROUNDING: f64 = 1e-13;

fn expect_all(program: &Program) -> Expectation {
    expect(program, Some(1), || true).unwrap()
}

fn assert_close(got: &[f64], wanted: &[f64], tolerance: f64, about: &str) {
    for (i, (&got, &wanted)) in got.iter().zip(wanted).enumerate() {
        let close = (got - wanted).abs() <= tolerance * wanted.abs().max(1.0);
        assert!(close, "{about}, number {i}: {got} is not {wanted}");
    }
}

fn assert_like_twin(compiled: &Compiled, tolerance: f64, about: &str) {
    let program = compiled.program().unwrap();
    let answer = expect_all(&program);
    let (counts, finals) = Twin::new(&program, 0).expect();
    assert_close(&answer.counts, &counts, tolerance, &format!("{about}: counts"));
    assert_close(&answer.final_ruined, &finals, tolerance, &format!("{about}: final ruins"));
}

#[test]
fn expected_counts_are_those_of_the_enumeration() {
    let mut source = Source::new(11);
    for case in 0..400 {
        assert_like_twin(&tiny::program(&mut source), ROUNDING, &format!("case {case}"));
    }
}

#[test]
fn large_teams_are_those_of_the_enumeration() {
    let mut source = Source::new(12);
    for case in 0..60 {
        assert_like_twin(&tiny::crowd(&mut source), ROUNDING, &format!("case {case}"));
    }
}

#[test]
fn long_games_are_those_of_the_enumeration() {
    let mut source = Source::new(13);
    for case in 0..40 {
        let mut scenario = tiny::town(&mut source, 2, 3, 7);
        scenario.max_nights = source.between(30, 300);
        scenario.min_nights = source.between(1, scenario.max_nights);
        let team = tiny::team(&mut source, &scenario);
        // Rounding adds up over the nights.
        assert_like_twin(&Compiled::single(&scenario, &team), 1e-11, &format!("case {case}"));
    }
}

#[test]
fn a_chain_that_lasts_ten_thousand_nights_keeps_its_mass() {
    let mut scenario = Scenario::named("default-v1");
    (scenario.houses, scenario.agents, scenario.max_nights) = (3, 2, 10_000);
    (scenario.catches_fire, scenario.extinguishes, scenario.homes) = (0.9, 1.0 - 1e-6, vec![0, 1]);
    let team = vec![Strategy::Heuristic(FIREFIGHTER); 2];
    assert_like_twin(&Compiled::single(&scenario, &team), 1e-9, "ten thousand nights");
}

/// Every named scenario, with a mixed team.
fn named() -> Vec<(String, Compiled)> {
    let all: toml::Table = crate::common::read("scenarios.toml").parse().unwrap();
    let mut source = Source::new(14);
    let mut entry = |name: &String| {
        let scenario = Scenario::named(name);
        let team: Vec<Strategy> = (0..scenario.agents)
            .map(|_| Strategy::Heuristic([(); 10].map(|()| source.probability())))
            .collect();
        (name.clone(), Compiled::single(&scenario, &team))
    };
    all.keys().map(&mut entry).collect()
}

#[test]
fn sums_add_up_in_every_named_scenario() {
    for (name, compiled) in named() {
        let program = compiled.program().unwrap();
        let agents = program.agents;
        let Expectation { counts, final_ruined } = expect_all(&program);
        let [nights, safe, ruined, saves, terminated] = counts[4 * agents..].try_into().unwrap();
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-11 * b.abs().max(1.0);
        assert!(close(final_ruined.iter().sum(), 1.0), "{name}");
        assert!(
            (0.0..=1.0).contains(&terminated) && final_ruined.iter().all(|&chance| chance >= 0.0),
            "{name}"
        );
        assert!((1.0..100.0 + 1e-9).contains(&nights) && safe + ruined <= nights * 10.0 + 1e-9, "{name}");
        let own = |column: usize| -> f64 { counts[..4 * agents].iter().skip(column).step_by(4).sum() };
        assert!(close(own(2), saves) && close(own(3), ruined), "{name}");
        for agent in 0..agents {
            let works = share(compiled.chances[3 * agent]);
            assert!(close(counts[4 * agent], works * nights), "{name}: agent {agent}");
        }
    }
}

#[test]
fn neither_threads_nor_neighbours_change_an_answer() {
    let mut source = Source::new(15);
    let mut compiled = Compiled::new(3);
    for entry in 0..40 {
        let most = source.between(2, 9);
        let scenario = tiny::town(&mut source, 3, most, 90);
        let team = tiny::team(&mut source, &scenario);
        compiled.add_town(&scenario);
        compiled.add_entry(entry, &team);
    }
    let program = compiled.program().unwrap();
    let alone = expect_all(&program);
    for workers in [2, 5] {
        assert_eq!(expect(&program, Some(workers), || true).unwrap(), alone);
    }
    // The same entries in reverse.
    let mut reversed = compiled.clone();
    reversed.town.reverse();
    reversed.seats = compiled.seats.chunks(3).rev().flatten().copied().collect();
    let reversed = expect_all(&reversed.program().unwrap());
    let width = num_counts(3);
    assert!(reversed.counts.chunks(width).rev().eq(alone.counts.chunks(width)));
    assert!(reversed.final_ruined.chunks(FINALS).rev().eq(alone.final_ruined.chunks(FINALS)));
}

fn assert_refused(compiled: &Compiled, about: &str) {
    let program = compiled.program().unwrap();
    let reason = refusal(&program).unwrap();
    assert!(reason.contains(about), "{reason}");
    let Err(Error::Invalid(message)) = expect(&program, None, || true) else {
        panic!("not refused: {about}")
    };
    assert!(message.contains(&reason), "{message}");
}

#[test]
fn what_has_no_exact_answer_is_refused() {
    let scenario = Scenario::named("default-v2");
    let heuristic = || Strategy::Heuristic(FIREFIGHTER);
    let team = |last: Strategy| [heuristic(), heuristic(), heuristic(), last];
    assert_refused(
        &Compiled::single(&scenario, &team(Strategy::Social(FIREFIGHTER))),
        "seat 3 of entry 0 has a social",
    );
    assert_refused(&Compiled::single(&scenario, &team(Strategy::External)), "played from outside");
    let large = Scenario { houses: MAX_EXACT_HOUSES + 1, ..scenario.clone() };
    assert_refused(&Compiled::single(&large, &team(heuristic())), "ring of 13 houses");
    let mut crowded = Compiled::single(&scenario, &team(heuristic()));
    crowded.extinguish[4] -= 1 << 10;
    assert_refused(&crowded, "independently");
}

#[test]
fn the_caller_may_stop_it() {
    let compiled =
        Compiled::single(&Scenario::named("default-v2"), &vec![Strategy::Heuristic(FIREFIGHTER); 4]);
    let program = compiled.program().unwrap();
    assert_eq!(expect(&program, None, || false), Err(Error::Stopped));
    assert!(matches!(expect(&program, Some(0), || true), Err(Error::Invalid(_))));
}
