"""Writes docs/reference/twelve-scenarios.md: ``python tools/twelve_scenarios.py``.

Everything is computed anew, a few minutes of work, and kept in target/twelve-scenarios/, so that a run that was
stopped goes on: ``python tools/twelve_scenarios.py --resume``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from bucket_brigade.reports.all_scenarios import Run, run_scenarios, twelve_scenarios
from bucket_brigade.reports.overview_plots import anarchy_plot
from bucket_brigade.reports.phase_plots import phase_diagram
from bucket_brigade.reports.plots import new_figure
from bucket_brigade.reports.report_pictures import draw_report, png_bytes
from bucket_brigade.reports.tables import COLUMNS, markdown_table, summary_cells
from bucket_brigade.runs.run_directory import RunDirectory
from bucket_brigade.studies.claims import CLAIMS, HEURISTIC, MARKOV, ClaimReport, Finding, check_claim
from bucket_brigade.studies.measure import measure_scenario, run_settings
from bucket_brigade.studies.sweep_axes import parse_axis
from bucket_brigade.studies.sweeps import Sweep, sweep

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "twelve-scenarios"
PAGE = ROOT / "docs" / "reference" / "twelve-scenarios.md"
IMAGES = ROOT / "docs" / "images"

SWEEP = ("greedy_neighbor-v2", "kappa=0.1:0.9:17", "c=0:40:17")

HEAD = """\
# Twelve scenarios

*Written by `python tools/twelve_scenarios.py`; edit that, not this. All numbers are exact expectations
([what that means](../explanation/exact.md)): nothing was sampled.*

For each scenario: a symmetric equilibrium among all heuristic strategies, found by double oracle and certified. The
first two tables are what these commands print and keep, with JSON, CSV, `.nfg` files and pictures:

```sh
bucket-brigade nash --all --rules v2 --out v2
bucket-brigade nash --all --rules v1 --out v1
```

| column | what it says |
|:--|:--|
| equilibrium | what everybody plays. `rest` never works, `home_first` works every night and sees to a fire at home \
first; in between, `w` is the chance to work in a night and `e` the chance that a worker sees to a fire at home first |
| payoff | what an agent expects per game who does not know its seat |
| traits | the most that one agent gains by changing to any other heuristic strategy; at most 10⁻⁶, or there is a `!` |
| Markov | the most that one agent gains by any strategy at all, knowing its seat; bounds where the others mix |
| anarchy | the price of anarchy: the best sum of payoffs that any joint strategy reaches, over the \
equilibrium's; – where one of them is negative |
| gap | how far each agent is from its share of that best sum |
| nights, lost | nights of a game, and houses ruined at its end |
"""

SEARCH = """\
The search for one of them: the payoffs of its restricted game, the equilibrium, and what the best other traits gain
after each iteration.
"""

DIAGRAM = """\
Which symmetric equilibria `{scenario}` has among `rest`, `any_fire` and `home_first`, over κ and c. Along c only the
small game of three strategies is solved again: {evaluations} games were evaluated for {cells} cells
([how](../how-to/sweep.md)).
"""

CLAIMS_HEAD = """\
## What the scenarios claim, and what holds

The `about` line of every `-v2` scenario makes a claim. Each is turned into predicates on exact payoffs
(`bucket_brigade/studies/claims/`), judged twice: among heuristic strategies, which cannot choose when to work, and
among all Markov policies, by best responses and the social optimum. "In part" means that some parts hold and some
do not; the parts are below, with their numbers in payoff units per game.

A *volunteer* works every night, at home first; the others rest. "Whoever", "nobody" and "always" are meant: over all
seats and all sets of volunteers, not on average. Where a line can be read in two ways, both readings are judged.
"""

FAILURES = """\
### Where a claim fails

A heuristic strategy cannot choose its nights: it works as often without a fire as with one, and as often at one fire
as at five. Whoever may choose works where it pays, so what is a trap among heuristic strategies need not be one among
all policies. What a best response gains is exact; what it does to the others is taken of the best policy found that
does the same every night, since that is one that every engine can play. Among heuristic strategies, a claim that
fails says that the stakes are not yet what the line tells.
"""


def main(arguments: Sequence[str]) -> int:
    """Compute what is missing and write the page with its pictures."""
    resume = "--resume" in arguments
    runs = {rules: _equilibria(rules, resume) for rules in ("v2", "v1")}
    claims = _claims(resume)
    diagram = sweep(SWEEP[0], parse_axis(SWEEP[1]), parse_axis(SWEEP[2]))
    _draw(runs, diagram)
    PAGE.write_text(_page(runs, claims, diagram), encoding="utf-8")
    return 0


def _equilibria(rules: str, resume: bool) -> Run:
    towns = twelve_scenarios(rules)
    settings, remarks = run_settings(towns[0], rules=rules)
    return run_scenarios(
        towns,
        measure_scenario,
        settings,
        remarks=remarks,
        directory=WORK / rules,
        resume=resume,
        progress=lambda done, total, name: _say(f"{rules} {done}/{total} {name}"),
    )


def _claims(resume: bool) -> list[ClaimReport]:
    settings, remarks = run_settings(twelve_scenarios("v2")[0], claims=list(CLAIMS))
    kept = RunDirectory(WORK / "claims", settings, remarks)
    reports = []
    with kept.opened(resume=resume):
        for name in CLAIMS:
            _say(f"claim of {name}")
            found = kept.load(name) or kept.save(name, check_claim(name).to_json())
            reports.append(ClaimReport.from_json(found))
    return reports


def _draw(runs: dict[str, Run], diagram: Sweep) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    for rules, run in runs.items():
        figure = new_figure(8.0, 4.4)
        anarchy_plot(run.reports, title=f"equilibrium and social optimum, {rules}", ax=figure.subplots())
        (IMAGES / f"twelve-scenarios-{rules}.png").write_bytes(png_bytes(figure))
    one = next(report for report in runs["v2"].reports if report.scenario == "sparse_heroics-v2")
    (IMAGES / "sparse_heroics-v2.png").write_bytes(draw_report(one))
    figure = new_figure(8.0, 4.4)
    phase_diagram(diagram, ax=figure.subplots())
    (IMAGES / "phase-greedy_neighbor-v2.png").write_bytes(png_bytes(figure))


def _page(runs: dict[str, Run], claims: Sequence[ClaimReport], diagram: Sweep) -> str:
    sections = [HEAD]
    for rules, what in (("v2", "As the game is told: `-v2`"), ("v1", "As published: `-v1`")):
        cells = [summary_cells(report) for report in runs[rules].reports]
        table = markdown_table(COLUMNS, cells, left=2)
        shown = "Payoff of an agent in equilibrium and at the social optimum"
        sections += [f"## {what}\n", table, f"![{shown}](../images/twelve-scenarios-{rules}.png)\n"]
    sections += [
        SEARCH,
        "![Payoffs, mixture and exploitability of sparse_heroics-v2](../images/sparse_heroics-v2.png)\n",
        CLAIMS_HEAD,
        markdown_table(
            ("scenario", "claim", "among heuristic strategies", "among all Markov policies"),
            [[c.scenario, c.claim, c.verdict(HEURISTIC), c.verdict(MARKOV)] for c in claims],
            left=4,
        ),
        FAILURES,
        _failures(claims),
        "### Part by part\n",
        *(_parts(claim) for claim in claims),
        "## Over strength and cost\n",
        DIAGRAM.format(
            scenario=diagram.scenario.name,
            evaluations=diagram.evaluations,
            cells=sum(map(len, diagram.cells)),
        ),
        "![Regimes over strength and cost](../images/phase-greedy_neighbor-v2.png)\n",
    ]
    return "\n".join(sections)


def _failures(claims: Iterable[ClaimReport]) -> str:
    lines = []
    for claim in claims:
        for finding in claim.findings:
            if not finding.holds:
                numbers = _numbers(finding)
                lines.append(
                    f"- **{claim.scenario}**, among {finding.among}: *{finding.part}*; no: {numbers}."
                )
    return "\n".join(lines) + "\n"


def _parts(claim: ClaimReport) -> str:
    rows = [[f.part, f.among, "yes" if f.holds else "**no**", _numbers(f)] for f in claim.findings]
    table = markdown_table(("part", "among", "holds", "numbers"), rows, left=4)
    return f"**{claim.scenario}**: {claim.claim}\n\n{table}"


def _numbers(finding: Finding) -> str:
    return "; ".join(f"{name} {_number(value)}" for name, value in finding.numbers.items())


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 0.005:
        return f"{value:,.2f}".removesuffix(".00").replace("-", "−")
    return f"{value:.0e}".replace("-", "−")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
