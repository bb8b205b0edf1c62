//! Exact answers for Python.

use numpy::{IntoPyArray, PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;

use super::{PyProgram, check_signals, matrix};
use crate::counts::num_counts;
use crate::error::Error;
use crate::exact;

/// Runs without the interpreter, which is asked for signals whenever the work asks whether to go on.
fn interruptible<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&mut dyn FnMut() -> bool) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let mut signals = Ok(());
    let answer = py.detach(|| {
        work(&mut || {
            signals = check_signals();
            signals.is_ok()
        })
    });
    signals?;
    Ok(answer?)
}

/// Why a program has no exact answer, if so.
#[pyfunction]
#[allow(clippy::needless_pass_by_value, reason = "the borrows of the arrays end here")]
fn exact_refusal(py: Python<'_>, program: PyProgram<'_>) -> PyResult<Option<String>> {
    let program = program.read()?;
    Ok(py.detach(|| exact::refusal(&program)))
}

type Expectation<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray2<f64>>);

/// Expected counts; see the stub.
#[pyfunction]
#[pyo3(signature = (program, *, workers))]
#[allow(clippy::needless_pass_by_value, reason = "the borrows of the arrays end here")]
fn expect<'py>(
    py: Python<'py>,
    program: PyProgram<'py>,
    workers: Option<usize>,
) -> PyResult<Expectation<'py>> {
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
#[allow(clippy::needless_pass_by_value, reason = "the borrows of the arrays end here")]
fn best_responses<'py>(
    py: Python<'py>,
    program: PyProgram<'py>,
    seat: PyReadonlyArray1<'py, u32>,
    prices: PyReadonlyArray2<'py, f64>,
    keep_policies: bool,
    workers: Option<usize>,
) -> PyResult<BestResponses<'py>> {
    let program = program.read()?;
    let (seat, prices) = (seat.as_slice()?, prices.as_slice()?);
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
#[allow(clippy::needless_pass_by_value, reason = "the borrows of the arrays end here")]
fn social_optimum<'py>(
    py: Python<'py>,
    program: PyProgram<'py>,
    prices: PyReadonlyArray2<'py, f64>,
    workers: Option<usize>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let program = program.read()?;
    let prices = prices.as_slice()?;
    let values = interruptible(py, |go_on| exact::social_optimum(&program, prices, workers, go_on))?;
    Ok(values.into_pyarray(py))
}

pub(super) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("MAX_EXACT_HOUSES", exact::MAX_EXACT_HOUSES)?;
    module.add_function(wrap_pyfunction!(exact_refusal, module)?)?;
    module.add_function(wrap_pyfunction!(expect, module)?)?;
    module.add_function(wrap_pyfunction!(best_responses, module)?)?;
    module.add_function(wrap_pyfunction!(social_optimum, module)?)
}
