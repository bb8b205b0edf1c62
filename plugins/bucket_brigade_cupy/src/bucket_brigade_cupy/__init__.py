"""Bucket Brigade on an NVIDIA GPU, as a plugin.

plugin.py      what the package registers; imports nothing heavy
detection.py   whether a GPU can be used here, and why not
backend.py     the backend contract: whole games and steppers
rollout.py     whole games in launches that fit the device's memory and patience
packing.py     a program as the arrays that the kernels read
kernels.py     what a kernel is compiled for
device.py      the few things asked of a device, and a GPU behind CuPy
host.py        the same behind a C++ compiler, without a GPU: for tests
stepper.py     games night by night
check/         everything to be done once a GPU is at hand: ``python -m bucket_brigade_cupy.check``
cuda/          game.cu, the one source of all kernels, and what lets it compile as C++
"""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("bucket-brigade-cupy")
