//! Batches for Python: arrays are written in place.

use numpy::{
    Element, IntoPyArray, PyArray1, PyArray2, PyArray3, PyReadonlyArray1, PyReadonlyArray2, PyReadonlyArray3,
    PyReadwriteArray1, PyReadwriteArray2, PyReadwriteArray3,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use super::{InvalidInput, PyProgram, cube, matrix};
use crate::batch::{Autoreset, Batch, Encoding, Number, Output, Request, States};
use crate::error::Error;

/// The words that observations may be made of.
enum Core {
    Bytes(Batch<u8>),
    Halves(Batch<u16>),
    Words(Batch<u32>),
}

/// Does the same with the batch, whatever its words are.
macro_rules! with {
    ($core:expr, $batch:ident => $body:expr) => {
        match $core {
            Core::Bytes($batch) => $body,
            Core::Halves($batch) => $body,
            Core::Words($batch) => $body,
        }
    };
}

/// Many games side by side; see the stub.
#[pyclass(name = "Batch", module = "bb_core_rs._native")]
struct PyBatch {
    core: Core,
    shape: [usize; 3],
}

/// The arrays of `bucket_brigade.backends.batch.Encoding`, the table as words.
#[derive(FromPyObject)]
struct PyEncoding<'py> {
    source: PyReadonlyArray2<'py, u16>,
    start: PyReadonlyArray2<'py, u32>,
    words: Bound<'py, PyAny>,
}

/// The arrays of `bucket_brigade.backends.game_states.GameStates`.
#[derive(FromPyObject)]
struct PyStates<'py> {
    entries: PyReadonlyArray1<'py, u32>,
    seeds: PyReadonlyArray1<'py, u64>,
    games: PyReadonlyArray1<'py, u64>,
    nights: PyReadonlyArray1<'py, u32>,
    finished: PyReadonlyArray1<'py, u8>,
    houses: PyReadonlyArray2<'py, u8>,
    actions: PyReadonlyArray3<'py, u8>,
    counts: PyReadonlyArray2<'py, i32>,
}

/// Where a night is told.
#[derive(FromPyObject)]
struct PyOutput<'py> {
    observations: Bound<'py, PyAny>,
    rewards: PyReadwriteArray2<'py, f64>,
    terminated: PyReadwriteArray1<'py, bool>,
    truncated: PyReadwriteArray1<'py, bool>,
    started: PyReadwriteArray1<'py, bool>,
    final_observations: Option<Bound<'py, PyAny>>,
    final_counts: Option<PyReadwriteArray2<'py, i32>>,
}

type AllStates<'py> = (
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<u8>>,
    Bound<'py, PyArray2<u8>>,
    Bound<'py, PyArray3<u8>>,
    Bound<'py, PyArray2<i32>>,
);

#[pymethods]
impl PyBatch {
    #[new]
    #[pyo3(signature = (program, *, entries, seeds, games, stride, autoreset, observed, encoding, prices, workers))]
    #[allow(clippy::needless_pass_by_value, reason = "the borrows of the arrays end here")]
    #[allow(clippy::too_many_arguments, reason = "named in Python")]
    fn new(
        program: PyProgram<'_>,
        entries: PyReadonlyArray1<'_, u32>,
        seeds: PyReadonlyArray1<'_, u64>,
        games: PyReadonlyArray1<'_, u64>,
        stride: u64,
        autoreset: &str,
        observed: PyReadonlyArray1<'_, u8>,
        encoding: PyEncoding<'_>,
        prices: PyReadonlyArray3<'_, f64>,
        workers: Option<usize>,
    ) -> PyResult<Self> {
        let program = program.read()?.into_owned();
        let shape = [entries.as_slice()?.len(), program.agents, program.town(0).houses];
        let rest = Rest {
            entries: entries.as_slice()?,
            seeds: seeds.as_slice()?,
            games: games.as_slice()?,
            stride,
            autoreset: match autoreset {
                "next-step" => Autoreset::NextStep,
                "same-step" => Autoreset::SameStep,
                "disabled" => Autoreset::Disabled,
                other => return Err(InvalidInput::new_err(format!("There is no autoreset {other:?}."))),
            },
            observed: observed.as_slice()?,
            prices: prices.as_slice()?,
            workers,
        };
        let (source, start, words) =
            (encoding.source.as_slice()?, encoding.start.as_slice()?, encoding.words);
        let core = if let Ok(table) = words.extract::<PyReadonlyArray1<u32>>() {
            Core::Words(rest.batch(program, source, start, table.as_slice()?)?)
        } else if let Ok(table) = words.extract::<PyReadonlyArray1<u16>>() {
            Core::Halves(rest.batch(program, source, start, table.as_slice()?)?)
        } else {
            let table = words.extract::<PyReadonlyArray1<u8>>()?;
            Core::Bytes(rest.batch(program, source, start, table.as_slice()?)?)
        };
        Ok(Self { core, shape })
    }

    #[allow(clippy::needless_pass_by_value, reason = "the borrows of the arrays end here")]
    fn start(
        &mut self,
        py: Python<'_>,
        mask: PyReadonlyArray1<'_, bool>,
        seeds: PyReadonlyArray1<'_, u64>,
        games: PyReadonlyArray1<'_, u64>,
    ) -> PyResult<()> {
        let (mask, seeds, games) = (mask.as_slice()?, seeds.as_slice()?, games.as_slice()?);
        Ok(py.detach(|| with!(&mut self.core, batch => batch.start(mask, seeds, games)))?)
    }

    fn observe(&self, py: Python<'_>, observations: &Bound<'_, PyAny>) -> PyResult<()> {
        fn write<T: Element + Copy + Send + Sync>(
            py: Python<'_>,
            batch: &Batch<T>,
            observations: &Bound<'_, PyAny>,
        ) -> PyResult<()> {
            let mut words = observations.extract::<PyReadwriteArray3<T>>()?;
            let words = words.as_slice_mut()?;
            Ok(py.detach(|| batch.observe(words))?)
        }
        with!(&self.core, batch => write(py, batch, observations))
    }

    #[allow(clippy::needless_pass_by_value, reason = "the borrows of the arrays end here")]
    fn step(&mut self, py: Python<'_>, actions: &Bound<'_, PyAny>, output: PyOutput<'_>) -> PyResult<()> {
        with!(&mut self.core, batch => {
            if let Ok(actions) = actions.extract::<PyReadonlyArray3<i64>>() {
                step(py, batch, actions.as_slice()?, output)
            } else if let Ok(actions) = actions.extract::<PyReadonlyArray3<u8>>() {
                step(py, batch, actions.as_slice()?, output)
            } else if let Ok(actions) = actions.extract::<PyReadonlyArray3<i32>>() {
                step(py, batch, actions.as_slice()?, output)
            } else {
                Err(PyTypeError::new_err("actions must be an array (G, S, 3) of uint8, int32 or int64"))
            }
        })
    }

    fn states<'py>(&self, py: Python<'py>) -> AllStates<'py> {
        let States { entries, seeds, games, nights, finished, houses, actions, counts } =
            with!(&self.core, batch => batch.states());
        let [rows, agents, ring] = self.shape;
        let width = counts.len() / rows;
        (
            entries.into_pyarray(py),
            seeds.into_pyarray(py),
            games.into_pyarray(py),
            nights.into_pyarray(py),
            finished.into_pyarray(py),
            matrix([rows, ring], houses).into_pyarray(py),
            cube([rows, agents, 3], actions).into_pyarray(py),
            matrix([rows, width], counts).into_pyarray(py),
        )
    }

    #[allow(clippy::needless_pass_by_value, reason = "the borrows of the arrays end here")]
    fn load(&mut self, states: PyStates<'_>) -> PyResult<()> {
        let states = States {
            entries: states.entries.as_slice()?.to_vec(),
            seeds: states.seeds.as_slice()?.to_vec(),
            games: states.games.as_slice()?.to_vec(),
            nights: states.nights.as_slice()?.to_vec(),
            finished: states.finished.as_slice()?.to_vec(),
            houses: states.houses.as_slice()?.to_vec(),
            actions: states.actions.as_slice()?.to_vec(),
            counts: states.counts.as_slice()?.to_vec(),
        };
        Ok(with!(&mut self.core, batch => batch.load(&states))?)
    }
}

/// A request but for its program and its encoding.
struct Rest<'a> {
    entries: &'a [u32],
    seeds: &'a [u64],
    games: &'a [u64],
    stride: u64,
    autoreset: Autoreset,
    observed: &'a [u8],
    prices: &'a [f64],
    workers: Option<usize>,
}

impl Rest<'_> {
    fn batch<T: Copy + Send + Sync>(
        &self,
        program: crate::program::Program<'static>,
        source: &[u16],
        start: &[u32],
        table: &[T],
    ) -> Result<Batch<T>, Error> {
        Batch::new(Request {
            program,
            entries: self.entries,
            seeds: self.seeds,
            games: self.games,
            stride: self.stride,
            autoreset: self.autoreset,
            observed: self.observed,
            encoding: Encoding { source: source.to_vec(), start: start.to_vec(), table: table.to_vec() },
            prices: self.prices,
            workers: self.workers,
        })
    }
}

fn step<T: Element + Copy + Send + Sync, A: Number>(
    py: Python<'_>,
    batch: &mut Batch<T>,
    actions: &[A],
    mut output: PyOutput<'_>,
) -> PyResult<()> {
    let mut observations = output.observations.extract::<PyReadwriteArray3<T>>()?;
    let mut finals = match &output.final_observations {
        Some(array) => Some(array.extract::<PyReadwriteArray3<T>>()?),
        None => None,
    };
    let out = Output {
        observations: observations.as_slice_mut()?,
        rewards: output.rewards.as_slice_mut()?,
        terminated: output.terminated.as_slice_mut()?,
        truncated: output.truncated.as_slice_mut()?,
        started: output.started.as_slice_mut()?,
        final_observations: match &mut finals {
            Some(array) => array.as_slice_mut()?,
            None => &mut [],
        },
        final_counts: match &mut output.final_counts {
            Some(array) => array.as_slice_mut()?,
            None => &mut [],
        },
    };
    Ok(py.detach(|| batch.step(actions, out))?)
}

/// Adds what this file defines.
pub(super) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyBatch>()
}
