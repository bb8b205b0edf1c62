"""Pictures hold the numbers they are drawn from; no pixel is compared."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bucket_brigade.errors import BucketBrigadeError, InvalidInput
from bucket_brigade.normal_form import SymmetricGame
from bucket_brigade.registry import get_scenario
from bucket_brigade.reports import plots
from bucket_brigade.reports.report_pictures import report_figure
from tests.reports.stub import made_up_report

matplotlib = pytest.importorskip("matplotlib")

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D

LABELS = ["rest", "work", "w 0.5, e 1"]
PAYOFFS = [[340.0, 1341.0, -370.25], [12.5, 950.0, 2.25], [3.0, -5.0, 1000.0]]


@pytest.fixture
def ax() -> Axes:
    return plots.new_figure().subplots()


@pytest.fixture(autouse=True)
def _no_window() -> Iterator[None]:
    from matplotlib import pyplot as plt

    plt.switch_backend("Agg")
    yield
    plt.close("all")


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def xs(line: Line2D) -> list[float]:
    return list(np.asarray(line.get_xdata(), dtype=float).tolist())


def ys(line: Line2D) -> list[float]:
    return list(np.asarray(line.get_ydata(), dtype=float).tolist())


def widths(ax: Axes) -> list[float]:
    bars: Any = ax.patches
    return [float(bar.get_width()) for bar in bars]


def colour_of(image: AxesImage, value: float) -> Any:
    return np.asarray(image.cmap(np.asarray(image.norm(np.array([value])))))[0, :3]


def luminance(rgb: Any) -> float:
    """Relative luminance, as in WCAG 2."""
    linear = np.where(
        np.asarray(rgb) <= 0.04045, np.asarray(rgb) / 12.92, ((np.asarray(rgb) + 0.055) / 1.055) ** 2.4
    )
    return float(np.array([0.2126, 0.7152, 0.0722]) @ linear)


def draw(ax: Axes, tmp_path: Path) -> None:
    ax.get_figure(root=True).savefig(tmp_path / "drawn.png")  # type: ignore[union-attr]
    assert (tmp_path / "drawn.png").stat().st_size > 1000


def test_a_heatmap_has_its_payoffs_as_colours_and_as_numbers(ax: Axes, tmp_path: Path) -> None:
    assert plots.payoff_heatmap(PAYOFFS, LABELS, title="a town", ax=ax) is ax
    (image,) = ax.images
    assert np.asarray(image.get_array()).tolist() == PAYOFFS
    assert texts(ax) == ["340", "1,341", "−370", "12.5", "950", "2.25", "3.00", "−5.00", "1,000"]
    assert [t.get_position() for t in ax.texts[:3]] == [(0, 0), (1, 0), (2, 0)]
    assert [t.get_text() for t in ax.get_yticklabels()] == LABELS
    assert [t.get_text() for t in ax.get_xticklabels()] == LABELS
    assert ax.get_title() == "a town"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("all opponents play", "one agent plays")
    draw(ax, tmp_path)


def test_a_centred_heatmap_is_white_at_its_centre(ax: Axes) -> None:
    plots.payoff_heatmap(PAYOFFS, LABELS, center=340.0, ax=ax)
    (image,) = ax.images
    low, high = image.get_clim()
    assert (low + high) / 2 == pytest.approx(340.0)
    assert low <= -370.25 and high >= 1341.0
    assert colour_of(image, 340.0).min() > 0.95


@pytest.mark.parametrize("center", [None, 340.0])
def test_numbers_can_be_read_on_their_colours(ax: Axes, center: float | None) -> None:
    from matplotlib.colors import to_rgb

    plots.payoff_heatmap(PAYOFFS, LABELS, center=center, ax=ax)
    for text, value in zip(ax.texts, np.ravel(PAYOFFS).tolist(), strict=True):
        lights = luminance(to_rgb(text.get_color())), luminance(colour_of(ax.images[0], value))
        assert (max(lights) + 0.05) / (min(lights) + 0.05) >= 3.5, text.get_text()


def test_columns_of_another_kind_are_named_and_may_have_gaps(ax: Axes, tmp_path: Path) -> None:
    values = [[1.0, float("nan")], [2.0, 3.0], [4.0, 5.0]]
    plots.payoff_heatmap(values, LABELS, ["seat 0", "seat 1"], center=2.0, ax=ax)
    assert texts(ax) == ["1.00", "2.00", "3.00", "4.00", "5.00"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["seat 0", "seat 1"]
    assert ax.get_xlabel() == ""
    draw(ax, tmp_path)


def test_a_large_heatmap_has_no_numbers(ax: Axes) -> None:
    size = plots.MOST_NUMBERED + 1
    plots.payoff_heatmap(np.zeros((size, size)), [str(i) for i in range(size)], ax=ax)
    assert texts(ax) == []


def test_exploitability_is_on_a_log_scale_with_epsilon(ax: Axes, tmp_path: Path) -> None:
    plots.exploitability_plot([120.0, 3.5, 1e-9], epsilon=1e-6, label="traits", ax=ax)
    assert ax.get_yscale() == "log"
    curve, line = ax.get_lines()
    assert xs(curve) == [1, 2, 3]
    assert ys(curve) == [120.0, 3.5, 1e-9]
    assert set(ys(line)) == {1e-6}
    assert texts(ax) == ["ε = 1e-06"]
    legend = ax.get_legend()
    assert legend is not None and [t.get_text() for t in legend.get_texts()] == ["traits"]
    draw(ax, tmp_path)


def test_zeros_are_drawn_hollow_below_everything_and_said_to_be_exact(ax: Axes) -> None:
    plots.exploitability_plot([2.0, 0.0, 0.0], ax=ax)
    curve, zeros = ax.get_lines()
    assert xs(zeros) == [2, 3]
    assert set(ys(zeros)) == {ys(curve)[1]}
    assert 0 < ys(zeros)[0] < 2.0
    assert zeros.get_markerfacecolor() == "white"
    assert texts(ax) == ["none found"]


def test_only_zeros_can_be_drawn_too(ax: Axes, tmp_path: Path) -> None:
    plots.exploitability_plot([0.0], ax=ax)
    draw(ax, tmp_path)


def test_a_second_curve_has_another_colour(ax: Axes) -> None:
    plots.exploitability_plot([2.0, 1.0], epsilon=1e-3, ax=ax)
    plots.exploitability_plot([3.0, 2.0], ax=ax)
    curves = [line for line in ax.get_lines() if line.get_linestyle() == "-"]
    assert [line.get_color() for line in curves] == list(plots.COLORS[:2])


def test_mixture_bars_have_the_length_of_their_shares(ax: Axes, tmp_path: Path) -> None:
    plots.mixture_bars([0.25, 0.7496, 0.0004], LABELS, ax=ax)
    assert widths(ax) == [0.25, 0.7496, 0.0004]
    assert texts(ax) == ["25.0 %", "75.0 %", "< 0.1 %"]
    assert [t.get_text() for t in ax.get_yticklabels()] == LABELS
    assert ax.yaxis_inverted()
    draw(ax, tmp_path)


def test_no_share_is_rounded_to_none_or_all(ax: Axes) -> None:
    plots.mixture_bars([0.9999, 0.0001, 0.0], LABELS, errors=[0.01, 0.01, 0.0], ax=ax)
    assert texts(ax) == ["> 99.9 %", "< 0.1 %", "0 %"]


def test_stacked_shares_fill_each_row(ax: Axes, tmp_path: Path) -> None:
    shares = np.array([[0.5, 0.5, 0.0], [0.05, 0.05, 0.9]])
    plots.share_bars(shares, ["seat 0", "seat 1"], LABELS, ax=ax)
    drawn = np.array(widths(ax)).reshape(3, 2).T
    assert drawn == pytest.approx(shares)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["seat 0", "seat 1"]
    assert "90.0 %" in texts(ax) and "5.0 %" not in texts(ax)
    draw(ax, tmp_path)


def test_a_symmetric_reports_figure_shows_the_report() -> None:
    report = made_up_report(get_scenario("easy-v2"))
    left, middle, right = report_figure(report).axes[:3]
    order = sorted(range(3), key=lambda k: -report.mixtures[0][k])
    game = SymmetricGame(4, np.array(report.game))
    for row, own in enumerate(order):
        for column, other in enumerate(order):
            expected = game.payoffs_against(np.eye(3)[other])[own]
            assert np.asarray(left.images[0].get_array())[row, column] == pytest.approx(expected)
    assert widths(middle) == pytest.approx([report.mixtures[0][k] for k in order])
    assert ys(right.get_lines()[0]) == report.history


def test_a_per_seat_reports_figure_shows_the_report() -> None:
    report = made_up_report(get_scenario("easy-v2"), concept="asymmetric")
    left, middle, right = report_figure(report).axes[:3]
    shown = np.asarray(left.images[0].get_array())
    game, x = np.array(report.game), [np.array(mixture) for mixture in report.mixtures]
    for own in range(3):
        assert shown[own, 0] == pytest.approx(np.einsum("jkl,j,k,l", game[0, own], x[1], x[2], x[3]))
        assert shown[own, 3] == pytest.approx(np.einsum("ijk,i,j,k", game[3, :, :, :, own], x[0], x[1], x[2]))
    drawn = np.array(widths(middle)).reshape(3, 4).T
    assert drawn == pytest.approx(np.array(report.mixtures))
    assert ys(right.get_lines()[0]) == report.history


def test_a_report_without_a_game_is_drawn_without_payoffs() -> None:
    for concept in ("symmetric", "asymmetric"):
        report = replace(
            made_up_report(get_scenario("easy-v2"), concept=concept), game=[], game_strategies=[]
        )
        left = report_figure(report).axes[0]
        assert not left.images and not left.axison
        assert report.normal_form is None


def test_without_axes_a_new_figure_is_made() -> None:
    from matplotlib import pyplot as plt

    assert plots.mixture_bars([1.0], ["x"]).get_figure() is plt.gcf()


@pytest.mark.parametrize(
    "call",
    [
        lambda: plots.payoff_heatmap(PAYOFFS, ["a"]),
        lambda: plots.mixture_bars([0.5, 0.5], ["a"]),
        lambda: plots.share_bars([[0.5, 0.5]], ["a", "b"], ["x", "y"]),
    ],
)
def test_labels_that_do_not_fit_are_refused(call: object) -> None:
    assert callable(call)
    with pytest.raises(InvalidInput, match="fit"):
        call()


def test_without_matplotlib_the_error_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(BucketBrigadeError, match=r"Type: pip install 'bucket-brigade\[plots\]'"):
        plots.new_figure()


def test_nothing_is_drawn_until_something_is_drawn() -> None:
    code = "import sys, bucket_brigade.reports, bucket_brigade.cli.app; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("name", ["a$^$b", "_hidden", "\x1b[31m", "$"])
def test_names_from_outside_are_drawn_letter_by_letter(ax: Axes, tmp_path: Path, name: str) -> None:
    plots.share_bars([[0.5, 0.5]], [name], [name, "rest"], title=name, ax=ax)
    legend = ax.get_legend()
    assert legend is not None and len(legend.get_texts()) == 2
    draw(ax, tmp_path)
