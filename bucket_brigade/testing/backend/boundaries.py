"""The check of words that lie exactly on a threshold: a chance succeeds below it and nowhere else.

By chance such a word comes once in four billion, so random games never tell ``<=`` from ``<``. But a scenario may
choose its chances: here each threshold in turn is the very word that it is held against.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import PlayRequest, Stepper
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.game.draws import Purpose, words
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic, Social, Strategy, Tabular, archetype
from bucket_brigade.testing.backend.subject import BackendSubject, same_arrays, same_counts
from bucket_brigade.testing.samples import Steps

__all__ = ["boundaries", "boundary_game"]

SEED = 11
GAMES = 200
"""Games to look through for one in which the boundary shows; nearly always it is among the first ten."""

SMALL = Scenario(
    prob_initial_fire=0.5,
    prob_house_catches_fire=0.25,
    prob_fire_spreads_to_neighbor=0.25,
    prob_solo_agent_extinguishes_fire=0.5,
    min_nights=2,
    max_nights=2,
    num_houses=4,
    num_agents=2,
    cost_to_work_one_night=0.5,
    team_reward_house_survives=1.0,
    team_penalty_house_burns=1.0,
    reward_own_house_survives=0.0,
    reward_other_house_survives=0.0,
    penalty_own_house_burns=0.0,
    penalty_other_house_burns=0.0,
    name="boundary",
)

Change = Callable[[Program, np.uint64], Program]
"""Makes a threshold of a program a certain number."""


def _town(part: str, column: int | None = None) -> Change:
    def change(program: Program, number: np.uint64) -> Program:
        values = getattr(program, part).copy()
        values[0 if column is None else (0, column)] = number
        return replace(program, **{part: values})

    return change


def _chance(column: int) -> Change:
    def change(program: Program, number: np.uint64) -> Program:
        chances = program.chances.copy()
        chances[0, column] = number
        return replace(program, chances=chances)

    return change


def _altruistic(program: Program, number: np.uint64) -> Program:
    tables = program.tables.copy()
    tables[1 : 4 * (SMALL.num_houses + 1) : 2] = number
    # Never honest: it signals rest whenever it intends to work, and only then asks how altruistic it is.
    chances = program.chances.copy()
    chances[0, 0] = 0
    return replace(program, tables=tables, chances=chances)


def _actions(program: Program, number: np.uint64) -> Program:
    tables = np.full(program.tables.shape, number, dtype=np.uint64)
    tables[2 * SMALL.num_houses - 1 :: 2 * SMALL.num_houses] = 2**32
    return replace(program, tables=tables)


_HEURISTIC = Heuristic(archetype("firefighter"))
_SOCIAL = Social(archetype("firefighter"))
_TABULAR = Tabular(np.full((81, 8), 0.125))

CASES: dict[str, tuple[Strategy, Purpose, int, Change]] = {
    "an initial fire": (_HEURISTIC, Purpose.IGNITE, 0, _town("initial_fire")),
    "catching fire": (_HEURISTIC, Purpose.IGNITE, 1, _town("ignite", 0)),
    "catching fire from a neighbour": (_HEURISTIC, Purpose.IGNITE, 1, _town("ignite", 1)),
    "putting a fire out": (_HEURISTIC, Purpose.EXTINGUISH, 1, _town("extinguish", 1)),
    "heuristic: working": (_HEURISTIC, Purpose.WORK, 1, _chance(0)),
    "heuristic: going home first": (_HEURISTIC, Purpose.HOME, 1, _chance(1)),
    "heuristic: an honest signal": (_HEURISTIC, Purpose.SIGNAL, 1, _chance(2)),
    "social: an honest signal": (_SOCIAL, Purpose.SIGNAL, 1, _chance(0)),
    "social: keeping a promise": (_SOCIAL, Purpose.WORK, 1, _chance(0)),
    "social: altruism": (_SOCIAL, Purpose.WORK, 1, _altruistic),
    "social: exploration": (_SOCIAL, Purpose.STRAY, 1, _chance(1)),
    "social: habit": (_SOCIAL, Purpose.HABIT, 2, _chance(2)),
    "tabular: the action": (_TABULAR, Purpose.WORK, 1, _actions),
}
"""By name: who decides, the purpose and night of the word, and where its threshold stands. The word is that of the
first house or agent."""


def boundaries(s: BackendSubject) -> str:
    """A chance fails on the word that equals its threshold."""
    s.claims_exact_stream()
    for case in CASES:
        program, game = boundary_game(case)
        see = f"from bucket_brigade.testing.backend.boundaries import boundary_game; boundary_game({case!r})"
        request = PlayRequest(program, seed=SEED, games=1, first_game=game, keep_games=True)
        if s.can_run(request):
            expected = PythonReference().play(request)
            same_counts(s.play(request), expected, SMALL.num_agents, see=see, first=f"{case}, ")
        stepper = s.stepper(_steps(program, game))
        for night, (here, expected_here) in enumerate(
            zip(_shown(stepper), _shown(_reference(program, game)), strict=True)
        ):
            same_arrays(f"{case}, night {night + 1}", here, expected_here, see=see)
    return f"{len(CASES)} words that equal their thresholds"


@functools.cache
def boundary_game(case: str) -> tuple[Program, int]:
    """Return a program and its first game in which it shows that a word equals its threshold; of seed `SEED`."""
    strategy, purpose, night, change = CASES[case]
    program = compile_program([SMALL], [strategy], [[0, 0]]).for_engines()
    for game in range(GAMES):
        word = words(SEED, np.array([game], dtype=np.uint64), night, purpose, 1)[0, 0].astype(np.uint64)
        right, wrong = change(program, word), change(program, word + np.uint64(1))
        if any(
            (one != other).any()
            for one, other in zip(
                _shown(_reference(right, game)), _shown(_reference(wrong, game)), strict=True
            )
        ):
            return right, game
    raise AssertionError(f"no game shows the boundary of {case}")


def _steps(program: Program, game: int) -> Steps:
    return Steps(program, SEED, np.zeros(1, dtype=np.uint32), np.array([game], dtype=np.uint64))


def _reference(program: Program, game: int) -> Stepper:
    steps = _steps(program, game)
    return PythonReference().stepper(steps.program, steps.seed, steps.entries, steps.games)


def _shown(stepper: Stepper) -> list[NDArray[np.int64]]:
    """Return the houses, then what is done, night by night, as one row each; (H + 3*N,)."""
    rows = []
    for _ in range(SMALL.max_nights):
        # Copies, since other checks judge whether a stepper shows fresh arrays and leaves its input alone.
        houses, actions = stepper.houses.copy(), stepper.decide().copy()
        stepper.apply(actions.copy())
        shown = (houses, actions, stepper.houses)
        rows.append(np.concatenate([part.ravel().astype(np.int64) for part in shown]))
    return rows
