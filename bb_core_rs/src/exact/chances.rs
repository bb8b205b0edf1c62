//! A town's thresholds as probabilities.

use crate::draws::CERTAIN;
use crate::program::{MAX_AGENTS, Town};

/// How far survival may be from that of independent workers: far above what rounding thresholds can do
/// (about 2^-29 for a large team), and so small that its square cannot be seen in a double.
const MAX_EXCESS: f64 = 1.0 / (1 << 27) as f64;

/// The probability that a word is below a threshold.
#[allow(clippy::cast_precision_loss, reason = "a threshold is at most 2^32")]
pub(super) fn probability(threshold: u64) -> f64 {
    threshold as f64 / CERTAIN as f64
}

/// The probabilities of a town, exactly those that its thresholds have.
///
/// A fire with `n` workers survives with probability `s(n)`. Were it `(1-κ)^n`, each worker would put the
/// fire out independently of the others, and products over agents would be exact. Thresholds are rounded
/// one by one, so `s(n)` is `(1-κ)^n` plus an excess of at most some 2^-32, which is carried to first order.
/// Left out, it would change payoffs of named scenarios by up to 6e-10 of themselves, and the rare ruins of
/// `rest_trap-v1` by 3e-9.
#[derive(Clone, Debug)]
pub(super) struct Chances {
    /// A house burns on night 0.
    pub initial: f64,
    /// A house catches fire, by the number of burning neighbours.
    pub ignite: [f64; 3],
    /// κ: one worker puts a fire out.
    pub solo: f64,
    /// By the number of workers: what `s(n)` has more than `(1-κ)^n`; 0 for none and one.
    pub excess: [f64; MAX_AGENTS + 1],
    /// The excess of `n` workers being that of `z^n`, that of `(z - (1-κ))^n`.
    pub crew_excess: [f64; MAX_AGENTS + 1],
    /// By the number of workers: `s(n)`.
    pub survive: [f64; MAX_AGENTS + 1],
}

impl Chances {
    pub(super) fn new(town: &Town) -> Self {
        let solo = probability(town.extinguish[1]);
        let mut survive = [1.0; MAX_AGENTS + 1];
        let mut excess = [0.0; MAX_AGENTS + 1];
        let mut independent = 1.0;
        for workers in 0..=town.agents {
            survive[workers] = probability(CERTAIN - town.extinguish[workers]);
            excess[workers] = survive[workers] - independent;
            independent *= 1.0 - solo;
        }
        Self {
            crew_excess: shift(&excess, 1.0 - solo),
            initial: probability(town.initial_fire),
            ignite: town.ignite.map(probability),
            solo,
            excess,
            survive,
        }
    }

    /// Whether the thresholds are those of independent workers, but for rounding.
    pub(super) fn independent(&self) -> bool {
        self.excess.iter().all(|excess| excess.abs() <= MAX_EXCESS)
    }

    /// Whether they are so without any rounding.
    pub(super) fn plain(&self) -> bool {
        self.excess.iter().all(|&excess| excess == 0.0)
    }
}

/// What stands for `(z - by)^k` if `values[n]` stands for `z^n`.
fn shift(values: &[f64; MAX_AGENTS + 1], by: f64) -> [f64; MAX_AGENTS + 1] {
    let mut shifted = *values;
    let mut powers = *values;
    for (k, shifted) in shifted.iter_mut().enumerate() {
        *shifted = powers[0];
        for n in 0..MAX_AGENTS - k {
            powers[n] = powers[n + 1] - by * powers[n];
        }
    }
    shifted
}
