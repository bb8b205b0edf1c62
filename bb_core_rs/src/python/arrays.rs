//! Arguments from Python: looked at before anything is made of them, so that whatever is wrong with one is said in
//! our own words.

use std::fmt::Debug;

use numpy::ndarray::{Array2, Array3, Dimension, Ix1, Ix2};
use numpy::{
    Element, PyArray, PyArrayMethods, PyReadonlyArray, PyReadwriteArray, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use super::errors::InvalidInput;
use crate::program::{Arrays, Program};
use crate::threads::MAX_WORKERS;

/// Refuses an argument.
fn refuse<T>(name: &str, value: &Bound<'_, PyAny>, wanted: &str) -> PyResult<T> {
    let shown = value.cast::<PyUntypedArray>().map_or_else(
        |_| value.repr().map_or_else(|_| "this value".into(), |text| text.to_string_lossy().into_owned()),
        |array| format!("an array of {} and shape {:?}", array.dtype(), array.shape()),
    );
    // Nobody reads a message of pages.
    let shown: String = shown.chars().take(80).collect();
    Err(InvalidInput::new_err(format!("{name} = {shown} is not allowed: it must be {wanted}.")))
}

/// An integer from `least` to `most`.
pub(super) fn integer(name: &str, value: &Bound<'_, PyAny>, least: u64, most: u64) -> PyResult<u64> {
    let found = if value.is_instance_of::<PyBool>() { None } else { value.extract::<u64>().ok() };
    match found {
        Some(number) if least <= number && number <= most => Ok(number),
        _ if most == u64::MAX => refuse(name, value, &format!("an integer from {least} to 2**64 - 1")),
        _ => refuse(name, value, &format!("an integer from {least} to {most}")),
    }
}

/// Whether, as a bool and nothing like it.
pub(super) fn flag(name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.extract::<bool>().or_else(|_| refuse(name, value, "True or False"))
}

/// A number of threads, or none.
pub(super) fn workers(value: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
    if value.is_none() {
        return Ok(None);
    }
    integer("workers", value, 1, MAX_WORKERS as u64).map(|number| Some(number as usize))
}

/// An attribute of an argument.
pub(super) fn attribute<'py>(of: &Bound<'py, PyAny>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    of.getattr(name).or_else(|error| {
        if error.is_instance_of::<PyAttributeError>(of.py()) {
            refuse("an argument", of, &format!("something with the attribute {name}"))
        } else {
            Err(error)
        }
    })
}

/// Whether a value is an array of this type and so many dimensions.
pub(super) fn is_array<T: Element, D: Dimension>(value: &Bound<'_, PyAny>) -> bool {
    value.cast::<PyArray<T, D>>().is_ok()
}

/// An array to read.
pub(super) fn array<'py, T: Element + Debug, D: Dimension>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<PyReadonlyArray<'py, T, D>> {
    let array = plain::<T, D>(name, value)?;
    array.try_readonly().map_err(|error| InvalidInput::new_err(format!("{name} cannot be read: {error}.")))
}

/// An array to write into.
pub(super) fn array_mut<'py, T: Element + Debug, D: Dimension>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<PyReadwriteArray<'py, T, D>> {
    let array = plain::<T, D>(name, value)?;
    array
        .try_readwrite()
        .map_err(|error| InvalidInput::new_err(format!("{name} cannot be written: {error}.")))
}

/// An array of this type and so many dimensions, that lies in memory as Rust wants it.
fn plain<'a, 'py, T: Element + Debug, D: Dimension>(
    name: &str,
    value: &'a Bound<'py, PyAny>,
) -> PyResult<&'a Bound<'py, PyArray<T, D>>> {
    let Ok(array) = value.cast::<PyArray<T, D>>() else {
        let dimensions = D::NDIM.unwrap_or_default();
        let dtype = T::get_dtype(value.py());
        return refuse(name, value, &format!("an array of {dtype} with {dimensions} dimensions"));
    };
    if array.is_empty() || (array.is_c_contiguous() && array.is_aligned()) {
        Ok(array)
    } else {
        Err(InvalidInput::new_err(format!("{name} must be contiguous in memory, in C order, and aligned.")))
    }
}

/// The numbers of such an array.
pub(super) fn slice<'a, T: Element, D: Dimension>(array: &'a PyReadonlyArray<'_, T, D>) -> PyResult<&'a [T]> {
    Ok(array.as_slice()?)
}

/// The numbers of such an array, to write.
pub(super) fn slice_mut<'a, T: Element, D: Dimension>(
    array: &'a mut PyReadwriteArray<'_, T, D>,
) -> PyResult<&'a mut [T]> {
    Ok(array.as_slice_mut()?)
}

/// The values of an array of bools, (G,): in Python their bytes may hold anything, in Rust only 0 and 1.
pub(super) fn flags(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<bool>> {
    let bools = plain::<bool, Ix1>(name, value)?;
    let bytes = array::<u8, Ix1>(name, &bools.call_method1("view", ("u1",))?)?;
    slice(&bytes)?
        .iter()
        .map(|&byte| match byte {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(InvalidInput::new_err(format!("{name} holds the byte {byte}: it must be 0 or 1."))),
        })
        .collect()
}

/// The arrays of a `bucket_brigade.game.program.Program`, held for as long as they are read.
pub(super) struct PyProgram<'py> {
    num_agents: usize,
    num_houses: PyReadonlyArray<'py, u8, Ix1>,
    before_burn_out: Vec<bool>,
    until_no_fires: Vec<bool>,
    min_nights: PyReadonlyArray<'py, u32, Ix1>,
    max_nights: PyReadonlyArray<'py, u32, Ix1>,
    homes: PyReadonlyArray<'py, u8, Ix2>,
    initial_fire: PyReadonlyArray<'py, u64, Ix1>,
    ignite: PyReadonlyArray<'py, u64, Ix2>,
    extinguish: PyReadonlyArray<'py, u64, Ix2>,
    kind: PyReadonlyArray<'py, u8, Ix1>,
    policy_houses: PyReadonlyArray<'py, u8, Ix1>,
    chances: PyReadonlyArray<'py, u64, Ix2>,
    table_start: PyReadonlyArray<'py, i64, Ix1>,
    tables: PyReadonlyArray<'py, u64, Ix1>,
    town: PyReadonlyArray<'py, u32, Ix1>,
    seats: PyReadonlyArray<'py, u32, Ix2>,
}

impl<'py> PyProgram<'py> {
    pub(super) fn of(program: &Bound<'py, PyAny>) -> PyResult<Self> {
        Ok(Self {
            num_agents: integer("num_agents", &attribute(program, "num_agents")?, 0, u64::MAX)? as usize,
            num_houses: field(program, "num_houses")?,
            before_burn_out: flags("before_burn_out", &attribute(program, "before_burn_out")?)?,
            until_no_fires: flags("until_no_fires", &attribute(program, "until_no_fires")?)?,
            min_nights: field(program, "min_nights")?,
            max_nights: field(program, "max_nights")?,
            homes: field(program, "homes")?,
            initial_fire: field(program, "initial_fire")?,
            ignite: field(program, "ignite")?,
            extinguish: field(program, "extinguish")?,
            kind: field(program, "kind")?,
            policy_houses: field(program, "policy_houses")?,
            chances: field(program, "chances")?,
            table_start: field(program, "table_start")?,
            tables: field(program, "tables")?,
            town: field(program, "town")?,
            seats: field(program, "seats")?,
        })
    }

    pub(super) fn read(&self) -> PyResult<Program<'_>> {
        let arrays = Arrays {
            num_agents: self.num_agents,
            num_houses: slice(&self.num_houses)?,
            before_burn_out: &self.before_burn_out,
            until_no_fires: &self.until_no_fires,
            min_nights: slice(&self.min_nights)?,
            max_nights: slice(&self.max_nights)?,
            homes: slice(&self.homes)?,
            initial_fire: slice(&self.initial_fire)?,
            ignite: slice(&self.ignite)?,
            extinguish: slice(&self.extinguish)?,
            kind: slice(&self.kind)?,
            policy_houses: slice(&self.policy_houses)?,
            chances: slice(&self.chances)?,
            table_start: slice(&self.table_start)?,
            tables: slice(&self.tables)?,
            town: slice(&self.town)?,
            seats: slice(&self.seats)?,
        };
        Ok(Program::new(&arrays)?)
    }
}

/// An attribute that is an array to read.
pub(super) fn field<'py, T: Element + Debug, D: Dimension>(
    of: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<PyReadonlyArray<'py, T, D>> {
    array(name, &attribute(of, name)?)
}

/// An attribute that is an array to write into.
pub(super) fn field_mut<'py, T: Element + Debug, D: Dimension>(
    of: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<PyReadwriteArray<'py, T, D>> {
    array_mut(name, &attribute(of, name)?)
}

/// An attribute that is an array to write into, or None.
pub(super) fn optional_mut<'py, T: Element + Debug, D: Dimension>(
    of: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<Option<PyReadwriteArray<'py, T, D>>> {
    let value = attribute(of, name)?;
    if value.is_none() { Ok(None) } else { array_mut(name, &value).map(Some) }
}

pub(super) fn matrix<T>(shape: [usize; 2], values: Vec<T>) -> Array2<T> {
    Array2::from_shape_vec(shape, values).expect("as many values as the shape has places")
}

pub(super) fn cube<T>(shape: [usize; 3], values: Vec<T>) -> Array3<T> {
    Array3::from_shape_vec(shape, values).expect("as many values as the shape has places")
}
