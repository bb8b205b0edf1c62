"""Trained networks as plain arrays: saved without pickle, played without the library that trained them.

A network is played in fixed point: what goes into a layer lies on a grid of 2**-20, and the weights on one so
coarse that every sum of products is exact in a double, in whatever order it is formed. So what a policy does in
a game does not depend on the batch, on threads or on how a matrix product is blocked, as it would with floats.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade.envs.observations import ObservationLayout
from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.frozen import Frozen
from bucket_brigade.game.scenario import Scenario

__all__ = ["ALL_PARTS", "HOUSE_PARTS", "Activation", "Policy"]

Activation = Literal["tanh", "relu"]

ALL_PARTS = ("burning", "ruined", "signals", "modes", "locations", "night", "seat")
"""All parts of the vector observation, in its order."""

HOUSE_PARTS = ("burning", "ruined")
"""The parts that show the houses; a policy that reads no others can be tabulated and valued exactly."""

FORMAT = 1
"""Of saved policies; moves when older files could be misread."""

_GRID_BITS = 20
_EXACT_BITS = 52
_LEAST_WEIGHT_BITS = 12


@dataclass(frozen=True, eq=False)
class Policy(Frozen):
    """A feed-forward network from the parts of an observation to the logits of house, mode and signal.

    ``weights[l]`` is float32 of shape (in, out) and ``biases[l]`` of shape (out,); the activation stands between
    the layers. The last layer has H + 4 outputs: H for the house, 2 for the mode, 2 for the signal, drawn
    independently. `parts` names what the first layer reads of the "vector" observation (see
    `bucket_brigade.envs.observations`), in this order. Raises `InvalidInput` for arrays that do not fit each
    other, are not finite, or are too large to be played exactly.
    """

    weights: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]
    activation: Activation = "tanh"
    parts: tuple[str, ...] = ALL_PARTS
    _layers: tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.activation not in get_args(Activation):
            known = " or ".join(map(repr, get_args(Activation)))
            raise InvalidInput(f"activation = {self.activation!r} is not allowed: it must be {known}.")
        unknown = [part for part in self.parts if part not in ALL_PARTS]
        if unknown or not self.parts or len(set(self.parts)) != len(self.parts):
            raise InvalidInput(
                f"parts = {list(self.parts)} is not allowed: name parts of the observation, none twice, out of "
                f"{', '.join(ALL_PARTS)}."
            )
        weights, biases = _checked(self.weights, self.biases)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)
        object.__setattr__(self, "parts", tuple(self.parts))
        object.__setattr__(self, "_layers", tuple(_fixed_point(weights, biases, self.activation)))

    @property
    def num_houses(self) -> int:
        """The ring size that it plays on, H."""
        return len(self.biases[-1]) - 4

    @property
    def state_only(self) -> bool:
        """Whether it looks at nothing but the houses."""
        return set(self.parts) <= set(HOUSE_PARTS)

    def columns(self, scenario: Scenario) -> NDArray[np.intp]:
        """Return the entries of a vector observation of this scenario that the first layer reads.

        Raises `InvalidInput` if the network is for another number of houses or agents.
        """
        layout = ObservationLayout(scenario)
        columns = np.concatenate([np.arange(layout.width)[layout[part].entries] for part in self.parts])
        if scenario.num_houses != self.num_houses or len(columns) != len(self.weights[0]):
            raise InvalidInput(
                f"The policy chooses among {self.num_houses} houses and reads {len(self.weights[0])} numbers, but "
                f"scenario {scenario.name!r} has {scenario.num_houses} houses and shows {len(columns)} numbers in "
                f"{', '.join(self.parts)}."
            )
        return columns

    def logits(self, inputs: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the logits, (G, H + 4), of what the first layer reads, (G, in).

        Row by row the same numbers, whatever G is.
        """
        layer = _on_grid(np.asarray(inputs, dtype=np.float64))
        for depth, (weights, bias) in enumerate(self._layers):
            if depth:
                layer = _on_grid(np.tanh(layer) if self.activation == "tanh" else np.maximum(layer, 0.0))
            layer = layer @ weights + bias
        return layer

    def save(self, path: str | Path) -> None:
        """Write the policy to a ``.npz`` file, whole or not at all; equal policies make equal bytes."""
        target = Path(path)
        arrays: dict[str, Any] = {"format": np.int64(FORMAT), "activation": np.array(self.activation)}
        arrays["parts"] = np.array(self.parts)
        for depth, (weights, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            arrays |= {f"weights_{depth}": weights, f"bias_{depth}": bias}
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as file:
            try:
                np.savez(file, **arrays)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(target)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    @classmethod
    def load(cls, path: str | Path) -> Policy:
        """Read a policy that `save` has written. Raises `InvalidInput` for any other file."""
        try:
            with Path(path).open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
        except FileNotFoundError:
            raise InvalidInput(f"There is no policy {str(path)!r}.") from None
        except Exception as error:
            raise InvalidInput(f"{str(path)!r} cannot be read as a policy: {error}") from error
        return cls._from_arrays(arrays, str(path))

    @classmethod
    def _from_arrays(cls, arrays: Mapping[str, NDArray[Any]], path: str) -> Policy:
        depth = sum(name.startswith("weights_") for name in arrays)
        names = {"format", "activation", "parts"} | {
            f"{w}_{k}" for w in ("weights", "bias") for k in range(depth)
        }
        found, scalars = arrays.get("format"), ("format", "activation")
        if set(arrays) != names or any(arrays[name].ndim for name in scalars) or found != np.int64(FORMAT):
            raise InvalidInput(
                explain(
                    f"{path!r} is not a policy of format {FORMAT}.",
                    why=""
                    if found is None or found.ndim
                    else f"It says that its format is {found.item()!r:.40}.",
                    do="Save it again with Policy.save.",
                )
            )
        activation: Any = str(arrays["activation"])
        return cls(
            tuple(arrays[f"weights_{k}"] for k in range(depth)),
            tuple(arrays[f"bias_{k}"] for k in range(depth)),
            activation,
            tuple(map(str, np.atleast_1d(arrays["parts"]))),
        )


_Arrays = tuple[NDArray[np.float32], ...]


def _checked(weights: Sequence[ArrayLike], biases: Sequence[ArrayLike]) -> tuple[_Arrays, _Arrays]:
    """Return copies that cannot be written to, or raise `InvalidInput`."""
    try:
        weights, biases = list(weights), list(biases)
    except TypeError:
        raise InvalidInput("weights and biases must be sequences of arrays, one of each a layer.") from None
    if not weights or len(weights) != len(biases):
        raise InvalidInput(
            f"A policy of {len(weights)} weights and {len(biases)} biases: give one of each a layer."
        )
    taken = (
        tuple(_as_float32(w, f"weights[{depth}]") for depth, w in enumerate(weights)),
        tuple(_as_float32(b, f"biases[{depth}]") for depth, b in enumerate(biases)),
    )
    width = None
    for depth, (w, b) in enumerate(zip(*taken, strict=True)):
        if w.ndim != 2 or b.shape != w.shape[1:] or (width is not None and len(w) != width) or not w.size:
            raise InvalidInput(f"Layer {depth} has weights {w.shape} and biases {b.shape}: they do not fit.")
        if not np.isfinite(w).all() or not np.isfinite(b).all():
            raise InvalidInput(f"Layer {depth} holds numbers that are not finite.")
        width = len(b)
        w.flags.writeable = b.flags.writeable = False
    if width is None or width < 6:
        raise InvalidInput(
            f"The last layer has {width} outputs: it must have H + 4, for at least two houses."
        )
    return taken


def _as_float32(numbers: ArrayLike, name: str) -> NDArray[np.float32]:
    """Return a copy, or raise `InvalidInput` for anything but real numbers."""
    try:
        array = np.asarray(numbers)
    except ValueError:  # Rows of different lengths.
        raise InvalidInput(f"{name} is not an array of numbers.") from None
    if array.dtype.kind not in "fiu":
        raise InvalidInput(f"{name} has dtype {array.dtype}: it must hold real numbers.")
    with np.errstate(over="ignore"):  # What overflows is refused as infinite.
        return array.astype(np.float32)


def _fixed_point(
    weights: _Arrays, biases: _Arrays, activation: Activation
) -> Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the layers on grids on which no sum is rounded.

    What enters a layer is at most `bound` and a multiple of 2**-20; so with weights on 2**-b, sums of at most
    2**e are multiples of 2**-(20 + b), and doubles hold them exactly if 20 + b + e is at most 53.
    """
    layers, bound = [], 1.0
    for depth, (w, b) in enumerate(zip(weights, biases, strict=True)):
        reach = float((np.abs(w, dtype=np.float64).sum(axis=0) * bound + np.abs(b)).max())
        bits = _EXACT_BITS - _GRID_BITS - math.ceil(math.log2(max(reach, 1.0)))
        if bits < _LEAST_WEIGHT_BITS:
            raise InvalidInput(f"The weights of layer {depth} are too large: a sum may reach {reach:.3g}.")
        layers.append(
            (_on_grid(w.astype(np.float64), bits), _on_grid(b.astype(np.float64), bits + _GRID_BITS))
        )
        bound = 1.0 if activation == "tanh" else max(reach, 1.0)
    return layers


def _on_grid(numbers: NDArray[np.float64], bits: int = _GRID_BITS) -> NDArray[np.float64]:
    return np.ldexp(np.rint(np.ldexp(numbers, bits)), -bits)
