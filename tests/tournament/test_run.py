"""Tournaments played: the same games wherever and however, native, tabular and scripted agents together."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bucket_brigade.agents import tabulate
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import AgentError, BucketBrigadeError, InvalidInput, UnknownName
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic, Scripted
from bucket_brigade.registry import Member, get_scenario, get_strategy
from bucket_brigade.reports.tournament_files import KeptTournament, check_table_format, keep_tournament
from bucket_brigade.runs.run_directory import RunDirectory
from bucket_brigade.simulation import simulate
from bucket_brigade.tournament import TournamentPlan, TournamentResult, plan_tournament, run, run_tournament
from tests.tournament.agents import Sleeper, sleeper

REST = Heuristic((1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))


def small(**more: Any) -> TournamentPlan:
    arguments: dict[str, Any] = {"games": 360, "seed": 5, "backend": "python"}
    return plan_tournament("hero,free_rider,social:liar", "two_houses", **(arguments | more))


def test_every_row_is_what_its_team_earned() -> None:
    result = small(games=360, rounds=30).play()
    rows = list(result.rows())
    assert len(rows) == 30 * 6 * 4 and result.games_per_team == 2 == rows[0]["games"]
    seats = Counter((row["agent"], row["seat"]) for row in rows)
    assert set(seats.values()) == {2 * result.rounds}
    # One team played again by hand.
    chosen = [row for row in rows if row["round"] == 7 and row["team"] == 1]
    assert [row["seat"] for row in chosen] == [0, 1, 2, 3]
    again = simulate(
        "two_houses", [row["agent"] for row in chosen], games=2, seed=5, first_game=14, backend="python"
    )
    assert [row["payoff"] for row in chosen] == pytest.approx(again.payoffs)
    assert [row["worked"] for row in chosen] == pytest.approx(again.tallies["worked"])
    assert [row["own_ruined"] for row in chosen] == pytest.approx(again.tallies["own_ruined"])
    assert chosen[0]["team_payoff"] == pytest.approx(again.payoffs.mean())
    assert chosen[2]["cooperation"] == pytest.approx(again.tallies["worked"][2] / again.nights)


def test_standings_are_means_over_all_seats() -> None:
    result = small().play()
    rows = list(result.rows())
    for standing in result.standings:
        mine = [row for row in rows if row["agent"] == standing.agent]
        assert standing.payoff == pytest.approx(np.mean([row["payoff"] for row in mine]))
        worked = sum(row["worked"] for row in mine) / sum(row["nights"] for row in mine)
        assert standing.cooperation == pytest.approx(worked)
        assert standing.games == sum(row["games"] for row in mine)
    assert [s.rank for s in result.standings] == [1, 2, 3]
    assert result.payoffs[0, 0] == pytest.approx(
        next(s.payoff for s in result.standings if s.agent == "hero")
    )


def test_the_same_games_on_every_backend_in_blocks_of_any_size(
    rust: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = small().play()
    monkeypatch.setattr(run, "BLOCK_GAMES", 7)
    other = small(backend=rust, workers=2).play()
    assert np.array_equal(one.outcomes[0].sums, other.outcomes[0].sums)
    assert one.effects == other.effects and one.synergies == other.synergies


def test_scenarios_of_different_sizes_are_played_together() -> None:
    town = get_scenario("two_houses")
    pair, trio = (town.replace(num_agents=n, num_houses=h).replace() for n, h in ((2, 2), (3, 4)))
    towns = [_named(pair, "pair"), _named(trio, "trio")]
    result = run_tournament("hero,free_rider,liar", towns, games=90, backend="python")
    assert [o.teams.shape for o in result.outcomes] == [(30, 6, 2), (30, 6, 3)]
    assert {e.scenario for e in result.effects} == {"all", "pair", "trio"}
    assert result.payoffs.shape == (3, 2)
    everywhere = {s.agent: s.payoff for s in result.standings if s.scenario == "all"}
    assert [everywhere[label] for label in result.labels] == pytest.approx(result.payoffs.mean(axis=1))
    assert result.provenance.games == 360


def test_a_scripted_and_a_tabular_agent_play_as_the_native_one_they_copy() -> None:
    table = tabulate(Scripted("sleeper", Sleeper), get_scenario("two_houses"), seat=0)
    kinds: dict[str, Member] = {
        "native": REST,
        "scripted": Sleeper,
        "one_game": Scripted("sleeper", sleeper),
        "tabular": table,
    }
    sums = {}
    for kind, agent in kinds.items():
        result = run_tournament(
            {"hero": "hero", "sleeper": agent}, "two_houses", games=60, seed=2, backend="python"
        )
        sums[kind] = result.outcomes[0].sums
    for kind in ("scripted", "one_game", "tabular"):
        assert np.array_equal(sums["native"], sums[kind]), kind


def test_all_kinds_of_agents_in_one_tournament() -> None:
    agents: dict[str, Member] = {
        "hero": "hero",
        "numbers": list(ARCHETYPES["coordinator"]),
        "class": Sleeper,
        "table": tabulate(Scripted("sleeper", Sleeper), get_scenario("two_houses"), seat=0),
    }
    result = run_tournament(agents, "two_houses", games=120, backend="python")
    means = {s.agent: s.payoff for s in result.standings}
    assert result.labels == ("hero", "numbers", "class", "table")
    rates = dict(zip(result.labels, result.cooperation[:, 0], strict=True))
    assert rates["class"] == rates["table"] == 0.0 < rates["numbers"] < rates["hero"] == 1.0
    # Both sleepers do the same, but not on the same seats of the same teams.
    assert means["class"] == pytest.approx(means["table"], rel=0.5)


def test_rankings_are_by_value_and_refuse_what_was_not_played() -> None:
    result = small().play()
    values = [e.value for e in result.ranking("own_payoff")]
    assert values == sorted(values, reverse=True)
    with pytest.raises(InvalidInput, match="Did you mean 'team_payoff'"):
        result.ranking("team_payof")
    with pytest.raises(InvalidInput, match="two_houses-v2"):
        result.ranking(scenario="easy-v2")


@pytest.mark.parametrize(
    ("agents", "scenarios", "more", "said"),
    [
        ("hero", "easy", {}, "two agents or more, got 1: hero"),
        ([], "easy", {}, "two agents or more, got 0"),
        ("hero,liar,hero", "easy", {}, "one name: 'hero'"),
        ("hero,heroo", "easy", {}, "Did you mean 'hero'"),
        ("hero,,liar", "easy", {}, "nobody on seat 1"),
        ({"": "hero", "b": "liar"}, "easy", {}, "empty name"),
        ({"a": External(), "b": "liar"}, "easy", {}, "'a' is played from outside"),
        ("hero,liar", "esy", {}, "Did you mean 'easy'"),
        ("hero,liar", "easy,,hard", {}, "empty name among them"),
        ("hero,liar", [], {}, "needs a scenario"),
        ("hero,liar", "easy,easy-v2", {}, "one name: 'easy-v2'"),
        ("hero,liar", "easy", {"games": 0}, "games = 0"),
        ("hero,liar", "easy", {"seed": -1}, "seed = -1"),
        ("hero,liar", "easy", {"rounds": 1}, "rounds = 1"),
        ("hero,liar", "easy", {"ridge": "much"}, "ridge = 'much'"),
        ("hero,liar", "easy", {"confidence": 95}, "confidence = 95"),
        ("hero,liar", "easy", {"distinct": True}, "more than 4 agents, got 2"),
        ("hero,liar", "easy", {"backend": "rusty"}, "Did you mean 'rust'"),
    ],
)
def test_what_cannot_be_played_is_refused_at_once(
    agents: Any, scenarios: Any, more: dict[str, Any], said: str
) -> None:
    with pytest.raises((InvalidInput, UnknownName), match=said):
        plan_tournament(agents, scenarios, **more)


def test_no_scenario_may_be_called_as_all_of_them_are() -> None:
    with pytest.raises(InvalidInput, match="called 'all'"):
        plan_tournament("hero,liar", [_named(get_scenario("easy"), "all"), "hard"])


def test_a_table_for_another_ring_is_refused_by_the_names_of_both() -> None:
    table = tabulate(Scripted("sleeper", Sleeper), get_scenario("two_houses"), seat=0)
    with pytest.raises(InvalidInput, match=r"'table' cannot play 'easy-v2': .* 2 houses .* ring of 10"):
        plan_tournament({"hero": "hero", "table": table}, "two_houses,easy")


class Killed(BaseException):
    """Stands for a process that is gone."""


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def two_scenarios() -> TournamentPlan:
    return plan_tournament("hero,liar", "two_houses,two_houses-v1", games=120, seed=1, backend="python")


@pytest.mark.parametrize("saves", [0, 1, 4, 6])
def test_a_stopped_run_goes_on_and_leaves_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, saves: int
) -> None:
    monkeypatch.setattr(run, "BLOCK_GAMES", 40)
    whole = keep_tournament(two_scenarios(), tmp_path / "whole", pictures=saves == 4).result
    kept = RunDirectory.save
    done = 0

    def save(self: RunDirectory, name: str, result: Any) -> Any:
        nonlocal done
        if done == saves:
            raise Killed
        done += 1
        return kept(self, name, result)

    monkeypatch.setattr(RunDirectory, "save", save)
    stopped = tmp_path / "stopped"
    if saves < 6:
        with pytest.raises(Killed):
            keep_tournament(two_scenarios(), stopped, pictures=saves == 4)
    else:
        keep_tournament(two_scenarios(), stopped, pictures=saves == 4)
    monkeypatch.setattr(RunDirectory, "save", kept)
    resumed = keep_tournament(two_scenarios(), stopped, pictures=saves == 4, resume=True).result
    assert resumed.resumed == 40 * saves
    assert resumed.to_json() == whole.to_json()
    assert files_of(stopped) == files_of(tmp_path / "whole")


def test_a_spoilt_block_is_played_again(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    keep_tournament(two_scenarios(), folder, pictures=False)
    before = files_of(folder)
    block = folder / "scenarios" / "000" / "00000.json"
    kept = json.loads(block.read_text(encoding="utf-8"))
    for spoilt in (
        "{",
        json.dumps({**kept, "data": {"sums": [[1, 2]]}}),
        json.dumps({**kept, "depends_on": "x"}),
    ):
        block.write_text(spoilt, encoding="utf-8")
        keep_tournament(two_scenarios(), folder, pictures=False, resume=True)
        assert files_of(folder) == before


def test_another_tournament_in_the_same_directory_is_refused(tmp_path: Path) -> None:
    keep_tournament(small(), tmp_path, pictures=False)
    with pytest.raises(InvalidInput, match="Add --resume"):
        keep_tournament(small(), tmp_path, pictures=False)
    for change in ({"seed": 6}, {"games": 2500}, {"rounds": 31}, {"ridge": 0.5}):
        with pytest.raises(InvalidInput, match="other settings"):
            keep_tournament(small(**change), tmp_path, resume=True)
    other = plan_tournament("hero,free_rider,social:hero", "two_houses", games=360, seed=5, backend="python")
    with pytest.raises(InvalidInput, match="agents"):
        keep_tournament(other, tmp_path, resume=True)


@pytest.mark.parametrize("block", [40, 20_000])
def test_a_finished_tournament_goes_on_with_more_rounds_and_scenarios(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(run, "BLOCK_GAMES", block)
    grown = tmp_path / "grown"
    # Six teams a round, each of one game: 31 rounds, and then 33 in two scenarios.
    few = {"games": 6 * 31, "rounds": 31}
    keep_tournament(small(**few), grown, pictures=False)

    def more() -> TournamentPlan:
        towns = "two_houses,two_houses-v1"
        return plan_tournament(
            "hero,free_rider,social:liar", towns, games=6 * 33, rounds=33, seed=5, backend="python"
        )

    with pytest.raises(InvalidInput, match="Add --resume"):
        keep_tournament(more(), grown, pictures=False)
    resumed = keep_tournament(more(), grown, pictures=False, resume=True).result.resumed
    assert resumed == (0 if block > 200 else 30 * 6)
    keep_tournament(more(), tmp_path / "at once", pictures=False)
    assert files_of(grown) == files_of(tmp_path / "at once")
    with pytest.raises(
        InvalidInput, match=r"rounds: 33 there, 31 now.*Only these may grow: rounds, scenarios"
    ):
        keep_tournament(small(**few), grown, resume=True)


def test_a_block_of_another_place_or_tournament_is_played_again(tmp_path: Path) -> None:
    folder, other = tmp_path / "run", tmp_path / "other"
    keep_tournament(two_scenarios(), folder, pictures=False)
    before = files_of(folder)
    swapped = plan_tournament("hero,liar", "two_houses-v1,two_houses", games=120, seed=1, backend="python")
    keep_tournament(swapped, other, pictures=False)
    block = folder / "scenarios" / "000" / "00000.json"
    for copied in (folder / "scenarios" / "001" / "00000.json", other / "scenarios" / "000" / "00000.json"):
        block.write_bytes(copied.read_bytes())
        keep_tournament(two_scenarios(), folder, pictures=False, resume=True)
        assert files_of(folder) == before


def test_a_picture_that_fails_is_a_note_and_all_data_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mpl = pytest.importorskip("matplotlib")
    keep_tournament(small(), tmp_path / "whole", pictures=False)
    folder = tmp_path / "run"
    keep_tournament(small(), folder)
    with mpl.rc_context({"font.family": "no such font", "text.usetex": True}):
        monkeypatch.setenv("PATH", "")
        kept = keep_tournament(small(), folder, resume=True)
    # What an older run drew would show other numbers than this one's.
    assert not [file for file in kept.files if file.suffix == ".png"] and not list(folder.rglob("*.png"))
    assert "Not drawn: pictures/ranked.png, " in caplog.text
    assert files_of(folder) == files_of(tmp_path / "whole")


def test_names_are_drawn_as_they_are(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("matplotlib")
    town = _named(get_scenario("two_houses"), "c$_$d")
    plan = plan_tournament({"a$^$b": "hero", "liar": "liar"}, town, games=60, backend="python")
    kept = keep_tournament(plan, tmp_path)
    assert len([file for file in kept.files if file.suffix == ".png"]) == 5
    assert not caplog.text


def test_an_agent_that_fails_leaves_the_blocks_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "BLOCK_GAMES", 60)

    class Late:
        batches = 0

        def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
            self.seat, self.home = seat, scenario.home(seat)
            Late.batches += seat == 1

        def act(self, observations: Observations) -> np.ndarray[Any, Any]:
            if self.seat == 1 and Late.batches > 6:
                raise RuntimeError("tired")
            return actions(np.full(observations.num_games, self.home), np.zeros(observations.num_games, int))

    plan = plan_tournament({"hero": "hero", "late": Late}, "two_houses", games=1200, rounds=300)
    with pytest.raises(AgentError, match=r"'late'.*tired"):
        keep_tournament(plan, tmp_path)
    assert len(list((tmp_path / "scenarios" / "000").iterdir())) == 6


def test_tables_hold_every_row(tmp_path: Path) -> None:
    kept = keep_tournament(small(), tmp_path, table_format="csv", pictures=False)
    lines = (tmp_path / "teams.csv").read_text(encoding="utf-8").splitlines()
    rows = list(kept.result.rows())
    assert lines[0].split(",") == list(rows[0])
    assert len(lines) == 1 + len(rows)
    last = dict(zip(rows[0], lines[-1].split(","), strict=True))
    assert float(last["payoff"]) == rows[-1]["payoff"] and last["agent"] == rows[-1]["agent"]
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary == json.loads(json.dumps(kept.result.to_json()))
    assert summary["provenance"]["seed"] == 5 and summary["shrinkage"][0]["chosen_by"]
    names = {file.name for file in kept.files}
    assert names >= {"teams.csv", "standings.csv", "effects.csv", "synergies.csv", "summary.json"}


def test_parquet_is_written_where_pyarrow_is(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    kept = keep_tournament(two_scenarios(), tmp_path, pictures=False)
    table = parquet.read_table(tmp_path / "teams.parquet")
    assert table.to_pylist() == list(kept.result.rows())
    assert parquet.ParquetFile(tmp_path / "teams.parquet").num_row_groups == 2


def test_table_formats() -> None:
    from importlib.util import find_spec

    there = find_spec("pyarrow") is not None
    assert check_table_format("auto") == ("parquet" if there else "csv")
    assert check_table_format("csv") == "csv"
    with pytest.raises(InvalidInput, match="Did you mean 'parquet'"):
        check_table_format("parket")
    if not there:
        with pytest.raises(BucketBrigadeError, match="pip install"):
            check_table_format("parquet")


def test_pictures(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    from bucket_brigade.reports import (
        agent_payoff_heatmap,
        cooperation_plot,
        ranked_box_plot,
        synergy_heatmap,
        value_plot,
    )

    kept: KeptTournament = keep_tournament(two_scenarios(), tmp_path)
    pictures = {f.name for f in kept.files if f.suffix == ".png"}
    assert pictures == {"ranked.png", "values.png", "payoffs.png", "cooperation.png", "synergy.png"}
    result: TournamentResult = kept.result
    for draw in (agent_payoff_heatmap, cooperation_plot, ranked_box_plot, synergy_heatmap, value_plot):
        ax = Figure().subplots()
        assert draw(result, title="title", ax=ax) is ax
        assert ax.get_title() == "title"
    ax = ranked_box_plot(result, ax=Figure().subplots())
    best = max(result.standings[:2], key=lambda s: s.payoff).agent
    assert [t.get_text() for t in ax.get_yticklabels()][-1] == best
    ax = value_plot(result, response="own_payoff", scenario="two_houses-v1", ax=Figure().subplots())
    ranked = [e.agent for e in result.ranking("own_payoff", "two_houses-v1")]
    assert [t.get_text() for t in ax.get_yticklabels()] == ranked[::-1]
    with pytest.raises(InvalidInput, match="response"):
        ranked_box_plot(result, response="own", ax=Figure().subplots())
    with pytest.raises(InvalidInput, match="no synergies"):
        synergy_heatmap(result, scenario="easy", ax=Figure().subplots())


def _named(scenario: Scenario, name: str) -> Scenario:
    return Scenario.from_mapping({**scenario.to_mapping(), "name": name})


def test_settings_tell_agents_apart() -> None:
    agents = {
        "a": get_strategy("hero"),
        "b": REST,
        "c": tabulate(Scripted("s", Sleeper), get_scenario("two_houses"), seat=0),
    }
    settings = plan_tournament(agents, "two_houses", backend="python").settings["agents"]
    assert settings["a"] == {"kind": "heuristic", "theta": list(ARCHETYPES["hero"])}
    assert settings["c"]["kind"] == "tabular" and len(settings["c"]["sha256"]) == 64
