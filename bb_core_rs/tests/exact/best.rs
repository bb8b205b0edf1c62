//! Best play is the best that the enumeration finds.

use bb_core_rs::counts::num_counts;
use bb_core_rs::error::Error;
use bb_core_rs::exact::{best_responses, expect, social_optimum};
use bb_core_rs::program::Program;

use crate::common::{Compiled, FIREFIGHTER, Scenario, Strategy};
use crate::random::Source;
use crate::tiny;
use crate::twin::Twin;

/// Prices from -1 to 1 for every entry, some of them 0.
fn prices(source: &mut Source, program: &Program) -> Vec<f64> {
    let size = program.entries() * num_counts(program.agents);
    (0..size)
        .map(|_| if source.between(0, 3) == 0 { 0.0 } else { 2.0 * source.probability() - 1.0 })
        .collect()
}

fn worth(prices: &[f64], counts: &[f64]) -> f64 {
    prices.iter().zip(counts).map(|(price, count)| price * count).sum()
}

fn assert_close(got: f64, wanted: f64, tolerance: f64, about: &str) {
    assert!((got - wanted).abs() <= tolerance * wanted.abs().max(1.0), "{about}: {got} is not {wanted}");
}

#[test]
fn best_responses_are_those_of_the_enumeration() {
    let mut source = Source::new(21);
    for case in 0..120 {
        let compiled = if case % 4 == 0 { tiny::crowd(&mut source) } else { tiny::program(&mut source) };
        let program = compiled.program().unwrap();
        let seat = source.between(0, program.agents as u32 - 1);
        let prices = prices(&mut source, &program);
        let answer = best_responses(&program, &[seat], &prices, true, Some(1), || true).unwrap();
        let twin = Twin::new(&program, 0);
        let best = twin.best(&[seat as usize], &prices);
        assert_close(answer.values[0], best, 1e-13, &format!("case {case}: value"));
        // A policy may take the lowest of actions that are as good as equal.
        let played = twin.value_of(seat as usize, &answer.policies[0], &prices);
        assert_close(played, best, 1e-10, &format!("case {case}: policy"));
        let without = best_responses(&program, &[seat], &prices, false, None, || true).unwrap();
        assert_eq!((without.values, without.policies.len()), (answer.values, 0));
    }
}

#[test]
fn nothing_that_is_played_beats_a_best_response() {
    let mut source = Source::new(22);
    for case in 0..60 {
        let houses = source.between(2, 6);
        let scenario = tiny::town(&mut source, 3, houses, 60);
        let mut compiled = Compiled::single(&scenario, &tiny::team(&mut source, &scenario));
        for _ in 0..2 {
            compiled.add_entry(0, &tiny::team(&mut source, &scenario));
        }
        let program = compiled.program().unwrap();
        let prices = prices(&mut source, &program);
        let played = expect(&program, None, || true).unwrap();
        let best = best_responses(&program, &[0, 1, 2], &prices, false, None, || true).unwrap();
        let together = social_optimum(&program, &prices, None, || true).unwrap();
        let width = num_counts(3);
        for entry in 0..3 {
            let prices = &prices[entry * width..][..width];
            let value = worth(prices, &played.counts[entry * width..][..width]);
            let slack = 1e-10 * value.abs().max(1.0);
            assert!(best.values[entry] >= value - slack, "case {case}: {} < {value}", best.values[entry]);
            assert!(together[entry] >= best.values[entry] - slack, "case {case}: {}", together[entry]);
        }
    }
}

#[test]
fn social_optima_are_those_of_the_enumeration() {
    let mut source = Source::new(23);
    for case in 0..100 {
        let compiled = if case % 8 == 0 { tiny::crowd(&mut source) } else { tiny::program(&mut source) };
        let program = compiled.program().unwrap();
        // Every joint action is gone through: four to the power of six are still few on two houses.
        if program.agents > 4 {
            continue;
        }
        let prices = prices(&mut source, &program);
        let got = social_optimum(&program, &prices, Some(1), || true).unwrap()[0];
        let everybody: Vec<usize> = (0..program.agents).collect();
        assert_close(got, Twin::new(&program, 0).best(&everybody, &prices), 1e-13, &format!("case {case}"));
    }
}

#[test]
fn one_agent_alone_is_the_whole_team() {
    let mut source = Source::new(24);
    for case in 0..30 {
        let houses = source.between(2, 8);
        let scenario = tiny::town(&mut source, 1, houses, 150);
        let compiled = Compiled::single(&scenario, &[Strategy::External]);
        let program = compiled.program().unwrap();
        let prices = prices(&mut source, &program);
        let alone = best_responses(&program, &[0], &prices, false, None, || true).unwrap().values[0];
        let together = social_optimum(&program, &prices, None, || true).unwrap()[0];
        assert_close(together, alone, 1e-12, &format!("case {case}"));
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let scenario = Scenario::named("default-v2");
    let mut team = vec![Strategy::Heuristic(FIREFIGHTER); 4];
    team[1] = Strategy::External;
    let compiled = Compiled::single(&scenario, &team);
    let program = compiled.program().unwrap();
    let prices = vec![1.0; num_counts(4)];
    let ask = |seats: &[u32], prices: &[f64]| best_responses(&program, seats, prices, false, None, || true);
    let refused = |answer: Result<_, Error>, about: &str| match answer {
        Err(Error::Invalid(message)) => assert!(message.contains(about), "{message}"),
        _ => panic!("not refused: {about}"),
    };
    refused(ask(&[0], &prices), "seat 1 of entry 0 is played from outside");
    refused(ask(&[4], &prices), "seats are 0 to 3");
    refused(ask(&[0, 1], &prices), "seat has 2 numbers");
    refused(ask(&[1], &prices[1..]), "prices has 20 numbers");
    let mut spoiled = prices.clone();
    spoiled[7] = f64::NAN;
    refused(ask(&[1], &spoiled), "must be finite");
    assert_eq!(best_responses(&program, &[1], &prices, false, None, || false), Err(Error::Stopped));
    assert_eq!(social_optimum(&program, &prices, None, || false), Err(Error::Stopped));

    let crowd = Scenario { agents: 16, homes: vec![0; 16], ..scenario };
    let compiled = Compiled::single(&crowd, &vec![Strategy::External; 16]);
    let program = compiled.program().unwrap();
    let Err(Error::Invalid(message)) = social_optimum(&program, &vec![1.0; num_counts(16)], None, || true)
    else {
        panic!("not refused: a crowd")
    };
    assert!(message.contains("too many ways"), "{message}");
}
