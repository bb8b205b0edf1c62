"""Fixtures: the kernels behind a C++ compiler, and a stand-in for CuPy."""

from __future__ import annotations

import pytest
from bucket_brigade_cupy.backend import CupyBackend
from bucket_brigade_cupy.host import HostDevice, compiler

from plugins.bucket_brigade_cupy.tests.required import skip_unless_required
from tests.conftest import _no_settings_from_outside, python, rust

__all__ = ["_no_settings_from_outside", "python", "rust"]


@pytest.fixture(scope="session")
def host() -> CupyBackend:
    """The backend on the host: the source compiled as C++, one general kernel for each team size."""
    if compiler() is None:
        skip_unless_required("there is no C++ compiler: install g++ or set CXX")
    return CupyBackend(HostDevice())


@pytest.fixture(scope="session")
def exact_host(host: CupyBackend) -> CupyBackend:
    """The same with the kernels that a GPU would run, in blocks of the size that it would run them in."""
    return CupyBackend(HostDevice(exact=True))
