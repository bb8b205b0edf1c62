"""The checks of a backend.

subject         what is checked: a backend, and what it claims
whole_games     `play`: golden games, the exact stream, independence, answers
night_by_night  `stepper`: golden nights, the exact stream, refusals
boundaries      words that equal their thresholds
averages        means at a fixed failure budget; exact expectations
kit             all checks in order, `check_backend` and `backend_checks`
"""
