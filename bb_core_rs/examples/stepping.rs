//! Game-nights a second of a batch whose seats are all played from outside: `cargo run --release --example stepping`.

#![allow(clippy::print_stdout, reason = "that is what it is for")]
#![allow(clippy::cast_precision_loss, reason = "numbers to be looked at")]

use std::time::Instant;

use bb_core_rs::batch::{Autoreset, Batch, Encoding, Output, PRICES, Request};
use bb_core_rs::program::{Arrays, Program};

const ROWS: usize = 4096;
const AGENTS: usize = 4;
const HOUSES: usize = 10;
const WIDTH: usize = 37;
const NIGHTS: usize = 2000;

#[allow(clippy::cast_sign_loss, reason = "probabilities are not negative")]
fn threshold(p: f64) -> u64 {
    (p * 4_294_967_296.0 + 0.5) as u64
}

fn main() {
    let workers = std::env::args().nth(1).map(|text| text.parse().expect("a number of threads"));
    let arrays = Arrays {
        num_agents: AGENTS,
        num_houses: &[10],
        before_burn_out: &[true],
        until_no_fires: &[true],
        min_nights: &[12],
        max_nights: &[100],
        homes: &[0, 1, 2, 3],
        initial_fire: &[threshold(0.2)],
        ignite: &[threshold(0.02), threshold(0.2), threshold(0.35)],
        extinguish: &[0, threshold(0.5), threshold(0.75), threshold(0.875), threshold(0.94)],
        kind: &[3],
        policy_houses: &[10],
        chances: &[0, 0, 0],
        table_start: &[0, 0],
        tables: &[],
        town: &[0],
        seats: &[0; AGENTS],
    };
    let program = Program::new(&arrays).expect("a valid program").into_owned();
    let mut source = vec![];
    let mut start = vec![];
    for seat in 0..AGENTS as u16 {
        source.extend((0..10).chain(0..10).chain([12, 15, 18, 21, 11, 14, 17, 20, 10, 13, 16, 19, 22]));
        start.extend([[0; 10], [3; 10]].concat());
        start.extend([6; 8]);
        start.extend([8; 4]);
        start.push(18);
        for agent in 0..AGENTS as u16 {
            source.push(23);
            start.push(119 + u32::from(agent == seat));
        }
    }
    let encoding = Encoding { source, start, table: (0..121_u32).collect() };
    let games: Vec<u64> = (0..ROWS as u64).collect();
    let mut batch = Batch::new(Request {
        program,
        entries: &vec![0; ROWS],
        seeds: &vec![7; ROWS],
        games: &games,
        stride: ROWS as u64,
        autoreset: Autoreset::NextStep,
        observed: &[0, 1, 2, 3],
        encoding,
        prices: &[1.5; AGENTS * PRICES],
        workers,
    })
    .expect("a valid request");
    let mut word = 1_u32;
    let mut random = |below: u32| {
        word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((word >> 16) % below) as u8
    };
    let tables: Vec<Vec<u8>> = (0..8)
        .map(|_| (0..ROWS * AGENTS).flat_map(|_| [random(HOUSES as u32), random(2), random(2)]).collect())
        .collect();
    let mut observations = vec![0; ROWS * AGENTS * WIDTH];
    let mut rewards = vec![0.0; ROWS * AGENTS];
    let mut flags = [vec![false; ROWS], vec![false; ROWS], vec![false; ROWS]];
    let mut played = 0;
    let begin = Instant::now();
    for night in 0..NIGHTS {
        let [terminated, truncated, started] = &mut flags;
        let out = Output {
            observations: &mut observations,
            rewards: &mut rewards,
            terminated,
            truncated,
            started,
            final_observations: &mut [],
            final_counts: &mut [],
        };
        batch.step(&tables[night % 8], out).expect("actions by the rules");
        played += ROWS - flags[2].iter().filter(|&&started| started).count();
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{:.1} million game-nights a second, {:.0} ns each",
        played as f64 / seconds / 1e6,
        seconds * 1e9 / played as f64
    );
}
