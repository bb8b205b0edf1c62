"""Random words: every purpose has its own."""

from __future__ import annotations

import itertools

from bucket_brigade.game.draws import Purpose

FOR_AGENTS = range(32, 64)
"""Rules.md, section 3."""


def test_no_design_draws_a_word_that_a_game_or_an_agent_may_draw() -> None:
    of_the_game = [purpose for purpose in Purpose if purpose < 10]
    designs = [purpose for purpose in Purpose if purpose >= 10 and purpose != Purpose.SCRIPTED]
    assert [int(purpose) for purpose in of_the_game] == list(range(10))
    assert FOR_AGENTS.start == Purpose.SCRIPTED
    assert min(designs) >= FOR_AGENTS.stop

    assert max(designs) == Purpose.TOURNAMENT
    assert all(a != b for a, b in itertools.combinations(designs, 2))
