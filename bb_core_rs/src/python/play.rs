//! Whole games for Python.

use numpy::ndarray::Ix1;
use numpy::{IntoPyArray, PyArray2, PyArray3};
use pyo3::prelude::*;

use super::arrays::{PyProgram, array, cube, flag, integer, matrix, slice, workers};
use super::errors::interruptible;
use crate::counts::num_counts;
use crate::rollout::{Request, play};

type Answer<'py> =
    (Bound<'py, PyArray2<i64>>, Option<Bound<'py, PyArray3<i64>>>, Option<Bound<'py, PyArray3<i32>>>);

/// Play whole games; see the stub for the arguments.
#[pyfunction(name = "play")]
#[pyo3(signature = (program, *, seed, games, first_game, keep_games, second_moments, workers))]
#[allow(clippy::too_many_arguments, reason = "named in Python")]
fn py_play<'py>(
    py: Python<'py>,
    program: &Bound<'py, PyAny>,
    seed: &Bound<'py, PyAny>,
    games: &Bound<'py, PyAny>,
    first_game: &Bound<'py, PyAny>,
    keep_games: &Bound<'py, PyAny>,
    second_moments: &Bound<'py, PyAny>,
    workers: &Bound<'py, PyAny>,
) -> PyResult<Answer<'py>> {
    let first_game = array::<u64, Ix1>("first_game", first_game)?;
    let program = PyProgram::of(program)?;
    let compiled = program.read()?;
    let request = Request {
        seed: integer("seed", seed, 0, u64::MAX)?,
        games: integer("games", games, 1, MAX_GAMES)?,
        first_game: slice(&first_game)?,
        keep_games: flag("keep_games", keep_games)?,
        second_moments: flag("second_moments", second_moments)?,
        workers: self::workers(workers)?,
    };
    let answer = interruptible(py, |go_on| play(&compiled, &request, go_on))?;
    let (entries, width) = (compiled.entries(), num_counts(compiled.agents));
    let sums = matrix([entries, width], answer.sums).into_pyarray(py);
    let products =
        request.second_moments.then(|| cube([entries, width, width], answer.products).into_pyarray(py));
    let games = request.games as usize;
    let per_game =
        request.keep_games.then(|| cube([entries, games, width], answer.per_game).into_pyarray(py));
    Ok((sums, products, per_game))
}

/// As in `bucket_brigade.backends.base`: sums of so many games stay far within 64 bits.
const MAX_GAMES: u64 = 1 << 53;

/// Adds what this file defines.
pub(super) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(py_play, module)?)
}
