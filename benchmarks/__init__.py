"""Benchmarks: ``make bench`` runs them; nothing in `tests/` measures time."""
