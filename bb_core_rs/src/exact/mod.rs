//! Expectations and best play without sampling, for agents that look only at the houses.
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
