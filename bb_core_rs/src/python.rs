//! The Python face, and the only file that knows Python: arrays in, arrays out.
//!
//! The interpreter is released while games are played, and asked for signals now and then.

use numpy::ndarray::{Array2, Array3};
use numpy::{
    IntoPyArray, PyArray1, PyArray2, PyArray3, PyReadonlyArray1, PyReadonlyArray2, PyReadonlyArray3,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyKeyboardInterrupt, PyMemoryError, PyRuntimeError};
use pyo3::prelude::*;

use crate::counts::num_counts;
use crate::error::Error;
use crate::program::{Arrays, MAX_AGENTS, MAX_HOUSES, MAX_NIGHTS, Program};
use crate::rollout::{Request, play};
use crate::stepper::Stepper;

mod batch;
mod exact;

pyo3::import_exception!(bucket_brigade.errors, InvalidInput);

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Invalid(_) => InvalidInput::new_err(message),
            Error::Memory(_) => PyMemoryError::new_err(message),
            Error::Threads(_) => PyRuntimeError::new_err(message),
            Error::Stopped => PyKeyboardInterrupt::new_err(message),
        }
    }
}

/// The arrays of a `bucket_brigade.game.program.Program`, held for as long as they are read.
#[derive(FromPyObject)]
struct PyProgram<'py> {
    num_agents: usize,
    num_houses: PyReadonlyArray1<'py, u8>,
    before_burn_out: PyReadonlyArray1<'py, bool>,
    until_no_fires: PyReadonlyArray1<'py, bool>,
    min_nights: PyReadonlyArray1<'py, u32>,
    max_nights: PyReadonlyArray1<'py, u32>,
    homes: PyReadonlyArray2<'py, u8>,
    initial_fire: PyReadonlyArray1<'py, u64>,
    ignite: PyReadonlyArray2<'py, u64>,
    extinguish: PyReadonlyArray2<'py, u64>,
    kind: PyReadonlyArray1<'py, u8>,
    policy_houses: PyReadonlyArray1<'py, u8>,
    chances: PyReadonlyArray2<'py, u64>,
    table_start: PyReadonlyArray1<'py, i64>,
    tables: PyReadonlyArray1<'py, u64>,
    town: PyReadonlyArray1<'py, u32>,
    seats: PyReadonlyArray2<'py, u32>,
}

impl PyProgram<'_> {
    fn read(&self) -> PyResult<Program<'_>> {
        let arrays = Arrays {
            num_agents: self.num_agents,
            num_houses: self.num_houses.as_slice()?,
            before_burn_out: self.before_burn_out.as_slice()?,
            until_no_fires: self.until_no_fires.as_slice()?,
            min_nights: self.min_nights.as_slice()?,
            max_nights: self.max_nights.as_slice()?,
            homes: self.homes.as_slice()?,
            initial_fire: self.initial_fire.as_slice()?,
            ignite: self.ignite.as_slice()?,
            extinguish: self.extinguish.as_slice()?,
            kind: self.kind.as_slice()?,
            policy_houses: self.policy_houses.as_slice()?,
            chances: self.chances.as_slice()?,
            table_start: self.table_start.as_slice()?,
            tables: self.tables.as_slice()?,
            town: self.town.as_slice()?,
            seats: self.seats.as_slice()?,
        };
        Ok(Program::new(&arrays)?)
    }
}

type Answer<'py> =
    (Bound<'py, PyArray2<i64>>, Option<Bound<'py, PyArray3<i64>>>, Option<Bound<'py, PyArray3<i32>>>);

/// Play whole games; see the stub for the arguments.
#[pyfunction(name = "play")]
#[pyo3(signature = (program, *, seed, games, first_game, keep_games, second_moments, workers))]
#[allow(clippy::needless_pass_by_value, reason = "the borrows of the arrays end here")]
#[allow(clippy::too_many_arguments, reason = "named in Python")]
fn py_play<'py>(
    py: Python<'py>,
    program: PyProgram<'py>,
    seed: u64,
    games: u64,
    first_game: PyReadonlyArray1<'py, u64>,
    keep_games: bool,
    second_moments: bool,
    workers: Option<usize>,
) -> PyResult<Answer<'py>> {
    let first_game = first_game.as_slice()?;
    let compiled = program.read()?;
    let request = Request { seed, games, first_game, keep_games, second_moments, workers };
    let mut signals = Ok(());
    let answer = py.detach(|| {
        play(&compiled, &request, || {
            signals = check_signals();
            signals.is_ok()
        })
    });
    signals?;
    let answer = answer?;
    let (entries, width) = (compiled.entries(), num_counts(compiled.agents));
    let sums = matrix([entries, width], answer.sums).into_pyarray(py);
    let products = second_moments.then(|| cube([entries, width, width], answer.products).into_pyarray(py));
    let per_game =
        keep_games.then(|| cube([entries, games as usize, width], answer.per_game).into_pyarray(py));
    Ok((sums, products, per_game))
}

/// What a key press or another signal has raised in the meantime.
fn check_signals() -> PyResult<()> {
    Python::attach(|py| {
        py.check_signals()?;
        Ok(())
    })
}

fn matrix<T>(shape: [usize; 2], values: Vec<T>) -> Array2<T> {
    Array2::from_shape_vec(shape, values).expect("as many values as the shape has places")
}

fn cube<T>(shape: [usize; 3], values: Vec<T>) -> Array3<T> {
    Array3::from_shape_vec(shape, values).expect("as many values as the shape has places")
}

/// A batch of games played night by night; see the stub.
#[pyclass(name = "Stepper", module = "bb_core_rs._native")]
struct PyStepper {
    inner: Stepper,
}

#[pymethods]
impl PyStepper {
    #[new]
    #[allow(clippy::needless_pass_by_value, reason = "the borrows of the arrays end here")]
    fn new(
        py: Python<'_>,
        program: PyProgram<'_>,
        seed: u64,
        entries: PyReadonlyArray1<'_, u32>,
        games: PyReadonlyArray1<'_, u64>,
    ) -> PyResult<Self> {
        let program = program.read()?;
        let (entries, games) = (entries.as_slice()?, games.as_slice()?);
        let inner = py.detach(|| Stepper::new(program.into_owned(), seed, entries, games))?;
        Ok(Self { inner })
    }

    #[getter]
    fn nights<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u32>> {
        self.inner.nights().into_pyarray(py)
    }

    #[getter]
    fn houses<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<u8>> {
        matrix([self.inner.num_games(), self.inner.num_houses()], self.inner.houses()).into_pyarray(py)
    }

    #[getter]
    fn last_actions<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray3<u8>> {
        cube(self.shape(), self.inner.last_actions()).into_pyarray(py)
    }

    #[getter]
    fn finished<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u8>> {
        self.inner.finished().into_pyarray(py)
    }

    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<i32>> {
        let shape = [self.inner.num_games(), num_counts(self.inner.agents())];
        matrix(shape, self.inner.counts().to_vec()).into_pyarray(py)
    }

    fn decide<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray3<u8>> {
        cube(self.shape(), py.detach(|| self.inner.decide())).into_pyarray(py)
    }

    #[allow(clippy::needless_pass_by_value, reason = "the borrow of the array ends here")]
    fn apply(&mut self, py: Python<'_>, actions: PyReadonlyArray3<'_, u8>) -> PyResult<()> {
        if actions.shape() != self.shape() {
            return Err(InvalidInput::new_err(format!(
                "actions has shape {:?}: it must be {:?}, games, agents, and house, mode, signal.",
                actions.shape(),
                self.shape()
            )));
        }
        let actions = actions.as_slice()?;
        Ok(py.detach(|| self.inner.apply(actions))?)
    }
}

impl PyStepper {
    fn shape(&self) -> [usize; 3] {
        [self.inner.num_games(), self.inner.agents(), 3]
    }
}

/// The Rust core of Bucket Brigade.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("BUILD_PROFILE", if cfg!(debug_assertions) { "debug" } else { "release" })?;
    module.add("MAX_AGENTS", MAX_AGENTS)?;
    module.add("MAX_HOUSES", MAX_HOUSES)?;
    module.add("MAX_NIGHTS", MAX_NIGHTS)?;
    module.add_function(wrap_pyfunction!(py_play, module)?)?;
    exact::add_to(module)?;
    batch::add_to(module)?;
    module.add_class::<PyStepper>()
}
