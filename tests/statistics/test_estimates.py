"""Numbers with errors, and errors from replicates."""

from __future__ import annotations

import copy
import json
import math
import pickle

import numpy as np
import pytest

from bucket_brigade.equilibrium import Estimate
from bucket_brigade.statistics.estimates import Replication, t_quantile


def test_an_estimate_is_a_number_that_knows_its_error() -> None:
    estimate = Estimate(2.5, 0.5, 10)
    assert float(estimate) == 2.5
    assert estimate.value == 2.5
    assert estimate + 1 == 3.5
    assert estimate.standard_error == 0.5
    assert estimate.degrees_of_freedom == 10
    assert f"{estimate:.2f}" == "2.50"
    assert str(estimate) == "2.5 ± 0.5"
    assert json.dumps(estimate) == "2.5"
    assert np.asarray([estimate]).tolist() == [2.5]


def test_copies_and_pickles_keep_the_error() -> None:
    estimate = Estimate(2.5, 0.5, 10)
    for twin in (copy.copy(estimate), copy.deepcopy(estimate), pickle.loads(pickle.dumps(estimate))):
        assert (twin, twin.standard_error, twin.degrees_of_freedom) == (2.5, 0.5, 10)


def test_intervals_are_students() -> None:
    # t(0.975; 10) = 2.228139, from any table; the normal one is 1.959964.
    assert Estimate(0.0, 1.0, 10).interval() == pytest.approx((-2.228139, 2.228139), abs=1e-6)
    assert Estimate(0.0, 1.0).interval() == pytest.approx((-1.959964, 1.959964), abs=1e-6)
    assert t_quantile(0.5, 7) == 0.0


def test_one_stratum_gives_the_textbook_error_of_a_mean() -> None:
    values = np.random.default_rng(0).normal(size=(50, 3))
    replication = Replication(1, 50)
    expected = values.std(axis=0, ddof=1) / math.sqrt(50)
    assert replication.standard_errors(values) == pytest.approx(expected)
    assert replication.covariance(values) == pytest.approx(np.cov(values.T) / 50)
    assert replication.degrees_of_freedom == 49


def test_differences_between_strata_are_no_error() -> None:
    noise = np.random.default_rng(0).normal(size=(6, 10, 1))
    shifted = noise + 1000.0 * np.arange(6)[:, None, None]
    replication = Replication(6, 10)
    expected = math.sqrt(sum(stratum.var(ddof=1) for stratum in noise) / 36 / 10)
    assert replication.standard_errors(shifted.reshape(60, 1)) == pytest.approx([expected], rel=1e-9)


def test_exact_payoffs_have_no_error() -> None:
    exact = Replication(0, 0)
    assert exact.standard_errors(np.zeros((0, 2, 3))).tolist() == [[0.0] * 3] * 2
    assert exact.covariance(np.zeros((0, 2))).tolist() == [[0.0] * 2] * 2
    assert math.isinf(exact.degrees_of_freedom)


def test_errors_have_the_right_size() -> None:
    # 400 samples of a stratified mean whose true standard error is known.
    rng = np.random.default_rng(1)
    spread = np.array([1.0, 2.0, 3.0])[:, None, None]
    samples = rng.normal(size=(3, 20, 400)) * spread
    truth = math.sqrt((1 + 4 + 9) / 9 / 20)
    flat = samples.reshape(60, 400)
    assert flat.mean(axis=0).std(ddof=1) == pytest.approx(truth, rel=0.1)
    errors = Replication(3, 20).standard_errors(flat)
    assert math.sqrt((errors**2).mean()) == pytest.approx(truth, rel=0.03)
