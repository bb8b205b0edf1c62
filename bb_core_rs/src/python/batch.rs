//! Batches for Python: arrays are written in place.

use std::fmt::Debug;

use numpy::ndarray::{Ix1, Ix2, Ix3};
use numpy::{Element, IntoPyArray, PyArray1, PyArray2, PyArray3, PyReadonlyArray, PyReadwriteArray};
use pyo3::prelude::*;

use super::arrays::{
    PyProgram, array, array_mut, attribute, cube, field, field_mut, flags, integer, is_array, matrix,
    optional_mut, slice, slice_mut, workers,
};
use super::errors::{Alone, InvalidInput, released};
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
#[pyclass(name = "Batch", module = "bb_core_rs._native", frozen)]
struct PyBatch {
    core: Alone<Core>,
    shape: [usize; 3],
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
    #[allow(clippy::too_many_arguments, reason = "named in Python")]
    fn new(
        py: Python<'_>,
        program: &Bound<'_, PyAny>,
        entries: &Bound<'_, PyAny>,
        seeds: &Bound<'_, PyAny>,
        games: &Bound<'_, PyAny>,
        stride: &Bound<'_, PyAny>,
        autoreset: &Bound<'_, PyAny>,
        observed: &Bound<'_, PyAny>,
        encoding: &Bound<'_, PyAny>,
        prices: &Bound<'_, PyAny>,
        workers: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let arrays = PyProgram::of(program)?;
        let program = arrays.read()?.into_owned();
        let entries = array::<u32, Ix1>("entries", entries)?;
        let (seeds, games) = (array::<u64, Ix1>("seeds", seeds)?, array::<u64, Ix1>("games", games)?);
        let observed = array::<u8, Ix1>("observed", observed)?;
        let prices = array::<f64, Ix3>("prices", prices)?;
        let rest = Rest {
            entries: slice(&entries)?,
            seeds: slice(&seeds)?,
            games: slice(&games)?,
            stride: integer("stride", stride, 0, u64::MAX)?,
            autoreset: match autoreset.extract::<String>().unwrap_or_default().as_str() {
                "next-step" => Autoreset::NextStep,
                "same-step" => Autoreset::SameStep,
                "disabled" => Autoreset::Disabled,
                _ => return Err(InvalidInput::new_err(format!("There is no autoreset {autoreset:?}."))),
            },
            observed: slice(&observed)?,
            prices: slice(&prices)?,
            workers: self::workers(workers)?,
        };
        let shape = [rest.entries.len(), program.agents];
        let source = field::<u16, Ix2>(encoding, "source")?;
        let start = field::<u32, Ix2>(encoding, "start")?;
        let (source, start) = (slice(&source)?, slice(&start)?);
        let words = attribute(encoding, "words")?;
        let core = if is_array::<u32, Ix1>(&words) {
            let table = array::<u32, Ix1>("words", &words)?;
            let table = slice(&table)?;
            Core::Words(released(py, || rest.batch(program, source, start, table))?)
        } else if is_array::<u16, Ix1>(&words) {
            let table = array::<u16, Ix1>("words", &words)?;
            let table = slice(&table)?;
            Core::Halves(released(py, || rest.batch(program, source, start, table))?)
        } else {
            let table = array::<u8, Ix1>("words", &words)?;
            let table = slice(&table)?;
            Core::Bytes(released(py, || rest.batch(program, source, start, table))?)
        };
        let houses = with!(&core, batch => batch.num_houses());
        Ok(Self { core: Alone::new(core), shape: [shape[0], shape[1], houses] })
    }

    fn start(
        &self,
        py: Python<'_>,
        mask: &Bound<'_, PyAny>,
        seeds: &Bound<'_, PyAny>,
        games: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let mask = flags("mask", mask)?;
        let (seeds, games) = (array::<u64, Ix1>("seeds", seeds)?, array::<u64, Ix1>("games", games)?);
        let (seeds, games) = (slice(&seeds)?, slice(&games)?);
        let core = &mut *self.core.write()?;
        released(py, || with!(core, batch => batch.start(&mask, seeds, games)))
    }

    fn observe(&self, py: Python<'_>, observations: &Bound<'_, PyAny>) -> PyResult<()> {
        fn write<T: Element + Copy + Debug + Send + Sync>(
            py: Python<'_>,
            batch: &Batch<T>,
            observations: &Bound<'_, PyAny>,
        ) -> PyResult<()> {
            let mut words = array_mut::<T, Ix3>("observations", observations)?;
            let words = slice_mut(&mut words)?;
            released(py, || batch.observe(words))
        }
        with!(&*self.core.read()?, batch => write(py, batch, observations))
    }

    fn step(&self, py: Python<'_>, actions: &Bound<'_, PyAny>, output: &Bound<'_, PyAny>) -> PyResult<()> {
        with!(&mut *self.core.write()?, batch => {
            if is_array::<i64, Ix3>(actions) {
                step(py, batch, slice(&array::<i64, Ix3>("actions", actions)?)?, output)
            } else if is_array::<i32, Ix3>(actions) {
                step(py, batch, slice(&array::<i32, Ix3>("actions", actions)?)?, output)
            } else {
                step(py, batch, slice(&array::<u8, Ix3>("actions", actions)?)?, output)
            }
        })
    }

    fn states<'py>(&self, py: Python<'py>) -> PyResult<AllStates<'py>> {
        let States { entries, seeds, games, nights, finished, houses, actions, counts } =
            with!(&*self.core.read()?, batch => batch.states());
        let [rows, agents, ring] = self.shape;
        let width = counts.len() / rows;
        Ok((
            entries.into_pyarray(py),
            seeds.into_pyarray(py),
            games.into_pyarray(py),
            nights.into_pyarray(py),
            finished.into_pyarray(py),
            matrix([rows, ring], houses).into_pyarray(py),
            cube([rows, agents, 3], actions).into_pyarray(py),
            matrix([rows, width], counts).into_pyarray(py),
        ))
    }

    fn load(&self, states: &Bound<'_, PyAny>) -> PyResult<()> {
        let states = States {
            entries: copied::<_, Ix1>(states, "entries")?,
            seeds: copied::<_, Ix1>(states, "seeds")?,
            games: copied::<_, Ix1>(states, "games")?,
            nights: copied::<_, Ix1>(states, "nights")?,
            finished: copied::<_, Ix1>(states, "finished")?,
            houses: copied::<_, Ix2>(states, "houses")?,
            actions: copied::<_, Ix3>(states, "actions")?,
            counts: copied::<_, Ix2>(states, "counts")?,
        };
        Ok(with!(&mut *self.core.write()?, batch => batch.load(&states))?)
    }
}

/// The numbers of an array of a `bucket_brigade.backends.game_states.GameStates`.
fn copied<T: Element + Copy + Debug, D: numpy::ndarray::Dimension>(
    states: &Bound<'_, PyAny>,
    name: &str,
) -> PyResult<Vec<T>> {
    let array: PyReadonlyArray<'_, T, D> = field(states, name)?;
    Ok(slice(&array)?.to_vec())
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

/// Plays a night, told in the arrays of a `bucket_brigade.backends.batch.BatchOutput`.
fn step<T: Element + Copy + Debug + Send + Sync, A: Number>(
    py: Python<'_>,
    batch: &mut Batch<T>,
    actions: &[A],
    output: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let mut observations = field_mut::<T, Ix3>(output, "observations")?;
    let mut rewards = field_mut::<f64, Ix2>(output, "rewards")?;
    let mut terminated = field_mut::<bool, Ix1>(output, "terminated")?;
    let mut truncated = field_mut::<bool, Ix1>(output, "truncated")?;
    let mut started = field_mut::<bool, Ix1>(output, "started")?;
    let mut final_observations = optional_mut::<T, Ix3>(output, "final_observations")?;
    let mut final_counts = optional_mut::<i32, Ix2>(output, "final_counts")?;
    let out = Output {
        observations: slice_mut(&mut observations)?,
        rewards: slice_mut(&mut rewards)?,
        // Written and never read, so that it does not matter which bytes they hold.
        terminated: slice_mut(&mut terminated)?,
        truncated: slice_mut(&mut truncated)?,
        started: slice_mut(&mut started)?,
        final_observations: all_of(&mut final_observations)?,
        final_counts: all_of(&mut final_counts)?,
    };
    released(py, || batch.step(actions, out))
}

/// The numbers of an array, none if there is no array.
fn all_of<'a, T: Element, D: numpy::ndarray::Dimension>(
    array: &'a mut Option<PyReadwriteArray<'_, T, D>>,
) -> PyResult<&'a mut [T]> {
    array.as_mut().map_or_else(|| Ok(Default::default()), slice_mut)
}

/// Adds what this file defines.
pub(super) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyBatch>()
}
