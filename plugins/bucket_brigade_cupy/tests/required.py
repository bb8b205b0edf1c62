"""What is skipped where a tool is missing must not be skipped where it counts."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

# Read here: the fixtures hide the environment from the tests.
REQUIRED = os.environ.get("BUCKET_BRIGADE_REQUIRE_GPU_BUILDS") == "1"


def skip_unless_required(reason: str) -> NoReturn:
    """Skip with a reason, or fail with it under BUCKET_BRIGADE_REQUIRE_GPU_BUILDS=1, as CI runs."""
    if REQUIRED:
        pytest.fail(f"BUCKET_BRIGADE_REQUIRE_GPU_BUILDS=1, but {reason}")
    pytest.skip(reason)
