"""Scenarios by name, version and file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bucket_brigade.errors import DuplicateName, InvalidInput, UnknownName
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.scenario_files import load_scenarios
from bucket_brigade.plugins import Offer, load_plugins, use_plugins
from bucket_brigade.registry import get_scenario, list_scenarios
from tests.strangers import Strangers

OURS = load_plugins(candidates=[])

FLAT = """
prob_initial_fire = 0.1
prob_house_catches_fire = 0.02
prob_fire_spreads_to_neighbor = 0.2
prob_solo_agent_extinguishes_fire = 0.5
min_nights = 5
cost_to_work_one_night = 1
team_reward_house_survives = 100.0
team_penalty_house_burns = 100
reward_own_house_survives = [1, 2, 3, 4]
reward_other_house_survives = 0.0
penalty_own_house_burns = 2.0
penalty_other_house_burns = 0.0
"""


def pack(*names: str) -> str:
    """Return the source of a plugin that registers copies of default-v2 under these names."""
    offers = "\n".join(f"    register(get_scenario('default-v2').replace(name={name!r}))" for name in names)
    return f"@hookimpl\ndef register_scenarios(register):\n{offers}\n"


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Strangers:
    return Strangers(tmp_path, monkeypatch)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with one scenario in town.toml and two in towns.toml."""
    monkeypatch.chdir(tmp_path)
    Path("town.toml").write_text(FLAT)
    Path("towns.toml").write_text(f"[north]{FLAT}\n['south-v1']{FLAT}max_nights = 7\n")
    return tmp_path


def message(name: object) -> str:
    with use_plugins(OURS), pytest.raises((UnknownName, InvalidInput)) as caught:
        get_scenario(name)  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize("offer", OURS.offers("scenario"), ids=lambda offer: offer.name)
def test_every_listed_scenario_is_found_by_its_name(offer: Offer[Scenario]) -> None:
    with use_plugins(OURS):
        assert get_scenario(offer.name) is offer.value


def test_a_name_without_version_is_the_newest() -> None:
    assert get_scenario("greedy_neighbor").name == "greedy_neighbor-v2"
    assert get_scenario("greedy_neighbor-v1").name == "greedy_neighbor-v1"
    assert get_scenario("bucket-brigade/greedy_neighbor").name == "greedy_neighbor-v2"
    assert get_scenario("bucket-brigade/greedy_neighbor-v1").name == "greedy_neighbor-v1"


def test_versions_are_compared_as_numbers(strangers: Strangers) -> None:
    with use_plugins(strangers.load(pack("hamlet-v2", "hamlet-v10", "hamlet-v9"))):
        assert get_scenario("hamlet").name == "hamlet-v10"


def test_a_scenario_is_taken_as_it_is() -> None:
    scenario = get_scenario("easy-v2")
    assert get_scenario(scenario) is scenario


def test_the_list_holds_names_that_can_be_asked_for(strangers: Strangers) -> None:
    with use_plugins(strangers.load(pack("hamlet-v1"), pack("hamlet-v1", "village-v1"))):
        names = list_scenarios()
        assert names[30:] == ("bb-a/hamlet-v1", "bb-b/hamlet-v1", "village-v1")
        assert [get_scenario(name).name for name in names[30:]] == ["hamlet-v1", "hamlet-v1", "village-v1"]


def test_a_name_of_two_distributions_must_be_qualified(strangers: Strangers) -> None:
    with use_plugins(strangers.load(pack("hamlet-v1"), pack("hamlet-v1"))):
        with pytest.raises(DuplicateName) as caught:
            get_scenario("hamlet-v1")
        assert str(caught.value) == (
            "The scenario name 'hamlet-v1' is ambiguous. Several distributions offer it: bb-a 1.2, bb-b 1.2. "
            "Type one of: bb-a/hamlet-v1, bb-b/hamlet-v1"
        )


def test_a_strangers_new_version_does_not_change_what_a_name_means(strangers: Strangers) -> None:
    with use_plugins(strangers.load(pack("easy-v3"))):
        assert get_scenario("easy").name == get_scenario("easy-v2").name == "easy-v2"
        assert get_scenario("bucket-brigade/easy").name == "easy-v2"
        assert get_scenario("bb-a/easy").name == "easy-v3"


def test_unknown_names() -> None:
    assert message("greedy_neighbour") == (
        "Unknown scenario 'greedy_neighbour'. Did you mean 'greedy_neighbor'? Scenarios: default, easy, hard, "
        "trivial_cooperation, early_containment, greedy_neighbor, sparse_heroics, rest_trap, chain_reaction, "
        "deceptive_calm, overcrowding, mixed_motivation, minimal_specialization, positional_default, two_houses. "
        "Type: bucket-brigade scenarios"
    )
    assert message("easy-v7") == (
        "Scenario 'easy' has no version 7 (asked for as 'easy-v7'). Versions: v1, v2. "
        "Type: bucket-brigade scenarios easy"
    )
    assert message("").startswith("Unknown scenario ''.")
    assert message(7) == "scenario = 7 is not allowed: it must be a name, a TOML file or a Scenario."


@pytest.mark.usefixtures("town")
def test_an_unknown_name_with_a_file_beside_it() -> None:
    assert "There is a file of that name: type town.toml." in message("town")


def test_one_scenario_from_a_file(town: Path) -> None:
    scenario = get_scenario("town.toml")
    assert (scenario.name, scenario.reward_own_house_survives) == ("town", (1.0, 2.0, 3.0, 4.0))
    assert get_scenario(town / "town.toml") == get_scenario(str(town / "town.toml")) == scenario
    assert get_scenario("town.toml:town") == scenario


@pytest.mark.usefixtures("town")
def test_one_of_several_scenarios_from_a_file() -> None:
    assert get_scenario("towns.toml:south-v1").max_nights == 7
    assert [scenario.name for scenario in load_scenarios("towns.toml")] == ["north", "south-v1"]
    assert message("towns.toml") == (
        "The scenario file 'towns.toml' holds 2 scenarios: north, south-v1. "
        "Type one of them, such as towns.toml:north"
    )
    assert message("towns.toml:suoth-v1") == (
        "The scenario file 'towns.toml' holds no scenario 'suoth-v1'. Did you mean 'south-v1'? "
        "It holds: north, south-v1."
    )


@pytest.mark.usefixtures("town")
def test_a_file_may_name_its_scenario() -> None:
    Path("town.toml").write_text(FLAT + "name = 'hamlet-v1'")
    assert get_scenario("town.toml").name == "hamlet-v1"


@pytest.mark.usefixtures("town")
def test_what_is_written_reads_back() -> None:
    scenario = get_scenario("towns.toml:south-v1")
    fields = "\n".join(
        f"{key} = {value!r}".replace("'", '"') for key, value in scenario.to_mapping().items() if value != []
    )
    Path("again.toml").write_text(f"['south-v1']\n{fields}\n")
    assert load_scenarios("again.toml") == (scenario,)


FILES = [
    ("", "The scenario file 'x.toml' is empty: it must hold at least one scenario."),
    ("a = ", "The scenario file 'x.toml' is not TOML: Invalid value (at end of document)."),
    (
        f"loose = 1\n[north]{FLAT}",
        (
            "Scenario file 'x.toml' mixes the field 'loose' with the table 'north'. "
            "Put every field into the table of its scenario, or keep one scenario without tables."
        ),
    ),
    (
        f"[north]{FLAT}name = 'south'",
        "Scenario 'north' (from x.toml): name = 'south' is not allowed: the table is called 'north'.",
    ),
    (
        FLAT + "max_nihgts = 3",
        "Scenario 'x' (from x.toml): unknown field 'max_nihgts'. Did you mean 'max_nights'? Fields: ",
    ),
    (
        FLAT.replace("min_nights = 5", ""),
        "Scenario 'x' (from x.toml): missing field min_nights. ",
    ),
    (
        FLAT.replace("0.1", "1.5"),
        "Scenario 'x': prob_initial_fire = 1.5 is not allowed: it must be a number in [0, 1]. (from x.toml)",
    ),
    (
        FLAT.replace("0.1", "nan"),
        "Scenario 'x': prob_initial_fire = nan is not allowed: it must be a number in [0, 1]. (from x.toml)",
    ),
    (
        FLAT + "name = 7",
        "Scenario 7: name = 7 is not allowed: it must be text of 1 to 100 characters, all on one line. (from x.toml)",
    ),
]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(("text", "expected"), FILES, ids=range(len(FILES)))
def test_bad_files_are_refused_by_file_and_field(text: str, expected: str) -> None:
    Path("x.toml").write_text(text)
    assert message("x.toml").startswith(expected)


@pytest.mark.usefixtures("town")
def test_files_that_cannot_be_read() -> None:
    assert (
        message("nowhere.toml") == "Cannot read the scenario file 'nowhere.toml': No such file or directory."
    )
    Path("bytes.toml").write_bytes(b"\xff\xfe")
    assert message("bytes.toml").startswith("The scenario file 'bytes.toml' is not TOML:")


def test_scenarios_of_plugins_that_failed_are_hinted_at(strangers: Strangers) -> None:
    with pytest.warns(UserWarning, match="bb-a"):
        plugins = strangers.load("import no_such_module_here")
    with use_plugins(plugins), pytest.raises(UnknownName) as caught:
        get_scenario("hamlet")
    assert "Plugins that failed to load: bb-a 1.2 (entry point 'plugin0')." in str(caught.value)


def test_every_scenario_is_one() -> None:
    assert all(isinstance(offer.value, Scenario) for offer in OURS.offers("scenario"))
