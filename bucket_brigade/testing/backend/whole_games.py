"""Checks of `play` and `can_run`: whole games."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np

from bucket_brigade.backends.base import Backend, Counts, No, PlayRequest, merge_counts
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import External, Heuristic, Strategy, archetype
from bucket_brigade.testing.backend.subject import BackendSubject, same_arrays, same_counts
from bucket_brigade.testing.golden import (
    GoldenGame,
    golden_data,
    golden_label,
    golden_scenario,
    golden_tallies,
    golden_team,
)
from bucket_brigade.testing.report import Skip, fail
from bucket_brigade.testing.samples import NUM_REQUESTS, fresh_copy, sample_request

__all__ = [
    "PLAIN_TOWN",
    "contract",
    "declines",
    "exact_stream",
    "golden_games",
    "independent_of_batch",
    "independent_of_first_game",
    "independent_of_order",
    "independent_of_threads",
    "inputs_unchanged",
    "kept_games",
    "pickling",
    "plain_request",
    "pure",
    "seeds",
]

PLAIN_TOWN = Scenario(
    prob_initial_fire=0.2,
    prob_house_catches_fire=0.02,
    prob_fire_spreads_to_neighbor=0.25,
    prob_solo_agent_extinguishes_fire=0.5,
    min_nights=5,
    max_nights=30,
    cost_to_work_one_night=0.5,
    team_reward_house_survives=100.0,
    team_penalty_house_burns=100.0,
    reward_own_house_survives=2.0,
    reward_other_house_survives=1.0,
    penalty_own_house_burns=2.0,
    penalty_other_house_burns=1.0,
    name="plain",
)
"""A town written out, so that the kit needs no scenario of a plugin."""

FEW = 5
"""Requests for checks that hold a backend against itself."""
FEWER = 3
"""Requests for checks that play each of theirs many times."""


def plain_request(games: int = 50, seed: int = 1, strategy: Strategy | None = None) -> PlayRequest:
    """Return a request that every backend should accept: ten houses, four agents, one entry."""
    team = [strategy or Heuristic(archetype(name)) for name in ("firefighter", "hero", "liar", "free_rider")]
    program = compile_program([PLAIN_TOWN], team, [[0, 1, 2, 3]])
    return PlayRequest(program.for_engines(), seed=seed, games=games, keep_games=True)


def see_request(number: int) -> str:
    """Say how to make a request of the kit again."""
    return (
        f"from bucket_brigade.testing.samples import sample_request; backend.play(sample_request({number}))"
    )


def accepted(s: BackendSubject, number: int) -> Iterator[tuple[int, PlayRequest]]:
    """Yield the first requests of the kit that the backend accepts; skips the check if there are none."""
    some = False
    for place in range(number):
        request = sample_request(place)
        if s.can_run(fresh_copy(request)):
            some = True
            yield place, request
    if not some:
        raise Skip("it accepts none of these requests")


def contract(s: BackendSubject) -> str:
    """It has a name, a version and verdicts, and answers with the right shapes and dtypes."""
    if not isinstance(s.backend, Backend):
        fail(
            f"{s.backend!r} is no Backend", expected="the attributes name, version, can_run, play and stepper"
        )
    for attribute in ("name", "version"):
        value = getattr(s.backend, attribute)
        if not isinstance(value, str) or not value:
            fail(f"backend.{attribute} = {value!r}", expected="text that is not empty")
    if s.backend.name != s.name:
        fail(
            f"the backend registered as {s.name!r} calls itself {s.backend.name!r}", expected="the same name"
        )
    request = plain_request()
    if not s.can_run(request):
        verdict = s.backend.can_run(request)
        assert isinstance(verdict, No)
        fail(
            f"can_run declined a plain request: {verdict.reason}", expected="Yes() to ten houses, four agents"
        )
    entries, size = 1, num_counts(4)
    counts: Any = s.play(request)
    if not isinstance(counts, Counts) or counts.games != request.games:
        fail(f"play answered {counts!r:.80}", expected=f"Counts of {request.games} games")
    wanted = {
        "sums": ((entries, size), np.int64),
        "products": ((entries, size, size), np.int64),
        "per_game": ((entries, request.games, size), np.int32),
    }
    for name, (shape, dtype) in wanted.items():
        array = getattr(counts, name)
        got = f"{array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else repr(array)
        if got != f"{np.dtype(dtype)} of shape {shape}":
            fail(f"play answered {name} with {got}", expected=f"{np.dtype(dtype)} of shape {shape}")
    return "name, version, verdict, shapes and dtypes"


def declines(s: BackendSubject) -> str:
    """`can_run` says No, with a reason, to seats played from outside, and never crashes."""
    outside = plain_request(strategy=External())
    verdict: Any = s.backend.can_run(fresh_copy(outside))
    if not isinstance(verdict, No):
        fail(
            f"can_run answered {verdict!r} to seats that are played from outside",
            expected="No(reason), since only a stepper can play them",
        )
    reason: Any = verdict.reason
    if not isinstance(reason, str) or not reason.strip():
        fail(f"can_run said No without a reason: {reason!r}", expected="a reason in words")
    s.can_run(plain_request(games=2**53))
    return "seats played from outside, 2**53 games"


def golden_games(s: BackendSubject) -> str:
    """The golden games of the rules come out, tally by tally."""
    s.claims_exact_stream()
    played = 0
    for number, (game, request) in enumerate(_golden_requests()):
        if not s.can_run(request):
            continue
        played += 1
        counts = s.play(request).sums[0]
        label = f"golden game {number} ({golden_label(game)})"
        see = f"from bucket_brigade.testing.golden import golden_data; golden_data()['games'][{number}]"
        for seat, (found, expected) in enumerate(
            zip(golden_tallies(game, counts), game["tallies"], strict=True)
        ):
            for name, value in expected.items():
                if found[name] != value:
                    fail(f"{label}, seat {seat}: {name} is {found[name]}", expected=str(value), see=see)
        if bool(counts[-1]) is not game["terminated"]:
            fail(f"{label}: terminated is {counts[-1]}", expected=str(int(game["terminated"])), see=see)
    return f"{played} games"


def exact_stream(s: BackendSubject) -> str:
    """Random requests give the games of the Python reference, count by count."""
    s.claims_exact_stream()
    games = 0
    for number, request in accepted(s, NUM_REQUESTS):
        expected, see = _reference_counts(number), see_request(number)
        same_counts(
            s.play(request), expected, request.program.num_agents, see=see, first=f"request {number}, "
        )
        games += request.games * request.program.num_entries
    return f"{games} games of {NUM_REQUESTS} requests, count by count"


def pure(s: BackendSubject) -> str:
    """The same request gives the same answer, later and on a backend that is new."""
    requests = list(accepted(s, FEW))
    first = [s.play(request) for _, request in requests]
    for (number, request), answer in zip(reversed(requests), reversed(first), strict=True):
        see = see_request(number) + ", twice, with other requests between"
        same_counts(
            s.play(request), answer, request.program.num_agents, see=see, first=f"request {number}, again: "
        )
    if s.spec is None:
        return f"{len(requests)} requests, twice"
    fresh = s.another()
    for (number, request), answer in zip(requests, first, strict=True):
        same_counts(
            fresh.play(fresh_copy(request)),
            answer,
            request.program.num_agents,
            see=see_request(number) + " on a backend that is new",
            first=f"request {number}, on a new backend: ",
        )
    return f"{len(requests)} requests, twice and on a new backend"


def seeds(s: BackendSubject) -> str:
    """Other seeds and other games are other games."""
    played = {seed: _games(s.play(plain_request(200, seed))) for seed in (1, 2, 1 + 2**32, 2**63)}
    for seed, games in played.items():
        if (games == games[:, :1]).all():
            fail(f"all games of seed {seed} are the same game", expected="a game of its own for each number")
        for other, others in played.items():
            if other < seed and np.array_equal(games, others):
                fail(f"seeds {other} and {seed} give the same 200 games", expected="other games")
    return "4 seeds, 200 games each"


def independent_of_batch(s: BackendSubject) -> str:
    """No game depends on how many, or which entries, are played with it."""
    s.claims_exact_stream()
    for number, request in accepted(s, FEWER):
        whole, agents, first = s.play(request), request.program.num_agents, np.asarray(request.first_game)
        for size in (8,) if number else (1, 5):
            starts = range(0, request.games, size)
            parts = [
                replace(request, games=min(size, request.games - at), first_game=first + np.uint64(at))
                for at in starts
            ]
            see = see_request(number) + f", {size} games at a time"
            again = merge_counts([s.play(part) for part in parts])
            same_counts(again, whole, agents, see=see, first=f"request {number}, {size} games at a time: ")
        for entry in range(request.program.num_entries):
            alone = replace(
                request, program=request.program.select(np.array([entry])), first_game=first[[entry]]
            )
            one = Counts(request.games, *(_rows(whole, np.array([entry]))))
            see = see_request(number) + f", entry {entry} alone"
            same_counts(s.play(alone), one, agents, see=see, first=f"request {number}, entry {entry} alone: ")
    for number in (0, 2**32 - 30, 2**63, 2**64 - 60):
        overlap = (
            replace(plain_request(60), first_game=number),
            replace(plain_request(30), first_game=number + 20),
        )
        whole_games, part = (_games(s.play(request)) for request in overlap)
        see = f"60 games from first_game={number}, and 30 from {number + 20}"
        same_arrays("counts of the games in both", part, whole_games[:, 20:50], see=see)
    return f"{FEWER} requests: games a few at a time and one by one, entries alone"


def independent_of_order(s: BackendSubject) -> str:
    """No game depends on the order of the entries."""
    s.claims_exact_stream()
    for number, request in accepted(s, FEW):
        # One first game for all, so that nothing but the order changes.
        request = replace(request, first_game=int(np.asarray(request.first_game)[0]))
        order = np.arange(request.program.num_entries)[::-1]
        turned = replace(request, program=_ordered(request.program, order))
        same_counts(
            s.play(turned),
            Counts(request.games, *_rows(s.play(request), order)),
            request.program.num_agents,
            see=see_request(number) + ", its entries turned around",
            first=f"request {number}, turned around: ",
        )
    return f"{FEW} requests, their entries turned around"


def independent_of_threads(s: BackendSubject) -> str:
    """No game depends on `workers`."""
    s.claims_exact_stream()
    for number, request in accepted(s, FEWER):
        whole = s.play(request)
        for workers in (1, 3, 16):
            see = see_request(number) + f" with workers={workers}"
            same_counts(
                s.play(replace(request, workers=workers)),
                whole,
                request.program.num_agents,
                see=see,
                first=f"request {number}, {workers} workers: ",
            )
    return f"{FEWER} requests with 1, 3 and 16 workers"


def independent_of_first_game(s: BackendSubject) -> str:
    """Every entry begins at its own `first_game`, up to game 2**64 - 1."""
    s.claims_exact_stream()
    numbers = (0, 2**32 - 1, 2**32, 2**63, 2**64 - 1)
    program = plain_request().program.select(np.zeros(len(numbers), dtype=np.intp))
    request = PlayRequest(program, seed=1, games=1, first_game=numbers, keep_games=True)
    together = _games(s.play(request))
    for entry, number in enumerate(numbers):
        alone = _games(s.play(replace(plain_request(1), first_game=number)))
        see = f"a request of five entries, of which entry {entry} begins at game {number}"
        same_arrays(f"game {number}, one entry of five: counts", together[entry], alone[0], see=see)
    return f"{len(numbers)} entries, each at its own game"


def kept_games(s: BackendSubject) -> str:
    """Sums and products are those of the games, and nothing unasked for comes."""
    for number, request in accepted(s, FEW):
        whole, see = s.play(request), see_request(number)
        games = _games(whole).astype(np.int64)
        same_arrays(f"request {number}: sums", whole.sums, games.sum(axis=1), see=see)
        products = np.einsum("egi,egj->eij", games, games)
        same_arrays(f"request {number}: products", whole.products, products, see=see)
        less = s.play(replace(request, keep_games=False, second_moments=False))
        if s.exact_stream:
            same_arrays(f"request {number}, only sums asked for: sums", less.sums, whole.sums, see=see)
        if less.per_game is not None or less.products is not None:
            fail(f"request {number}: what was not asked for came all the same", expected="None", see=see)
    return f"{FEW} requests"


def inputs_unchanged(s: BackendSubject) -> str:
    """`can_run` and `play` leave every byte of a request as it was."""
    for number, request in accepted(s, FEW):
        given = fresh_copy(request)
        s.backend.can_run(given)
        s.backend.play(given)
        for part, before, after in _arrays(request, given):
            same_arrays(f"request {number}, after play: {part}", after, before, see=see_request(number))
    return f"{FEW} requests, byte by byte"


def pickling(s: BackendSubject) -> str:
    """Requests, answers and the spec survive pickle."""
    if s.spec is not None and pickle.loads(pickle.dumps(s.spec)) != s.spec:
        fail("the spec comes back from pickle as another one", expected="an equal spec")
    for number, request in accepted(s, 3):
        answer = s.play(request)
        sent: PlayRequest = pickle.loads(pickle.dumps(request))
        agents, see = request.program.num_agents, see_request(number) + ", pickled"
        same_counts(s.backend.play(sent), answer, agents, see=see, first=f"request {number}, pickled: ")
        back: Counts = pickle.loads(pickle.dumps(answer))
        same_counts(back, answer, agents, see=see, first=f"the answer to request {number}, pickled: ")
    return "3 requests and answers" + (", the spec" if s.spec is not None else "")


@functools.cache
def _golden_requests() -> tuple[tuple[GoldenGame, PlayRequest], ...]:
    requests = []
    for game in golden_data()["games"]:
        town, team = golden_scenario(game), golden_team(game)
        program = compile_program([town], team, [list(range(len(team)))]).for_engines()
        requests.append((game, PlayRequest(program, seed=game["seed"], games=1, first_game=game["game"])))
    return tuple(requests)


@functools.cache
def _reference_counts(number: int) -> Counts:
    return PythonReference().play(sample_request(number))


def _games(counts: Counts) -> np.ndarray:
    assert counts.per_game is not None
    return counts.per_game


def _rows(counts: Counts, rows: np.ndarray) -> tuple[np.ndarray, ...]:
    assert counts.products is not None
    return counts.sums[rows], counts.products[rows], _games(counts)[rows]


def _ordered(program: Program, order: np.ndarray) -> Program:
    return fresh_copy(replace(program, town=program.town[order], seats=program.seats[order]))


def _arrays(before: PlayRequest, after: PlayRequest) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    yield "first_game", np.asarray(before.first_game), np.asarray(after.first_game)
    for f in fields(Program):
        value = getattr(before.program, f.name)
        if isinstance(value, np.ndarray):
            yield f"program.{f.name}", value, getattr(after.program, f.name)
