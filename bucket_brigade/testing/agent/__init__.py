"""The checks of an agent.

subject  what is checked: a factory or a strategy, and the traits that it claims
scenes   towns, seats and games in which it is watched
play     made anew, legal, reproducible, its own luck, forgetting
rows     no game depends on another of its batch
traits   a check for each claim of `TRAIT_CLAIMS`
kit      all checks in order, `check_agent` and `agent_checks`
"""
