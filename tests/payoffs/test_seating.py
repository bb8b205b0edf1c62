"""Who sits where: balance, determinism, rounding."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from bucket_brigade.errors import InvalidInput
from bucket_brigade.payoffs.seating import SEATINGS, SeatingDesign, design_seating

AGENTS = range(1, 17)


def seatings(design: SeatingDesign) -> list[tuple[int, ...]]:
    return [tuple(row) for row in design.seats.tolist()]


@pytest.mark.parametrize("seating", SEATINGS)
@pytest.mark.parametrize("agents", AGENTS)
def test_every_block_is_a_seating_and_every_slot_sits_on_every_seat_equally_often(
    seating: str, agents: int
) -> None:
    design = design_seating(seating, agents, 1000, seed=5)
    assert (np.sort(design.seats, axis=1) == np.arange(agents)).all()
    fixed = 0 if seating == "random" else 1
    assert (design.seats[:, :fixed] == 0).all()
    for slot in range(fixed, agents):
        counts = np.bincount(design.seats[:, slot], minlength=agents)
        assert (counts[fixed:] == design.num_blocks // (agents - fixed)).all()


@pytest.mark.parametrize("seating", SEATINGS)
@pytest.mark.parametrize("agents", AGENTS)
@pytest.mark.parametrize("games", [1, 1000, 98_765])
def test_games_are_rounded_up_a_little_and_errors_have_sixty_degrees_of_freedom(
    seating: str, agents: int, games: int
) -> None:
    design = design_seating(seating, agents, games, seed=0)
    assert games <= design.games < games + design.num_blocks
    assert design.num_blocks <= max(1000, games / 30)
    assert design.degrees_of_freedom >= 60
    assert design.num_blocks % (design.strata * design.replicates) == 0


@pytest.mark.parametrize("agents", [1, 2, 3, 4, 5])
def test_small_teams_play_every_seating_equally_often(agents: int) -> None:
    design = design_seating("random", agents, 10, seed=0)
    assert design.strata == math.factorial(agents)
    for seating in itertools.permutations(range(agents)):
        assert seatings(design).count(seating) == design.replicates
    # A stratum is one seating.
    strata = design.seats.reshape(design.strata, design.replicates, agents)
    assert (strata == strata[:, :1]).all()


def test_published_seating_keeps_the_focal_agent_on_seat_0_and_plays_every_order_of_the_others() -> None:
    design = design_seating("published", 4, 10, seed=0)
    assert sorted(set(seatings(design))) == [(0, *rest) for rest in itertools.permutations((1, 2, 3))]
    assert design.strata == 6


def test_large_teams_play_a_sample_that_the_seed_and_the_first_game_decide() -> None:
    design = design_seating("random", 8, 1000, seed=1)
    again = design_seating("random", 8, 1000, seed=1)
    assert np.array_equal(design.seats, again.seats)
    assert not np.array_equal(design.seats, design_seating("random", 8, 1000, seed=2).seats)
    later = design_seating("random", 8, 1000, seed=1, first_game=100_000)
    assert not np.array_equal(design.seats, later.seats)
    # A cluster is a drawn seating and its cyclic shifts.
    clusters = design.seats.reshape(61, 8, 8).astype(int)
    assert ((clusters - clusters[:, :1]) % 8 == np.arange(8)[None, :, None]).all()
    assert len({tuple(cluster[0]) for cluster in clusters.tolist()}) > 55


def test_more_games_draw_more_seatings_where_they_are_sampled() -> None:
    few, many = (design_seating("random", 8, games, seed=1) for games in (1000, 1_000_000))
    assert many.num_blocks > 10 * few.num_blocks
    assert many.games_per_block <= 64
    assert many.degrees_of_freedom == few.degrees_of_freedom


def test_profiles_and_payoffs_follow_the_slots() -> None:
    design = design_seating("random", 3, 1, seed=0)
    slots = np.array([[7, 8, 9], [4, 4, 5]])
    arranged = design.profiles(slots)
    for profile, block, slot in itertools.product(range(2), range(design.num_blocks), range(3)):
        assert arranged[profile, block, design.seats[block, slot]] == slots[profile, slot]
    # If what sits on a seat is its payoff, each slot is paid its own number in every replicate.
    assert np.array_equal(
        design.replicate_means(arranged.astype(np.float64)),
        np.repeat(slots[:, None, :], design.strata * design.replicates, axis=1),
    )


def test_blocks_play_different_games() -> None:
    design = design_seating("random", 4, 1000, seed=0)
    firsts = design.first_games(2**40)
    assert firsts[0] == 2**40
    assert firsts == list(range(2**40, 2**40 + design.games, design.games_per_block))


def test_unknown_seatings_are_refused() -> None:
    with pytest.raises(InvalidInput, match="Did you mean 'random'"):
        design_seating("randon", 4, 10, seed=0)
    with pytest.raises(InvalidInput, match="at least 1"):
        design_seating("random", 4, 0, seed=0)
