"""All checks of an agent, in order, and the two ways to run them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bucket_brigade.game.scenario import Scenario
from bucket_brigade.testing.agent import play, rows, traits
from bucket_brigade.testing.agent.subject import AgentSubject, open_agent
from bucket_brigade.testing.report import BoundCheck, Check, Report, Session

__all__ = ["AGENT_CHECKS", "agent_checks", "check_agent"]

AGENT_CHECKS: tuple[Check[AgentSubject], ...] = (
    Check.of(play.made_anew),
    Check.of(play.legal_actions, "made_anew"),
    Check.of(play.own_luck_only, "legal_actions"),
    Check.of(play.reproducible, "own_luck_only"),
    Check.of(play.observations_unchanged, "legal_actions"),
    Check.of(play.words_only, "reproducible"),
    Check.of(play.reset_is_fresh, "reproducible"),
    Check.of(play.instances_apart, "reproducible"),
    Check.of(rows.finished_rows_ignored, "reproducible"),
    Check.of(rows.row_order, "finished_rows_ignored"),
    Check.of(rows.one_by_one, "row_order"),
    Check.of(play.pickling, "reproducible"),
    Check.of(traits.trait_native, "made_anew"),
    Check.of(traits.trait_state_only, "reproducible"),
    Check.of(traits.trait_deterministic, "reproducible"),
    Check.of(traits.trait_memoryless, "reproducible"),
    Check.of(traits.trait_honest, "reproducible"),
)
"""Every check of an agent, in the order in which they run."""


def check_agent(
    target: object,
    *,
    traits: Mapping[str, bool] | None = None,
    scenarios: Sequence[str | Scenario] | None = None,
    only: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Check an agent against the contract and its own claims, and return the result of each check.

    `target` is a registered name, an `AgentSpec`, a class or other factory of a scripted agent, or a native
    strategy. `traits` are what it claims, keys of `TRAIT_CLAIMS`; a name or spec says so itself. `scenarios`
    are towns to watch it in, for an agent that is not meant for all; without them it plays rings and teams of
    every size. `only` names the checks to run (with those that they need); `progress`, if given, is called with
    (checks done, checks in all). Raises `UnknownName` for a name,
    `InvalidInput` for other arguments.
    """
    session = _session(target, traits, scenarios)
    return session.report(session.subject.name, only, progress)


def agent_checks(
    target: object,
    *,
    traits: Mapping[str, bool] | None = None,
    scenarios: Sequence[str | Scenario] | None = None,
) -> tuple[BoundCheck, ...]:
    """Return every check of an agent as something to call, for a test of its own.

    Arguments as for `check_agent`; nothing is imported or made before the first is called::

        @pytest.mark.parametrize("check", agent_checks("patient"), ids=str)
        def test_patient(check):
            check()

    A check that does not apply, such as that of a trait not claimed, skips its test.
    """
    return _session(target, traits, scenarios).bound()


def _session(
    target: object,
    traits: Mapping[str, bool] | None,
    scenarios: Sequence[str | Scenario] | None,
) -> Session[AgentSubject]:
    return Session("agent", AGENT_CHECKS, lambda: open_agent(target, traits, scenarios))
