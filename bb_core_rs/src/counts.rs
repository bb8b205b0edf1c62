//! What is counted: D = 4N + 5 integers a game, their sums and products (rules.md, section 7).
//!
//! Columns `4i … 4i+3` are worked, distance, `own_saves` and `own_ruined` of agent `i`; columns
//! `4N … 4N+4` are nights, safe, ruined, saves and terminated. All tallies follow by subtraction.

use crate::program::MAX_AGENTS;

/// Counts of each agent.
pub const OWN: usize = 4;
/// Counts of the whole town.
pub const SHARED: usize = 5;
/// D of the largest team.
pub const MAX_COUNTS: usize = num_counts(MAX_AGENTS);

/// Column of an agent's nights of work, from the first of its columns.
pub const WORKED: usize = 0;
/// Column of an agent's ring distance from home, over nights worked.
pub const DISTANCE: usize = 1;
/// Column of an agent's own houses that burned at a night's start and were safe at its end.
pub const OWN_SAVES: usize = 2;
/// Column of an agent's own ruined houses, each night anew.
pub const OWN_RUINED: usize = 3;
/// Column of nights played, from the first shared column.
pub const NIGHTS: usize = 0;
/// Column of safe houses at each night's end.
pub const SAFE: usize = 1;
/// Column of ruined houses at each night's end.
pub const RUINED: usize = 2;
/// Column of all houses saved.
pub const SAVES: usize = 3;
/// Column of whether the rules ended the game.
pub const TERMINATED: usize = 4;

/// D for a team of `agents`.
pub const fn num_counts(agents: usize) -> usize {
    OWN * agents + SHARED
}

/// Sums over games of counts and of products of two counts.
///
/// All additions and multiplications wrap around, as the contract allows: only differences are used.
#[derive(Debug)]
pub(crate) struct Totals {
    sums: [i64; MAX_COUNTS],
    /// (D, D), the upper triangle only; empty if products are not wanted.
    products: Vec<i64>,
}

impl Totals {
    pub(crate) fn new(width: usize, second_moments: bool) -> Self {
        Self { sums: [0; MAX_COUNTS], products: vec![0; if second_moments { width * width } else { 0 }] }
    }

    /// Adds one game.
    #[inline]
    pub(crate) fn add(&mut self, counts: &[u32]) {
        for (sum, &count) in self.sums.iter_mut().zip(counts) {
            *sum = sum.wrapping_add(i64::from(count));
        }
        if self.products.is_empty() {
            return;
        }
        for (i, row) in self.products.chunks_exact_mut(counts.len()).enumerate() {
            let factor = u64::from(counts[i]);
            for (product, &count) in row[i..].iter_mut().zip(&counts[i..]) {
                *product = product.wrapping_add((factor * u64::from(count)).cast_signed());
            }
        }
    }

    /// Adds these totals to rows of an answer, (D,) and (D, D).
    pub(crate) fn add_to(&self, sums: &mut [i64], products: &mut [i64]) {
        for (sum, part) in sums.iter_mut().zip(&self.sums) {
            *sum = sum.wrapping_add(*part);
        }
        for (product, part) in products.iter_mut().zip(&self.products) {
            *product = product.wrapping_add(*part);
        }
    }
}

/// Copies the upper triangle of a (D, D) matrix to the lower one.
pub(crate) fn mirror(products: &mut [i64], width: usize) {
    for i in 0..width {
        for j in 0..i {
            products[i * width + j] = products[j * width + i];
        }
    }
}
