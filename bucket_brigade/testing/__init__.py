"""Tools to test backends and agents, one's own or a stranger's.

    strategies.py   Hypothesis strategies for scenarios, teams, seeds and whole requests
    statistics.py   comparison of means at a fixed failure budget, for backends without the exact stream

Importing this package imports nothing; `strategies` needs Hypothesis.
"""
