"""Checks of `stepper`: games played night by night."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import PlayRequest, Stepper
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.errors import BackendCannotRun, InvalidInput
from bucket_brigade.game.program import PolicyKind, compile_program
from bucket_brigade.testing.backend.subject import BackendSubject, same_arrays
from bucket_brigade.testing.backend.whole_games import plain_request
from bucket_brigade.testing.golden import golden_data, golden_label, golden_scenario, golden_team
from bucket_brigade.testing.report import fail
from bucket_brigade.testing.samples import NUM_STEPS, Luck, Steps, fresh_copy, sample_request, sample_steps

__all__ = [
    "bad_actions_refused",
    "bad_steppers_refused",
    "exact_nights",
    "finished_games_rest",
    "fresh_arrays",
    "golden_nights",
    "nights_independent_of_batch",
    "play_to_the_end",
    "pure_steppers",
    "stepper_equals_play",
    "stepper_inputs_unchanged",
]

PARTS = ("nights", "houses", "last_actions", "finished", "counts")
"""What a stepper shows between two nights."""

FEW = 5


def see_steps(number: int, *, external: bool = False) -> str:
    """Say how to make a batch of the kit again."""
    more = ", external=True" if external else ""
    return (
        f"from bucket_brigade.testing.samples import sample_steps; steps = sample_steps({number}{more}); "
        "backend.stepper(steps.program, steps.seed, steps.entries, steps.games)"
    )


def golden_nights(s: BackendSubject) -> str:
    """The golden games come out night by night, every house and action."""
    s.claims_exact_stream()
    recorded = [(n, game) for n, game in enumerate(golden_data()["games"]) if "actions" in game]
    for number, game in recorded:
        team = golden_team(game)
        program = compile_program([golden_scenario(game)], team, [list(range(len(team)))]).for_engines()
        one = np.zeros(1, dtype=np.uint32)
        stepper = s.stepper(Steps(program, game["seed"], one, np.array([game["game"]], dtype=np.uint64)))
        label = f"golden game {number} ({golden_label(game)})"
        see = f"from bucket_brigade.testing.golden import golden_data; golden_data()['games'][{number}]"
        for night, (houses, actions) in enumerate(zip(game["houses"], [*game["actions"], None], strict=True)):
            same_arrays(f"{label}, after night {night}: houses", stepper.houses, np.array([houses]), see=see)
            if actions is None:
                break
            tonight = stepper.decide()
            same_arrays(f"{label}, night {night + 1}: actions", tonight, np.array([actions]), see=see)
            stepper.apply(tonight)
        ended = 1 if game["terminated"] else 2
        same_arrays(f"{label}: finished", stepper.finished, np.array([ended]), see=see)
    return f"{len(recorded)} games, every house and action"


def exact_nights(s: BackendSubject) -> str:
    """A stepper shows what the reference's shows, also with seats played from outside."""
    s.claims_exact_stream()
    nights = 0
    for external in (False, True):
        for number in range(NUM_STEPS):
            ours, see = (
                s.stepper(sample_steps(number, external=external)),
                see_steps(number, external=external),
            )
            for night, (shown, decided, applied) in enumerate(_reference_nights(number, external), start=1):
                for part in PARTS:
                    where = f"batch {number}, before night {night}: {part}"
                    same_arrays(where, getattr(ours, part), shown[part], see=see)
                same_arrays(f"batch {number}, night {night}: decide()", ours.decide(), decided, see=see)
                ours.apply(applied.copy())
                nights += 1
    return f"{2 * NUM_STEPS} batches, {nights} nights, all that a stepper shows"


def stepper_equals_play(s: BackendSubject) -> str:
    """Games played night by night are those that `play` plays."""
    s.claims_exact_stream()
    played = 0
    for number in range(NUM_STEPS):
        request = sample_request(number)
        if len(set(request.program.num_houses[request.program.town].tolist())) > 1 or not s.can_run(request):
            continue
        played += 1
        whole, entries = s.play(request).per_game, request.program.num_entries
        assert whole is not None
        stepper = s.stepper(_steps_of(request))
        play_to_the_end(stepper)
        counts = stepper.counts.reshape(entries, request.games, -1)
        see = f"sample_request({number}) of bucket_brigade.testing.samples, by play and by stepper"
        same_arrays(f"request {number}, night by night: counts", counts, whole, see=see)
    return f"{played} requests"


def nights_independent_of_batch(s: BackendSubject) -> str:
    """No game of a stepper depends on the games beside it."""
    s.claims_exact_stream()
    for number in range(FEW):
        steps = sample_steps(number)
        stepper = s.stepper(steps)
        play_to_the_end(stepper)
        whole, see = stepper.counts, see_steps(number)
        order = np.arange(len(whole))[::-1]
        for rows, how in [(order, "turned around"), *((np.array([g]), f"game {g} alone") for g in (0, 5))]:
            again = s.stepper(Steps(steps.program, steps.seed, steps.entries[rows], steps.games[rows]))
            play_to_the_end(again)
            same_arrays(f"batch {number}, {how}: counts", again.counts, whole[rows], see=see)
    return f"{FEW} batches: turned around, and games alone"


def bad_steppers_refused(s: BackendSubject) -> str:
    """Steppers that cannot be raise `InvalidInput`."""
    steps = sample_steps(0)
    program, seed, entries, games = steps.program, steps.seed, steps.entries, steps.games
    mixed = next(
        request.program
        for request in map(sample_request, range(10))
        if len(set(request.program.num_houses.tolist())) > 1
    )
    zeros = np.zeros(1, dtype=np.uint32), np.zeros(1, dtype=np.uint64)
    bad = {
        "rings of two sizes": (mixed, seed, *zeros),
        "an entry that is not there": (program, seed, entries + np.uint32(program.num_entries), games),
        "more entries than games": (program, seed, entries, games[:-1]),
        "a seed of more than 64 bits": (program, 2**64, entries, games),
        "a negative seed": (program, -1, entries, games),
    }
    s.stepper(steps)
    for what, arguments in bad.items():
        _refused(what, s.backend.stepper, *arguments)
    return f"{len(bad)} kinds"


def bad_actions_refused(s: BackendSubject) -> str:
    """Actions that nobody may take raise `InvalidInput` and move no game."""
    steps = _running_steps()
    stepper, houses = s.stepper(steps), int(steps.program.num_houses[0])
    for _ in range(2):
        good = stepper.decide()
        before = {part: getattr(stepper, part).copy() for part in PARTS}
        bad: dict[str, NDArray[np.generic]] = {
            "a house off the ring": _changed(good, 0, houses),
            "house 255": _changed(good, 0, 255),
            "mode 2": _changed(good, 1, 2),
            "signal 2": _changed(good, 2, 2),
            "house -1": _changed(good.astype(np.int64), 0, -1),
            "house 256": _changed(good.astype(np.int64), 0, 256),
            "a seat too few": good[:, 1:],
            "a game too many": np.concatenate([good, good[:1]]),
            "a flat array": good.ravel(),
            "floats": good.astype(np.float64),
        }
        for what, actions in bad.items():
            _refused(f"apply of {what}", stepper.apply, actions)
            for part in PARTS:
                see = f"stepper.apply with {what}, then stepper.{part}"
                same_arrays(
                    f"after {what} was refused: {part}", getattr(stepper, part), before[part], see=see
                )
        stepper.apply(good.copy())
    return f"{len(bad)} kinds, on two nights"


def finished_games_rest(s: BackendSubject) -> str:
    """Games that are over stay as they ended, whatever is applied to them."""
    rested = 0
    for number in range(FEW):
        steps = sample_steps(number)
        stepper, see = s.stepper(steps), see_steps(number)
        for _ in range(int(steps.program.max_nights.max()) + 1):
            over = stepper.finished > 0
            before = {part: getattr(stepper, part)[over] for part in PARTS}
            actions = stepper.decide()
            if actions[over].any():
                fail(f"batch {number}: decide() acts in games that are over", expected="zeros there", see=see)
            actions[over] = 255
            stepper.apply(actions)
            rested += int(over.sum())
            for part in PARTS:
                same_arrays(
                    f"batch {number}, games that are over: {part}",
                    getattr(stepper, part)[over],
                    before[part],
                    see=see,
                )
        if not (stepper.finished > 0).all():
            fail(f"batch {number}: some game goes on after max_nights", expected="finished = 2", see=see)
    return f"{FEW} batches, {rested} nights after the end"


def fresh_arrays(s: BackendSubject) -> str:
    """Writing into what a stepper shows changes no game."""
    steps = _running_steps()
    stepper, untouched = s.stepper(steps), s.stepper(steps)
    for _ in range(3):
        for part in PARTS:
            shown = getattr(stepper, part)
            if shown.flags.writeable:
                shown[...] = 1
        tonight = stepper.decide()
        same_arrays(
            "decide() after writing into what was shown",
            tonight,
            untouched.decide(),
            see="stepper.houses[:] = 1",
        )
        stepper.apply(tonight.copy())
        untouched.apply(tonight.copy())
        if tonight.flags.writeable:
            tonight[...] = 1
        for part in PARTS:
            see = f"stepper.{part}[:] = 1, then stepper.{part}"
            same_arrays(
                f"{part}, after it was written into",
                getattr(stepper, part),
                getattr(untouched, part),
                see=see,
            )
    return "3 nights, everything that a stepper shows"


def stepper_inputs_unchanged(s: BackendSubject) -> str:
    """Steppers leave programs, entries, games and actions as they were."""
    for number in range(FEW):
        steps, see = sample_steps(number), see_steps(number)
        given = fresh_copy(steps)
        try:
            stepper = s.backend.stepper(given.program, given.seed, given.entries, given.games)
        except BackendCannotRun:
            continue
        while not (stepper.finished > 0).all():
            tonight = fresh_copy(stepper.decide())
            kept = tonight.copy()
            stepper.apply(tonight)
            same_arrays(f"batch {number}, after apply: actions", tonight, kept, see=see)
        for name in ("entries", "games"):
            same_arrays(f"batch {number}: {name}", getattr(given, name), getattr(steps, name), see=see)
        for name, value in vars(steps.program).items():
            if isinstance(value, np.ndarray):
                same_arrays(f"batch {number}: program.{name}", getattr(given.program, name), value, see=see)
    return f"{FEW} batches, byte by byte"


def pure_steppers(s: BackendSubject) -> str:
    """A stepper shows the same again, also with another one played in turn beside it."""
    for number in range(FEW):
        steps, see = sample_steps(number), see_steps(number)
        first = _trace(s.stepper(steps))
        again, other = s.stepper(steps), s.stepper(sample_steps(number + 1))
        for night, (decided, shown) in enumerate(first, start=1):
            same_arrays(f"batch {number}, night {night}, again: decide()", again.decide(), decided, see=see)
            again.apply(decided.copy())
            other.apply(other.decide())
            for part in PARTS:
                where = f"batch {number}, after night {night}, again: {part}"
                same_arrays(where, getattr(again, part), shown[part], see=see)
    return f"{FEW} batches, twice, beside others"


def play_to_the_end(stepper: Stepper) -> None:
    """Let native strategies play all games of a stepper."""
    while not (stepper.finished > 0).all():
        stepper.apply(stepper.decide())


def _steps_of(request: PlayRequest) -> Steps:
    """Return the games of a request one after another: those of entry 0 first."""
    entries = np.repeat(np.arange(request.program.num_entries, dtype=np.uint32), request.games)
    offset = np.tile(np.arange(request.games, dtype=np.uint64), request.program.num_entries)
    return Steps(request.program, request.seed, entries, np.asarray(request.first_game)[entries] + offset)


def _trace(stepper: Stepper) -> list[tuple[NDArray[np.uint8], dict[str, NDArray[Any]]]]:
    """Play a stepper to its end and return what was decided each night, and shown after it."""
    trace = []
    while not (stepper.finished > 0).all():
        decided = stepper.decide()
        stepper.apply(decided.copy())
        trace.append((decided, {part: getattr(stepper, part).copy() for part in PARTS}))
    return trace


_Shown = tuple[dict[str, NDArray[Any]], NDArray[np.uint8], NDArray[np.uint8]]


@functools.cache
def _reference_nights(number: int, external: bool) -> tuple[_Shown, ...]:
    """Return, for each night, what the reference shows before it, what is decided, and what is applied."""
    steps, luck, nights = sample_steps(number, external=external), Luck(number), []
    stepper = PythonReference().stepper(steps.program, steps.seed, steps.entries, steps.games)
    for _ in range(int(steps.program.max_nights.max()) + 2):
        decided = stepper.decide()
        applied = _fill(steps, decided.copy(), luck)
        nights.append(({part: getattr(stepper, part) for part in PARTS}, decided, applied))
        stepper.apply(applied)
    return tuple(nights)


def _running_steps() -> Steps:
    """Return a batch whose games last at least five nights."""
    return _steps_of(plain_request(8))


def _fill(steps: Steps, actions: NDArray[np.uint8], luck: Luck) -> NDArray[np.uint8]:
    """Return the actions with something legal on the seats that are played from outside."""
    outside = steps.program.kind[steps.program.seats[steps.entries]] == PolicyKind.EXTERNAL
    limits = (int(steps.program.num_houses[0]), 2, 2)
    for game, seat in np.argwhere(outside):
        actions[game, seat] = [luck.below(limit) for limit in limits]
    return actions


def _changed(actions: NDArray[np.generic], part: int, value: int) -> NDArray[np.generic]:
    wrong = actions.copy()
    wrong[-1, -1, part] = value
    return wrong


def _refused(what: str, call: Callable[..., object], *arguments: object) -> None:
    try:
        call(*arguments)
    except InvalidInput:
        return
    except Exception as error:
        fail(f"{what} raised {type(error).__name__}: {error}", expected="InvalidInput, as the contract says")
    fail(f"{what} was accepted", expected="InvalidInput")
