//! Exact answers for Python.

use numpy::ndarray::{Ix1, Ix2};
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;

use super::arrays::{PyProgram, array, flag, matrix, slice, workers};
use super::errors::{interruptible, released};
use crate::counts::num_counts;
use crate::exact;

/// Why a program has no exact answer, if so.
#[pyfunction]
fn exact_refusal(py: Python<'_>, program: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let program = PyProgram::of(program)?;
    let program = program.read()?;
    released(py, || Ok(exact::refusal(&program)))
}

type Expectation<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray2<f64>>);

/// Expected counts; see the stub.
#[pyfunction]
#[pyo3(signature = (program, *, workers))]
fn expect<'py>(
    py: Python<'py>,
    program: &Bound<'py, PyAny>,
    workers: &Bound<'py, PyAny>,
) -> PyResult<Expectation<'py>> {
    let workers = self::workers(workers)?;
    let program = PyProgram::of(program)?;
    let program = program.read()?;
    let answer = interruptible(py, |go_on| exact::expect(&program, workers, go_on))?;
    let counts = matrix([program.entries(), num_counts(program.agents)], answer.counts);
    let finals = matrix([program.entries(), exact::FINALS], answer.final_ruined);
    Ok((counts.into_pyarray(py), finals.into_pyarray(py)))
}

type BestResponses<'py> = (Bound<'py, PyArray1<f64>>, Option<Vec<Bound<'py, PyArray2<u8>>>>);

/// Best responses; see the stub.
#[pyfunction]
#[pyo3(signature = (program, *, seat, prices, keep_policies, workers))]
fn best_responses<'py>(
    py: Python<'py>,
    program: &Bound<'py, PyAny>,
    seat: &Bound<'py, PyAny>,
    prices: &Bound<'py, PyAny>,
    keep_policies: &Bound<'py, PyAny>,
    workers: &Bound<'py, PyAny>,
) -> PyResult<BestResponses<'py>> {
    let workers = self::workers(workers)?;
    let keep_policies = flag("keep_policies", keep_policies)?;
    let (seat, prices) = (array::<u32, Ix1>("seat", seat)?, array::<f64, Ix2>("prices", prices)?);
    let (seat, prices) = (slice(&seat)?, slice(&prices)?);
    let program = PyProgram::of(program)?;
    let program = program.read()?;
    let answer = interruptible(py, |go_on| {
        exact::best_responses(&program, seat, prices, keep_policies, workers, go_on)
    })?;
    let policy = |(entry, actions): (usize, Vec<u8>)| {
        let nights = program.town(entry).max_nights as usize;
        matrix([nights, actions.len() / nights], actions).into_pyarray(py)
    };
    let policies = keep_policies.then(|| answer.policies.into_iter().enumerate().map(policy).collect());
    Ok((answer.values.into_pyarray(py), policies))
}

/// Social optima; see the stub.
#[pyfunction]
#[pyo3(signature = (program, *, prices, workers))]
fn social_optimum<'py>(
    py: Python<'py>,
    program: &Bound<'py, PyAny>,
    prices: &Bound<'py, PyAny>,
    workers: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let workers = self::workers(workers)?;
    let prices = array::<f64, Ix2>("prices", prices)?;
    let prices = slice(&prices)?;
    let program = PyProgram::of(program)?;
    let program = program.read()?;
    let values = interruptible(py, |go_on| exact::social_optimum(&program, prices, workers, go_on))?;
    Ok(values.into_pyarray(py))
}

/// Adds what this file defines.
pub(super) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("MAX_EXACT_HOUSES", exact::MAX_EXACT_HOUSES)?;
    module.add_function(wrap_pyfunction!(exact_refusal, module)?)?;
    module.add_function(wrap_pyfunction!(expect, module)?)?;
    module.add_function(wrap_pyfunction!(best_responses, module)?)?;
    module.add_function(wrap_pyfunction!(social_optimum, module)?)
}
