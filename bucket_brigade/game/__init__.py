"""The rules as data, and the two edges where floats live.

    scenario.py         the parameters of a town and its stakes, validated
    scenario_files.py   scenarios from TOML
    strategy.py         native strategies: traits, archetypes, tables
    draws.py            thresholds and counter-based random words
    program.py          floats to integers: what an engine reads
    counts.py           what an engine counts, and the tallies that follow
    payoffs.py          integers to floats: prices, errors, re-pricing

Nothing here imports a backend, a registry or anything above them.
"""
