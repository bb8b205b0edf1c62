"""Tournaments: balanced random teams, and what each agent is worth to itself and to its team.

General layout, from the ground up:

    design            who plays with whom: every agent equally often on every seat
    outcomes          results of the teams of one scenario
    ridge             regression on groups of rows, with errors that rest on the groups
    effects           marginal values of agents, and synergies of pairs
    entrants          what a user names, checked
    result            all of it as tables
    run               planned, checked, played block by block
"""

from bucket_brigade.tournament.design import design_teams
from bucket_brigade.tournament.effects import RESPONSES, Effect, Shrinkage, Synergy
from bucket_brigade.tournament.outcomes import ScenarioOutcomes
from bucket_brigade.tournament.result import Standing, TournamentResult
from bucket_brigade.tournament.run import TournamentPlan, plan_tournament, run_tournament

__all__ = [
    "RESPONSES",
    "Effect",
    "ScenarioOutcomes",
    "Shrinkage",
    "Standing",
    "Synergy",
    "TournamentPlan",
    "TournamentResult",
    "design_teams",
    "plan_tournament",
    "run_tournament",
]
