//! Best play is the best that the enumeration finds.

use bb_core_rs::counts::num_counts;
use bb_core_rs::exact::{best_responses, social_optimum};

use crate::expect::tiny;
use crate::random::Source;
use crate::twin::Twin;

/// Prices from -1 to 1, some of them 0.
fn prices(source: &mut Source, agents: usize) -> Vec<f64> {
    (0..num_counts(agents))
        .map(|_| if source.between(0, 3) == 0 { 0.0 } else { 2.0 * source.probability() - 1.0 })
        .collect()
}

#[test]
fn best_responses_are_those_of_the_enumeration() {
    let mut source = Source::new(12);
    for case in 0..100 {
        let compiled = tiny(&mut source);
        let program = compiled.program().unwrap();
        let seat = source.between(0, program.agents as u32 - 1);
        let prices = prices(&mut source, program.agents);
        let answer = best_responses(&program, &[seat], &prices, true, Some(1), || true).unwrap();
        let wanted = Twin::new(&program, 0).best(&[seat as usize], &prices);
        let scale = wanted.abs().max(1.0);
        assert!(
            (answer.values[0] - wanted).abs() <= 1e-13 * scale,
            "case {case}: {} is not {wanted}",
            answer.values[0]
        );
    }
}

#[test]
fn social_optima_are_those_of_the_enumeration() {
    let mut source = Source::new(13);
    for case in 0..100 {
        let compiled = tiny(&mut source);
        let program = compiled.program().unwrap();
        let prices = prices(&mut source, program.agents);
        let got = social_optimum(&program, &prices, Some(1), || true).unwrap()[0];
        let everybody: Vec<usize> = (0..program.agents).collect();
        let wanted = Twin::new(&program, 0).best(&everybody, &prices);
        assert!((got - wanted).abs() <= 1e-13 * wanted.abs().max(1.0), "case {case}: {got} is not {wanted}");
    }
}
