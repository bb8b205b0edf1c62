"""Normal-form games as files: written exactly, read back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bucket_brigade.errors import InvalidInput
from bucket_brigade.normal_form import NormalFormGame, SymmetricGame
from bucket_brigade.normal_form.compositions import count_compositions
from bucket_brigade.normal_form.nfg import MOST_NUMBERS
from tests.normal_form.nfg_reader import parse_nfg

OUTCOME_FORM = """NFG 1 R "a \\"q\\" b" { "P1" "P2" }

{ { "x" "y z" }
{ "1" "2" "3" }
}
"a comment"

{
{ "one" 0.1, -1/4 }
{ "" 2, 1e3 }
}
1 2 0 1 2 2
"""


def random_game(strategies: int, players: int, seed: int = 0) -> SymmetricGame:
    shape = strategies, count_compositions(players - 1, strategies)
    return SymmetricGame(players, np.random.default_rng(seed).normal(scale=1e3, size=shape))


finite = st.floats(allow_nan=False, allow_infinity=False)
shapes = st.lists(st.integers(1, 3), min_size=1, max_size=4)


@given(shapes.flatmap(lambda k: arrays(np.float64, (len(k), *k), elements=finite)), st.booleans())
def test_every_payoff_reads_back_as_the_same_float(payoffs: np.ndarray, names: bool) -> None:
    players = tuple(f"seat {i}" for i in range(len(payoffs)))
    strategies = tuple(tuple(f"{p}.{i}" for i in range(k)) for p, k in enumerate(payoffs.shape[1:]))
    text = NormalFormGame(payoffs, players, strategies, "a title").to_nfg(names=names)
    assert "e" not in text.partition("}")[2].lower().partition("\n\n")[2]  # no exponents
    read = parse_nfg(text)
    # A negative zero is written as one, so equality of the bits is meant.
    assert read.payoffs.tobytes() == payoffs.tobytes()
    assert (read.title, read.players) == ("a title", players)
    assert [len(s) for s in read.strategies] == [len(s) for s in strategies]
    assert not names or read.strategies == strategies


@pytest.mark.parametrize(("strategies", "players"), [(1, 1), (2, 3), (3, 4), (4, 2)])
def test_a_symmetric_game_becomes_full_tensors(strategies: int, players: int) -> None:
    game = random_game(strategies, players)
    form = NormalFormGame.from_symmetric(game, [str(i) for i in range(strategies)])
    rank = {tuple(row): column for column, row in enumerate(game.compositions.tolist())}
    for choice in itertools.product(range(strategies), repeat=players):
        for player, own in enumerate(choice):
            others = choice[:player] + choice[player + 1 :]
            counts = tuple(others.count(i) for i in range(strategies))
            assert form.payoffs[(player, *choice)] == game.payoffs[own, rank[counts]]


def test_the_first_player_changes_fastest_and_payoffs_come_in_the_order_of_players() -> None:
    payoffs = np.array([[[1.0, 3.0], [2.0, 4.0]], [[10.0, 30.0], [20.0, 40.0]]])
    text = NormalFormGame(payoffs, ("row", "column"), (("a", "b"), ("c", "d")), "order").to_nfg()
    assert text == 'NFG 1 R "order" { "row" "column" } { 2 2 }\n\n1 10\n2 20\n3 30\n4 40\n'


def test_the_outcome_form_is_read() -> None:
    game = parse_nfg(OUTCOME_FORM)
    assert game.title == 'a "q" b'
    assert game.strategies == (("x", "y z"), ("1", "2", "3"))
    # Outcome 0 is none, worth nothing; combinations come with the first player's strategy fastest.
    assert game.payoffs[0].tolist() == [[0.1, 0.0, 2.0], [2.0, 0.1, 2.0]]
    assert game.payoffs[1].tolist() == [[-0.25, 0.0, 1000.0], [1000.0, -0.25, 1000.0]]


def test_names_that_would_need_escapes_are_made_plain() -> None:
    form = NormalFormGame(np.zeros((1, 1)), ('a "b"\\\nc',), (("x",),))
    assert parse_nfg(form.to_nfg()).players == ("a 'b'/ c",)


@pytest.mark.parametrize("name", [" seat", "seat ", "\tseat\n", "\x00seat\x1b"])
def test_names_are_written_without_outer_blanks_which_gambit_refuses(name: str) -> None:
    read = parse_nfg(NormalFormGame(np.zeros((1, 1)), (name,), ((name,),), name).to_nfg(names=True))
    assert (read.title, read.players, read.strategies) == ("seat", ("seat",), (("seat",),))


def test_names_left_out_are_numbers() -> None:
    game = NormalFormGame(np.zeros((2, 1, 3)))
    assert game.players == ("player 1", "player 2")
    assert game.strategies == (("1",), ("1", "2", "3"))
    assert game.restricted([[0], [2, 0]]).strategies == (("1",), ("3", "1"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "'NFG'"),
        ("NFG 2", "'1'"),
        ("NFG 1 X", "R or D"),
        ("NFG 1 R title", "a name in quotes"),
        ('NFG 1 R "t" { "p" } { x }', "a whole number"),
        ('NFG 1 R "t" { "p" } { 2 } 1', "a number"),
        ('NFG 1 R "t" { "p" } { 1 } one', "a number"),
        ('NFG 1 R "t" { "p" } { 1 } 1/0', "a number"),
        ('NFG 1 R "t" { "p" } { 1 } 1_0', "a number"),
        ('NFG 1 R "t" { "p" } { 1 } nan', "a number"),
        ('NFG 1 R "t" { "p" } { 1 } ٣', "a number"),
        ('NFG 1 R "t" { "p" } { 0 }', "from 1"),
        ('NFG 1 R "t" { " p" } { 1 } 1', "without outer blanks"),
        ('NFG 1 R "t" { "p" } { 1 } 1 2', "the end of the file"),
        ('NFG 1 R "t" { "p" } { { "s" } } { { "" 1 } } 2', "below 2"),
    ],
)
def test_what_is_no_game_is_refused_with_what_was_expected(text: str, wanted: str) -> None:
    with pytest.raises(InvalidInput, match=wanted):
        parse_nfg(text)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidInput, match="do not fit"):
        NormalFormGame(np.zeros((2, 2)), ("a",), (("x", "y"),))
    with pytest.raises(InvalidInput, match="do not fit"):
        NormalFormGame(np.zeros((1, 2)), ("a",), (("x",),))
    with pytest.raises(InvalidInput, match="finite"):
        NormalFormGame(np.array([[np.inf]]), ("a",), (("x",),))


def test_a_game_too_large_to_write_is_refused() -> None:
    players, strategies = 16, 3
    assert players * strategies**players > MOST_NUMBERS
    with pytest.raises(InvalidInput, match="Leave out some strategies"):
        NormalFormGame.from_symmetric(random_game(strategies, players), ["a", "b", "c"])
