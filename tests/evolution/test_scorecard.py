"""What evolved strategies are worth elsewhere, and the pictures of how they came about."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import InvalidInput
from bucket_brigade.evolution.scorecard import scorecard
from bucket_brigade.evolution.social_tables import exact_team, social_table
from bucket_brigade.exact import expect_team
from bucket_brigade.game.strategy import Heuristic, Social
from bucket_brigade.registry import get_scenario
from bucket_brigade.reports.evolution_plots import fitness_band, fitness_curve
from bucket_brigade.responses import best_markov_response
from bucket_brigade.simulation import replay, simulate

TOWN = "two_houses-v2"
LOOKING = Social((0.8, 0.6, 0.7, 0.2, 0.7, 0.0, 0.3, 0.0, 0.1, 0.4))
MINDFUL = Social((0.8, 0.6, 0.7, 0.2, 0.7, 0.5, 0.3, 0.0, 0.1, 0.4))


def test_a_table_has_the_chances_of_the_rule() -> None:
    town = get_scenario("two_houses-v2").replace(num_houses=3, num_agents=2, homes=[0, 2])
    seat, home = 1, 2
    table = social_table(LOOKING, town, seat).table
    honesty, work, help_, own, risk, _, explore, _, rest, altruism = LOOKING.theta
    for state in itertools.product(range(3), repeat=3):
        burns = [s == 1 for s in state]
        near = [burns[h - 1] + burns[(h + 1) % 3] for h in range(3)]
        weights = [
            max(
                0.01,
                0.1 / (1 + min((h - home) % 3, (home - h) % 3))
                + own * (h == home)
                + 0.5 * burns[h]
                + 0.3 * help_ * (near[h] > 0)
                - 0.2 * risk * near[h],
            )
            for h in range(3)
        ]
        intent = min(max((work + risk * sum(burns) / 3 + 0.5 * own * burns[home]) * (1 - rest), 0.0), 1.0)
        says = honesty if intent > 0.5 else 1 - honesty
        works = says * honesty + (1 - says) * intent * altruism
        row = table[sum(s * 3**h for h, s in enumerate(state))]
        for h in range(3):
            chance = weights[h] / sum(weights)
            assert row[2 * h + 1] == pytest.approx((1 - explore) * chance * works + explore / 6, abs=1e-6)
            assert row[2 * h] == pytest.approx((1 - explore) * chance * (1 - works) + explore / 6, abs=1e-6)


def test_a_team_of_tables_earns_what_the_social_team_earns(rust: Backend) -> None:
    for name in (TOWN, "positional_default-v1"):
        town = get_scenario(name)
        team = exact_team(LOOKING, town)
        assert team is not None
        exact = expect_team(town, team, backend=rust)
        played = simulate(town, [LOOKING] * 4, games=4000, seed=3, backend=rust)
        assert (np.abs(played.payoffs - exact.payoffs) < 4 * played.standard_errors).all()


def test_what_looks_at_more_has_no_table() -> None:
    town = get_scenario(TOWN)
    assert exact_team(MINDFUL, town) is None
    with pytest.raises(InvalidInput, match=r"coordination and fatigue_memory are 0: they are 0\.5"):
        social_table(MINDFUL, town, 0)
    hero = Heuristic((1.0, 1.0, 1.0, 0.5, 0.1, 0.5, 0.0, 0.9, 0.0, 1.0))
    assert exact_team(hero, town) == (hero,) * 4
    assert replay(town, exact_team(LOOKING, town) or ()).payoffs.shape == (4,)


def test_scores_are_payoffs_and_what_leaving_gains() -> None:
    told: list[tuple[int, int]] = []
    scores = scorecard(
        {"hero": "hero", "looking": LOOKING, "mindful": MINDFUL},
        [TOWN, "two_houses-v1"],
        games=200,
        progress=lambda done, total: told.append((done, total)),
    )
    assert [(s.scenario, s.strategy) for s in scores[:4]] == [
        (TOWN, "hero"),
        (TOWN, "looking"),
        (TOWN, "mindful"),
        ("two_houses-v1", "hero"),
    ]
    assert told[-1] == (6, 6)
    hero, looking, mindful = scores[:3]
    assert hero.team == pytest.approx(expect_team(TOWN, ["hero"] * 4).payoffs.mean())
    gains = [best_markov_response(TOWN, ["hero"] * 4, seat).gain for seat in range(4)]
    assert hero.exploitability == pytest.approx(np.mean(gains))
    assert hero.team_error == looking.team_error == 0.0 and looking.exploitability is not None
    assert mindful.exploitability is None and mindful.team_error > 0.0
    assert all(score.beside_error > 0.0 for score in scores)
    assert scores[0].to_json()["strategy"] == "hero"


def test_a_band_is_that_of_students_t() -> None:
    curves = np.random.Generator(np.random.Philox(1)).normal(size=(7, 5))
    mean, low, high = fitness_band(curves)
    # The 97.5 % quantile of Student's t with six degrees of freedom, from any table.
    reach = 2.446912 * curves.std(axis=0, ddof=1) / np.sqrt(7)
    np.testing.assert_allclose(mean, curves.mean(axis=0))
    np.testing.assert_allclose(high - mean, reach, rtol=1e-6)
    np.testing.assert_allclose(mean - low, reach, rtol=1e-6)
    with pytest.raises(InvalidInput, match="two seeds"):
        fitness_band(curves[:1])


def test_a_curve_is_drawn_with_its_marks() -> None:
    pytest.importorskip("matplotlib")
    from bucket_brigade.reports.plots import new_figure

    figure = new_figure()
    ax = fitness_curve([[1.0, 2.0], [2.0, 4.0]], marks={"hero": 1.5}, label="evolved", ax=figure.subplots())
    assert ax.get_lines()[2].get_ydata() == pytest.approx([1.5, 3.0])
    assert [text.get_text() for text in ax.texts] == ["hero"]
    assert ax.get_xlabel() == "generation"
    figure.canvas.draw()
