//! Prints game-nights per second on one and on two threads:
//! `cargo run --release --example throughput`.

#![allow(clippy::print_stdout, reason = "this is what it is for")]
#![allow(clippy::cast_precision_loss, reason = "a rate need not be exact")]

use std::time::{Duration, Instant};

use bb_core_rs::counts::{NIGHTS, OWN};
use bb_core_rs::rollout::{Request, play};

#[allow(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../tests/common/mod.rs"]
mod common;

use common::{Compiled, FIREFIGHTER, Scenario, Strategy};

/// The best of several runs, as others may use the machine at the same time.
const RUNS: usize = 7;

fn main() {
    if cfg!(debug_assertions) {
        println!("A debug build says nothing about speed: use --release.");
        std::process::exit(1);
    }
    println!(
        "{:<30}{:>14}{:>16}{:>16}{:>8}",
        "", "nights a game", "1 thread, M/s", "2 threads, M/s", "ratio"
    );
    for scenario in ["default-v1", "easy-v1", "hard-v1", "default-v2"] {
        measure(scenario, "heuristic", Strategy::Heuristic(FIREFIGHTER));
    }
    measure("default-v1", "social", Strategy::Social(FIREFIGHTER));
}

fn measure(scenario: &str, kind: &str, strategy: Strategy) {
    let compiled = Compiled::single(&Scenario::named(scenario), &vec![strategy; 4]);
    let games = if kind == "social" { 30_000 } else { 150_000 };
    let [(alone, nights), (together, _)] = [1, 2].map(|workers| best(&compiled, games, workers));
    let rate = |time: Duration| nights / time.as_secs_f64() / 1e6;
    let name = format!("{scenario}, four {kind}");
    println!(
        "{name:<30}{:>14.1}{:>16.1}{:>16.1}{:>8.2}",
        nights / games as f64,
        rate(alone),
        rate(together),
        alone.as_secs_f64() / together.as_secs_f64()
    );
}

/// The time and the nights of a play.
fn best(compiled: &Compiled, games: u64, workers: usize) -> (Duration, f64) {
    let program = compiled.program().expect("a valid program");
    let request = Request {
        seed: 1,
        games,
        first_game: &[0],
        keep_games: false,
        second_moments: true,
        workers: Some(workers),
    };
    let runs = (0..RUNS).map(|_| {
        let start = Instant::now();
        let answer = play(&program, &request, || true).expect("a valid request");
        (start.elapsed(), answer.sums[OWN * compiled.num_agents + NIGHTS] as f64)
    });
    runs.min_by_key(|(time, _)| *time).expect("at least one run")
}
