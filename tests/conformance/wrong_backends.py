"""Backends with one fault each, around any backend that has none; each names the checks that must see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend, Counts, PlayRequest, Stepper, Verdict, Yes, merge_counts
from bucket_brigade.backends.exact import BestResponses, Expectation, OptimizeRequest
from bucket_brigade.game.program import Program
from bucket_brigade.registry import resolve_backend
from bucket_brigade.testing.samples import fresh_copy

Words = NDArray[np.uint64]


class Wrapped:
    """Plays through the fastest exact backend, and does nothing wrong."""

    name = "wrapped"
    version = "1"
    caught_by: tuple[str, ...] = ()
    """The checks that must fail: these and no others."""
    exact_stream = True

    def __init__(self) -> None:
        self.inner: Backend = resolve_backend("auto").backend

    def can_run(self, request: PlayRequest) -> Verdict:
        return self.inner.can_run(request)

    def play(self, request: PlayRequest) -> Counts:
        return self.inner.play(request)

    def stepper(
        self, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
    ) -> Stepper:
        return self.inner.stepper(program, seed, entries, games)


class WrappedStepper:
    """A stepper around another."""

    def __init__(self, inner: Stepper) -> None:
        self.inner = inner

    @property
    def nights(self) -> NDArray[np.uint32]:
        return self.inner.nights

    @property
    def houses(self) -> NDArray[np.uint8]:
        return self.inner.houses

    @property
    def last_actions(self) -> NDArray[np.uint8]:
        return self.inner.last_actions

    @property
    def finished(self) -> NDArray[np.uint8]:
        return self.inner.finished

    @property
    def counts(self) -> NDArray[np.int32]:
        return self.inner.counts

    def decide(self) -> NDArray[np.uint8]:
        return self.inner.decide()

    def apply(self, actions: NDArray[np.uint8]) -> None:
        self.inner.apply(actions)


class _OtherProgram(Wrapped):
    """Plays another program than it is given."""

    def other(self, program: Program) -> Program:
        raise NotImplementedError

    def play(self, request: PlayRequest) -> Counts:
        return self.inner.play(replace(request, program=self.other(request.program)))

    def stepper(self, program: Program, seed: int, *rest: Any) -> Stepper:
        return self.inner.stepper(self.other(program), seed, *rest)


class WrongSeed(Wrapped):
    caught_by = ("golden_games", "golden_nights")

    def play(self, request: PlayRequest) -> Counts:
        return self.inner.play(replace(request, seed=request.seed ^ 1))

    def stepper(self, program: Program, seed: int, *rest: Any) -> Stepper:
        if 0 <= seed < 2**64:
            seed ^= 1
        return self.inner.stepper(program, seed, *rest)


class HalfASeed(Wrapped):
    """Forgets the high half of the seed."""

    caught_by = ("seeds", "golden_games", "exact_nights")

    def play(self, request: PlayRequest) -> Counts:
        return self.inner.play(replace(request, seed=request.seed & 0xFFFFFFFF))

    def stepper(self, program: Program, seed: int, *rest: Any) -> Stepper:
        return self.inner.stepper(program, seed & 0xFFFFFFFF if 0 <= seed < 2**64 else seed, *rest)


class HalfAGameNumber(Wrapped):
    """Forgets the high half of a game's number."""

    caught_by = ("independent_of_batch", "golden_games", "exact_nights")

    def play(self, request: PlayRequest) -> Counts:
        first = np.asarray(request.first_game) & np.uint64(0xFFFFFFFF)
        return self.inner.play(replace(request, first_game=first))

    def stepper(self, program: Program, seed: int, entries: Any, games: Any) -> Stepper:
        return self.inner.stepper(program, seed, entries, games & np.uint64(0xFFFFFFFF))


class BiasedSpread(_OtherProgram):
    """Fire spreads more easily than the scenario says."""

    caught_by = ("golden_games", "golden_nights")

    def other(self, program: Program) -> Program:
        return spreading(program, 1.3)


def spreading(program: Program, factor: float) -> Program:
    """Return the program with the chances of fire from neighbours multiplied."""
    alone = program.ignite[:, :1].astype(float)
    spread = np.minimum(alone + (program.ignite - alone) * factor, 2.0**32)
    return replace(program, ignite=spread.astype(np.uint64))


class ForgetsCertainty(_OtherProgram):
    """Where a worker is certain to put a fire out, it does so half of the time: no golden game has such workers."""

    caught_by = ("exact_stream", "exact_nights")

    def other(self, program: Program) -> Program:
        certain = program.extinguish == 2**32
        return replace(program, extinguish=np.where(certain, np.uint64(2**31), program.extinguish))


class AtMostForBelow(_OtherProgram):
    """A chance succeeds also on the word that equals its threshold: once in four billion words."""

    caught_by = ("boundaries",)

    def other(self, program: Program) -> Program:
        other: dict[str, Any] = {part: self.one_more(getattr(program, part)) for part in self.parts}
        return replace(program, **other)

    parts: tuple[str, ...] = ("initial_fire", "ignite", "extinguish", "chances")

    def one_more(self, thresholds: NDArray[np.uint64]) -> NDArray[np.uint64]:
        # None is held to be impossible on account of a word of 0.
        inside = (thresholds > 0) & (thresholds < 2**32)
        return thresholds + inside.astype(np.uint64)


class AtMostWhenPuttingOut(AtMostForBelow):
    """The same, where a fire is put out and nowhere else."""

    parts = ("extinguish",)


class NightOffByOne(_OtherProgram):
    """Games that the night limit ends last a night longer."""

    caught_by = ("golden_games", "exact_nights")

    def other(self, program: Program) -> Program:
        return replace(program, max_nights=program.max_nights + np.uint32(1))


class EndsANightLate(_OtherProgram):
    caught_by = ("golden_games", "golden_nights")

    def other(self, program: Program) -> Program:
        longer = np.minimum(program.min_nights + np.uint32(1), program.max_nights)
        return replace(program, min_nights=longer)


class LeaksBetweenGames(Wrapped):
    """The second game of a batch starts where the first one ended up."""

    caught_by = ("independent_of_batch",)

    def play(self, request: PlayRequest) -> Counts:
        if request.games == 1:
            return self.inner.play(request)
        first = np.asarray(request.first_game)
        one = self.inner.play(replace(request, games=1))
        rest = replace(
            request, games=request.games - 1, first_game=first + np.uint64(1), seed=request.seed ^ 2
        )
        return merge_counts([one, self.inner.play(rest)])


class LeaksBetweenEntries(Wrapped):
    """An entry plays other games because of the entry before it."""

    caught_by = ("independent_of_order",)

    def play(self, request: PlayRequest) -> Counts:
        first, parts = np.asarray(request.first_game), []
        for entry in range(request.program.num_entries):
            one = request.program.select(np.array([entry]))
            alone = replace(
                request, program=one, first_game=first[[entry]], seed=(request.seed + entry) % 2**64
            )
            parts.append(self.inner.play(alone))
        names = ("sums", "products", "per_game")
        joined: dict[str, Any] = {
            name: None
            if getattr(parts[0], name) is None
            else np.concatenate([getattr(p, name) for p in parts])
            for name in names
        }
        return Counts(request.games, **joined)


class LeaksBetweenCalls(Wrapped):
    """Remembers how often it was asked."""

    caught_by = ("pure",)
    calls = 0

    def play(self, request: PlayRequest) -> Counts:
        self.calls += 1
        return self.inner.play(replace(request, seed=(request.seed + self.calls) % 2**64))


class OneFirstGame(Wrapped):
    """Every entry begins at the first entry's first game."""

    caught_by = ("independent_of_first_game",)

    def play(self, request: PlayRequest) -> Counts:
        return self.inner.play(replace(request, first_game=int(np.asarray(request.first_game)[0])))


class ThreadsMatter(Wrapped):
    caught_by = ("independent_of_threads",)

    def play(self, request: PlayRequest) -> Counts:
        return self.inner.play(replace(request, seed=request.seed ^ (request.workers or 0)))


class MutatesInput(Wrapped):
    """Works in the arrays that it was given."""

    caught_by = ("inputs_unchanged",)

    def play(self, request: PlayRequest) -> Counts:
        counts = self.inner.play(request)
        request.program.homes.flags.writeable = True
        request.program.homes[:] = 0
        return counts


class MutatesActions(Wrapped):
    caught_by = ("stepper_inputs_unchanged",)

    def stepper(self, *arguments: Any) -> Stepper:
        class Mutating(WrappedStepper):
            def apply(self, actions: NDArray[np.uint8]) -> None:
                self.inner.apply(actions)
                actions[...] = 0

        return Mutating(self.inner.stepper(*arguments))


class ShowsItsOwnArrays(Wrapped):
    """Keeps the houses that it shows, and looks at them when it decides."""

    caught_by = ("fresh_arrays",)

    def stepper(self, *arguments: Any) -> Stepper:
        class Sharing(WrappedStepper):
            def __init__(self, inner: Stepper) -> None:
                super().__init__(inner)
                self._houses = inner.houses

            @property
            def houses(self) -> NDArray[np.uint8]:
                return self._houses

            def apply(self, actions: NDArray[np.uint8]) -> None:
                before = self.inner.houses
                self.inner.apply(actions)
                changed = self.inner.houses != before
                self._houses[changed] = self.inner.houses[changed]

        return Sharing(self.inner.stepper(*arguments))


class AcceptsAllActions(Wrapped):
    caught_by = ("bad_actions_refused",)

    def stepper(self, program: Program, *rest: Any) -> Stepper:
        limits = np.array([int(program.num_houses[0]) - 1, 1, 1])

        class Lenient(WrappedStepper):
            def apply(self, actions: NDArray[np.uint8]) -> None:
                self.inner.apply(np.clip(actions, 0, limits).astype(np.uint8))

        return Lenient(self.inner.stepper(program, *rest))


class MovesBeforeItRefuses(Wrapped):
    """Plays the night, and then finds that the actions were wrong."""

    caught_by = ("bad_actions_refused",)

    def stepper(self, program: Program, *rest: Any) -> Stepper:
        class Hasty(WrappedStepper):
            def apply(self, actions: NDArray[np.uint8]) -> None:
                try:
                    self.inner.apply(actions)
                except ValueError:
                    self.inner.apply(self.inner.decide())
                    raise

        return Hasty(self.inner.stepper(program, *rest))


class AcceptsAllBatches(Wrapped):
    caught_by = ("bad_steppers_refused",)

    def stepper(self, program: Program, seed: int, entries: Any, games: Any) -> Stepper:
        return self.inner.stepper(program, seed % 2**64, entries % np.uint32(program.num_entries), games)


class RunsAnything(Wrapped):
    """Says that it plays seats from outside."""

    caught_by = ("declines",)

    def can_run(self, request: PlayRequest) -> Verdict:
        return Yes()


class WrongProducts(Wrapped):
    caught_by = ("kept_games",)

    def play(self, request: PlayRequest) -> Counts:
        counts = self.inner.play(request)
        return counts if counts.products is None else replace(counts, products=counts.products + 1)


class WrongDtype(Wrapped):
    caught_by = ("contract",)

    def play(self, request: PlayRequest) -> Counts:
        counts = self.inner.play(request)
        return replace(counts, sums=counts.sums.astype(np.float64))


class DeclinesEverything(Wrapped):
    caught_by = ("contract",)

    def can_run(self, request: PlayRequest) -> Verdict:
        from bucket_brigade.backends.base import No

        return No("not today")


class _OnItsDevice(np.ndarray[Any, Any]):
    def __reduce__(self) -> Any:
        raise TypeError("this array cannot leave its device")


class KeepsAnswersOnItsDevice(Wrapped):
    """Answers with arrays that cannot be sent to another process."""

    caught_by = ("pickling",)

    def play(self, request: PlayRequest) -> Counts:
        counts = self.inner.play(request)
        return replace(counts, sums=counts.sums.view(_OnItsDevice))


class MovesFinishedGames(Wrapped):
    """Notes what is applied to games that are over."""

    caught_by = ("finished_games_rest",)

    def stepper(self, *arguments: Any) -> Stepper:
        class Restless(WrappedStepper):
            applied: NDArray[np.uint8] | None = None

            def apply(self, actions: NDArray[np.uint8]) -> None:
                self.inner.apply(actions)
                self.applied = actions.copy()

            @property
            def last_actions(self) -> NDArray[np.uint8]:
                shown = self.inner.last_actions
                over = self.inner.finished > 0
                if self.applied is not None:
                    shown[over] = self.applied[over]
                return shown

        return Restless(self.inner.stepper(*arguments))


class NightsLeakBetweenGames(Wrapped):
    """All games of a stepper share the luck of the first."""

    caught_by = ("nights_independent_of_batch",)

    def stepper(self, program: Program, seed: int, entries: Any, games: Any) -> Stepper:
        return self.inner.stepper(program, seed, entries, games * np.uint64(0) + games[:1])


class SteppersShareState(Wrapped):
    """A second stepper takes over the games of the first."""

    caught_by = ("pure_steppers",)

    def stepper(self, *arguments: Any) -> Stepper:
        made = self.inner.stepper(*arguments)
        self.latest = made

        class Shared(WrappedStepper):
            def __init__(self, owner: SteppersShareState) -> None:
                self.owner = owner

            @property
            def inner(self) -> Stepper:  # type: ignore[override]
                return self.owner.latest

        return Shared(self)


class LargeSteppersDiffer(Wrapped):
    """Plays large batches of nights with other luck."""

    caught_by = ("stepper_equals_play",)

    def stepper(self, program: Program, seed: int, entries: Any, games: Any) -> Stepper:
        return self.inner.stepper(program, seed ^ 1 if len(entries) > 24 else seed, entries, games)


class _Exact(Wrapped):
    """Offers exact answers too."""

    def can_expect(self, program: Program) -> Verdict:
        answer: Verdict = self.exact.can_expect(program)
        return answer

    def expect(self, program: Program, workers: int | None = None) -> Expectation:
        answer: Expectation = self.exact.expect(program)
        return answer

    def best_responses(self, request: OptimizeRequest) -> BestResponses:
        answer: BestResponses = self.exact.best_responses(request)
        return answer

    def social_optimum(
        self, program: Program, prices: Any, workers: int | None = None
    ) -> NDArray[np.float64]:
        answer: NDArray[np.float64] = self.exact.social_optimum(program, prices)
        return answer

    @property
    def exact(self) -> Any:
        return self.inner


class WrongExpectation(_Exact):
    caught_by = ("expectations",)

    def expect(self, program: Program, workers: int | None = None) -> Expectation:
        right = self.exact.expect(program)
        return Expectation(right.counts * (1 + 1e-8), right.final_ruined)


class WrongOptimum(_Exact):
    caught_by = ("optima",)

    def social_optimum(
        self, program: Program, prices: Any, workers: int | None = None
    ) -> NDArray[np.float64]:
        return super().social_optimum(program, prices) - 1e-6


class Panics(Wrapped):
    """Raises what is no `Exception`, as a panic in compiled code does."""

    caught_by = ("golden_games",)

    def play(self, request: PlayRequest) -> Counts:
        if request.program.num_agents == 8:
            raise BaseException("the engine fell over")
        return self.inner.play(request)


# Without the exact stream.


class OtherLuck(Wrapped):
    """Plays by the rules with luck of its own: nothing is wrong with it."""

    exact_stream = False

    def play(self, request: PlayRequest) -> Counts:
        return self.inner.play(replace(request, seed=(request.seed + 12345) % 2**64))

    def stepper(self, program: Program, seed: int, *rest: Any) -> Stepper:
        return self.inner.stepper(program, (seed + 12345) % 2**64 if 0 <= seed < 2**64 else seed, *rest)


class BiasedAverages(OtherLuck):
    """Fire spreads more easily than it should; only averages can tell."""

    caught_by = ("averages", "averages_of_nights")

    def play(self, request: PlayRequest) -> Counts:
        return super().play(replace(request, program=spreading(request.program, 1.3)))

    def stepper(self, program: Program, seed: int, *rest: Any) -> Stepper:
        return super().stepper(spreading(program, 1.3), seed, *rest)


class SlightlyBiasedAverages(OtherLuck):
    """Fire spreads a twentieth more easily than it should: about the least that averages can tell."""

    caught_by = ("averages",)

    def play(self, request: PlayRequest) -> Counts:
        return super().play(replace(request, program=spreading(request.program, 1.05)))


class BiasedNights(OtherLuck):
    """The initial fires of its steppers are half as many."""

    caught_by = ("averages_of_nights",)

    def stepper(self, program: Program, seed: int, *rest: Any) -> Stepper:
        program = fresh_copy(replace(program, initial_fire=program.initial_fire // np.uint64(2)))
        return super().stepper(program, seed, *rest)


class OneSeed(OtherLuck):
    caught_by = ("seeds",)

    def play(self, request: PlayRequest) -> Counts:
        return super().play(replace(request, seed=5))


class OneGame(OtherLuck):
    """Plays one game and repeats it."""

    caught_by = ("seeds", "averages")

    def play(self, request: PlayRequest) -> Counts:
        counts = super().play(replace(request, games=1, keep_games=True))
        assert counts.per_game is not None
        games = np.repeat(counts.per_game, request.games, axis=1)
        products = None if counts.products is None else counts.products * request.games
        kept = games if request.keep_games else None
        return Counts(request.games, counts.sums * request.games, products, kept)


WRONG: tuple[type[Wrapped], ...] = tuple(
    value
    for name, value in list(globals().items())
    if isinstance(value, type) and issubclass(value, Wrapped) and value.caught_by
)
"""Every backend with a fault."""
