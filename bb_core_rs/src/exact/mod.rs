//! Expectations and best play without sampling, for agents that look only at the houses.
//!
//! Heuristic and tabular agents look at nothing but the houses, so the houses are a finite Markov chain, and
//! what the engines sample can be summed up. Everything here is in floats; play never is.
//!
//! # What makes it cheap
//!
//! - Workers act independently, so products over agents give the probability that all of a set of fires
//!   survive; inclusion and exclusion gives that exactly a set does (`survivors`). Thresholds are rounded
//!   for each number of workers by itself, which is carried to first order; what is left out is far below
//!   the precision of a double.
//! - Houses catch fire independently of each other, given which fires were left burning: sums over them are
//!   done house by house (`outcomes`, `transition`).
//! - Which houses burn is forgotten as soon as it is settled what survives. All that matters at the end of a
//!   night is which houses are ruined and, of those whose neighbours stand, which burned down just now
//!   (`ring`): with `after-burn-out` 2^H rows, otherwise 17,666 on ten houses, rather than 3^H states.
//! - Ruins only grow. So all nights can be done for one set of ruins before the next, forwards for
//!   expectations (`forward`) and backwards for best play (`backward`): side by side, in vectors.
//!
//! Read on from [`expect`] and from [`best_responses`]. `tally` turns visits into counts; `respond` and `optimum`
//! hold the choices of one seat and of a whole team.
//!
//! # Limits
//!
//! - Rings of up to 12 houses, and agents that look only at the houses: others see signals, places or their
//!   own past, and with those the chain would have as many states again for every agent.
//! - A best response is the best among all strategies, whatever they look at, because the others react to
//!   nothing but the houses. It may depend on the night.
//! - Floats are added in an order that depends on the program alone: answers are the same on every machine and
//!   for every number of threads. Rounding is some 1e-15 of an answer for each hundred nights.

#![allow(clippy::cast_precision_loss, reason = "what is counted here is far below 2^52")]

mod assign;
mod backward;
mod best;
mod chances;
mod expect;
mod forward;
mod optimum;
mod outcomes;
mod prices;
mod requests;
mod respond;
mod ring;
mod saves;
mod survivors;
mod tally;
mod team;
mod transition;
mod wide;

pub use best::{BestResponses, best_responses, social_optimum};
pub use expect::{Expectation, expect};
pub use requests::refusal;
pub use ring::MAX_EXACT_HOUSES;
pub use tally::FINALS;
