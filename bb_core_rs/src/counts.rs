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

/// The counts of one game; places after D are not used.
pub(crate) type Row = [u32; MAX_COUNTS];

/// Games collected before their products are added up.
const BATCH: usize = 128;

/// Sums over games of counts and of products of two counts.
///
/// Additions wrap around, as the contract allows: only differences are used. Counts are collected by column,
/// so that a product is a scalar product over many games, for which compilers make vector instructions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Totals {
    columns: Vec<[u32; BATCH]>,
    collected: usize,
    sums: Vec<u64>,
    /// The rows of the upper triangle, one after the other; empty if products are not wanted.
    products: Vec<u64>,
}

impl Totals {
    pub(crate) fn new(width: usize, second_moments: bool) -> Self {
        let pairs = if second_moments { width * (width + 1) / 2 } else { 0 };
        Self {
            columns: vec![[0; BATCH]; width],
            collected: 0,
            sums: vec![0; width],
            products: vec![0; pairs],
        }
    }

    /// Adds one game.
    #[inline(always)]
    pub(crate) fn add(&mut self, counts: &Row) {
        for (column, &count) in self.columns.iter_mut().zip(counts) {
            column[self.collected] = count;
        }
        self.collected += 1;
        if self.collected == BATCH {
            self.settle();
        }
    }

    /// Adds up what has been collected.
    #[inline(always)]
    pub(crate) fn settle(&mut self) {
        let games = ..self.collected;
        self.collected = 0;
        for (sum, column) in self.sums.iter_mut().zip(&self.columns) {
            *sum = sum.wrapping_add(column[games].iter().copied().map(u64::from).sum());
        }
        let mut products = self.products.iter_mut();
        for (i, one) in self.columns.iter().enumerate() {
            for (other, product) in self.columns[i..].iter().zip(&mut products) {
                *product = product.wrapping_add(scalar_product(&one[games], &other[games]));
            }
        }
    }

    /// Adds these totals to rows of an answer, (D,) and the upper triangle of (D, D).
    pub(crate) fn add_to(&self, sums: &mut [i64], products: &mut [i64]) {
        let width = self.sums.len();
        for (sum, part) in sums.iter_mut().zip(&self.sums) {
            *sum = sum.wrapping_add(part.cast_signed());
        }
        let mut parts = self.products.iter();
        for (i, row) in products.chunks_exact_mut(width).enumerate() {
            for (product, part) in row[i..].iter_mut().zip(&mut parts) {
                *product = product.wrapping_add(part.cast_signed());
            }
        }
    }
}

#[inline(always)]
fn scalar_product(one: &[u32], other: &[u32]) -> u64 {
    one.iter().zip(other).fold(0, |sum, (&a, &b)| sum.wrapping_add(u64::from(a) * u64::from(b)))
}

/// Copies the upper triangle of a (D, D) matrix to the lower one.
pub(crate) fn mirror(products: &mut [i64], width: usize) {
    for i in 0..width {
        for j in 0..i {
            products[i * width + j] = products[j * width + i];
        }
    }
}
