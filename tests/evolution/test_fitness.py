"""Results of evaluating a population."""

from __future__ import annotations

import json

from bucket_brigade.evolution import FitnessEvaluator


def test_a_result_is_plain_data() -> None:
    evaluator = FitnessEvaluator("two_houses", num_games=3, seed=2, method="simulate", backend="python")
    result = evaluator.evaluate([[0.5] * 10, [0.25] * 10])
    plain = json.loads(json.dumps(result.to_json()))
    assert plain["values"] == result.values.tolist()
    assert (plain["method"], plain["provenance"]["seed"]) == ("simulate", 2)
