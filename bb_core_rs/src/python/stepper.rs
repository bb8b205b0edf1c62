//! Games night by night for Python.

use numpy::ndarray::{Ix1, Ix3};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArray3, PyUntypedArrayMethods};
use pyo3::prelude::*;

use super::arrays::{PyProgram, array, cube, integer, matrix, slice};
use super::errors::{Alone, InvalidInput, released};
use crate::counts::num_counts;
use crate::stepper::Stepper;

/// A batch of games played night by night; see the stub.
#[pyclass(name = "Stepper", module = "bb_core_rs._native", frozen)]
struct PyStepper {
    inner: Alone<Stepper>,
}

#[pymethods]
impl PyStepper {
    #[new]
    fn new(
        py: Python<'_>,
        program: &Bound<'_, PyAny>,
        seed: &Bound<'_, PyAny>,
        entries: &Bound<'_, PyAny>,
        games: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let program = PyProgram::of(program)?;
        let program = program.read()?;
        let seed = integer("seed", seed, 0, u64::MAX)?;
        let (entries, games) = (array::<u32, Ix1>("entries", entries)?, array::<u64, Ix1>("games", games)?);
        let (entries, games) = (slice(&entries)?, slice(&games)?);
        let inner = released(py, || Stepper::new(program.into_owned(), seed, entries, games))?;
        Ok(Self { inner: Alone::new(inner) })
    }

    #[getter]
    fn nights<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<u32>>> {
        Ok(self.inner.read()?.nights().into_pyarray(py))
    }

    #[getter]
    fn houses<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<u8>>> {
        let inner = self.inner.read()?;
        Ok(matrix([inner.num_games(), inner.num_houses()], inner.houses()).into_pyarray(py))
    }

    #[getter]
    fn last_actions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray3<u8>>> {
        let inner = self.inner.read()?;
        Ok(cube(shape(&inner), inner.last_actions()).into_pyarray(py))
    }

    #[getter]
    fn finished<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<u8>>> {
        Ok(self.inner.read()?.finished().into_pyarray(py))
    }

    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i32>>> {
        let inner = self.inner.read()?;
        let shape = [inner.num_games(), num_counts(inner.agents())];
        Ok(matrix(shape, inner.counts().to_vec()).into_pyarray(py))
    }

    fn decide<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray3<u8>>> {
        let inner = &*self.inner.read()?;
        Ok(cube(shape(inner), released(py, || Ok(inner.decide()))?).into_pyarray(py))
    }

    fn apply(&self, py: Python<'_>, actions: &Bound<'_, PyAny>) -> PyResult<()> {
        let actions = array::<u8, Ix3>("actions", actions)?;
        let inner = &mut *self.inner.write()?;
        if actions.shape() != shape(inner) {
            return Err(InvalidInput::new_err(format!(
                "actions has shape {:?}: it must be {:?}, games, agents, and house, mode, signal.",
                actions.shape(),
                shape(inner)
            )));
        }
        let actions = slice(&actions)?;
        released(py, || inner.apply(actions))
    }
}

fn shape(stepper: &Stepper) -> [usize; 3] {
    [stepper.num_games(), stepper.agents(), 3]
}

/// Adds what this file defines.
pub(super) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyStepper>()
}
