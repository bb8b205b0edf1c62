"""The evaluator under the dotted name that was promised; it lives in `bucket_brigade.payoffs`."""

from bucket_brigade._lazy import lazy_names
from bucket_brigade.payoffs.payoff_evaluator import PayoffEvaluator, run_heuristic_episode

__all__ = ["PayoffEvaluator", "run_heuristic_episode"]

__getattr__ = lazy_names(
    __name__, dict.fromkeys(("PythonPayoffEvaluator", "RustPayoffEvaluator"), "bucket_brigade.promised")
)
