"""A check for each claim of `bucket_brigade.agents.base.TRAIT_CLAIMS`; what is not claimed is not asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.scripted import ScriptedAgent
from bucket_brigade.agents.tabulation import tabulate
from bucket_brigade.backends.python_reference.decisions import decide
from bucket_brigade.backends.python_reference.games import Games
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.draws import CERTAIN, seat_words, threshold
from bucket_brigade.game.strategy import Heuristic, Scripted
from bucket_brigade.testing.agent.play import FEW
from bucket_brigade.testing.agent.scenes import (
    Night,
    Scene,
    SealedObservations,
    ask,
    observe,
    same_actions,
    standard_scenes,
)
from bucket_brigade.testing.agent.subject import AgentSubject
from bucket_brigade.testing.report import Skip, fail
from bucket_brigade.testing.samples import Luck

__all__ = ["trait_deterministic", "trait_honest", "trait_memoryless", "trait_native", "trait_state_only"]

OTHER_SEEDS = (1, 2, 3, 4)


def trait_native(s: AgentSubject) -> str:
    """`native`: the factory returns a native strategy if it claims to, and a scripted agent if it denies it."""
    if "native" not in s.traits:
        raise Skip("not claimed")
    if s.traits["native"] != s.is_native:
        wanted = "a native strategy" if s.traits["native"] else "an agent with reset and act"
        fail(f"the factory made a {type(s.made).__name__}", expected=f"{wanted}, as claimed")
    return type(s.made).__name__


def trait_state_only(s: AgentSubject) -> str:
    """`state_only`: the houses of the night and its words decide, whatever else is seen or was before."""
    s.claims("state_only")
    if s.is_native:
        if not s.made.state_only:
            fail(f"a {type(s.made).__name__} strategy looks at more than the houses", expected="as claimed")
        return "by its kind"
    rows = 0
    for scene in s.scenes[:FEW]:
        rows += _vary_all_but_houses(s, scene)
    tables = 0 if s.towns else sum(_tabulated(s, houses) for houses in (2, 3, 4))
    return f"{rows} answers to the same houses" + (f", {tables} tables" if tables else "")


def trait_deterministic(s: AgentSubject) -> str:
    """`deterministic`: it draws no random word."""
    s.claims("deterministic")
    if s.is_native:
        return _same_under_other_seeds(s)
    for scene, nights in s.recordings:
        agent = s.fresh(scene)
        for night in nights:
            drawn: list[int] = []
            ask(agent, _counting(scene, night, drawn))
            if drawn:
                fail(
                    f"it draws word {drawn[0]} in {scene}, night {night.night[0]}",
                    expected="no random word, as claimed",
                    see=scene.see,
                )
    return f"{len(s.recordings)} scenes without a draw"


def trait_memoryless(s: AgentSubject) -> str:
    """`memoryless`: an agent that saw no earlier night acts the same tonight."""
    s.claims("memoryless")
    if s.is_native:
        return "a native strategy keeps nothing but what everybody sees"
    asked = 0
    for scene, nights in s.recordings:
        for night in nights[1:]:
            found = ask(s.fresh(scene), observe(scene, night))
            same_actions("Without the nights before", scene, night, found)
            asked += 1
    return f"{asked} nights without those before"


def trait_honest(s: AgentSubject) -> str:
    """`honest`: its signal is its mode."""
    s.claims("honest")
    if isinstance(s.made, Heuristic) and threshold(s.made.theta[0]) != CERTAIN:
        fail(f"its trait honesty is {s.made.theta[0]}", expected="1, if it claims to be honest")
    seen = 0
    for scene, nights in s.recordings:
        for night in nights:
            lies = (night.actions[:, 1] != night.actions[:, 2]) & night.active
            if lies.any():
                row = int(np.argmax(lies))
                _, mode, signal = (int(part) for part in night.actions[row])
                fail(
                    f"it signalled {signal} in mode {mode}: {scene}, night {night.night[row]} of game "
                    f"{scene.games[row]}",
                    expected="the signal that is its mode, as claimed",
                    see=scene.see,
                )
            seen += int(night.active.sum())
    return f"{seen} signals"


def _vary_all_but_houses(s: AgentSubject, scene: Scene) -> int:
    """Ask about the same houses and words on other nights, after other pasts; return how often."""
    town, luck = scene.scenario, Luck(4000 + scene.number)
    rows, agents, limit = 27, town.num_agents, town.max_nights
    games = np.arange(rows, dtype=np.uint64)
    houses = np.array([[luck.below(3) for _ in range(town.num_houses)] for _ in range(rows)], dtype=np.uint8)

    def words(k: int) -> NDArray[np.uint32]:
        return seat_words(scene.seed, games, 1, 32 + k, scene.seat)

    def seen(night: int, houses: NDArray[np.uint8], last: NDArray[np.uint8]) -> SealedObservations:
        parts = np.full(rows, night, dtype=np.uint32), houses.copy(), last[..., 2], last[..., 0], last[..., 1]
        return SealedObservations(scene.seat, *parts, np.ones(rows, dtype=np.bool_), _source=words)

    def anything() -> NDArray[np.uint8]:
        limits = np.array([town.num_houses, 2, 2])
        drawn = np.array([[[luck.below(int(m)) for m in limits] for _ in range(agents)] for _ in range(rows)])
        return drawn.astype(np.uint8)

    def fresh() -> ScriptedAgent:
        return s.fresh(scene, rows)

    nothing = np.zeros((rows, agents, 3), dtype=np.uint8)
    first = ask(fresh(), seen(1, houses, nothing))
    where = replace(scene, games=games)
    for number, night in enumerate((1, 2, 3, 7, 30)):
        if not 1 < night <= limit:
            continue
        agent = fresh()
        for past in range(1, night if number % 2 else 1):
            ask(agent, seen(past, np.roll(houses, past, axis=0), anything() if past > 1 else nothing))
        last = anything()
        shown = Night(
            np.full(rows, night, dtype=np.uint32),
            houses,
            last,
            np.ones(rows, dtype=np.bool_),
            first.astype(np.uint8),
        )
        how = f"With the houses and words of night 1, but on night {night} and after other actions"
        same_actions(how, where, shown, ask(agent, seen(night, houses, last)))
    return rows


def _tabulated(s: AgentSubject, houses: int) -> int:
    """Turn the agent into a table on a small ring, which follows every draw; return how many it was."""
    scene = next(scene for scene in standard_scenes(houses) if scene.scenario.num_agents == 3)
    try:
        tabulate(Scripted(s.name, s.factory), scene.scenario, scene.seat, any_signal=True)
    except InvalidInput as refused:
        # Raw words and too many draws cannot be followed; then what was varied above has to do.
        if "does not look only at the houses" in str(refused):
            fail(str(refused), expected="as claimed", see=scene.see)
        return 0
    return 1


def _counting(scene: Scene, night: Night, drawn: list[int]) -> SealedObservations:
    true = observe(scene, night)

    def words(k: int) -> NDArray[np.uint32]:
        drawn.append(k)
        return true.words(k)

    return SealedObservations(**vars(true), _source=words)


def _same_under_other_seeds(s: AgentSubject) -> str:
    """Ask a native strategy about the same nights under other seeds."""
    assert not isinstance(s.strategy, Scripted)
    for scene, nights in s.recordings:
        program, rows = scene.program(s.strategy), len(scene.games)
        for night in nights:
            games = Games.start(program, scene.seed, np.zeros(rows, dtype=np.uint32), scene.games)
            games = replace(games, night=night.night - np.uint32(1), houses=night.houses, actions=night.last)
            for seed in OTHER_SEEDS:
                games = replace(games, seed=np.full(rows, seed, dtype=np.uint64))
                found = decide(games, program)[:, scene.seat].astype(np.int64)
                same_actions("With other random words", scene, night, found)
    return f"{len(s.recordings)} scenes under {len(OTHER_SEEDS)} other seeds"
