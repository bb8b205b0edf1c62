"""What the scenarios claim in their `about` lines, judged on exact payoffs.

finding                     what was found about one part of a claim
facts                       the exact numbers, each computed once
cooperation, dilemmas, town what the words mean, as predicates
stories                     which predicates each scenario's line stands for
"""

from bucket_brigade.studies.claims.facts import Facts
from bucket_brigade.studies.claims.finding import HEURISTIC, MARKOV, ClaimReport, Finding
from bucket_brigade.studies.claims.stories import CLAIMS, check_claim

__all__ = ["CLAIMS", "HEURISTIC", "MARKOV", "ClaimReport", "Facts", "Finding", "check_claim"]
