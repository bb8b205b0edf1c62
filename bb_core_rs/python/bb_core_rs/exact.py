"""Exact answers of the Rust backend: the contract of `bucket_brigade.backends.exact`.

They hold for strategies that look only at the houses (heuristic, tabular), on rings of up to 12 houses.
How they are worked out is told in the Rust sources, in ``src/exact``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import No, Verdict, Yes
from bucket_brigade.backends.exact import BestResponses, Expectation, OptimizeRequest
from bucket_brigade.game.program import Program
from bucket_brigade.validation import check_workers

__all__ = ["ExactAnswers"]

# The compiled core is imported where it is used: the probe must work without it.


class ExactAnswers:
    """What the Rust backend can say without sampling; mixed into `bb_core_rs.backend.RustBackend`.

    Thresholds are taken as rounded, so expectations are those of the games that the engines sample, and the
    only error is that of double precision. Answers do not depend on the number of threads; `workers` bounds
    it, None takes all cores. All can be interrupted from the keyboard, which takes a moment, and all raise
    `InvalidInput`, with the reason, for what has no exact answer.
    """

    def can_expect(self, program: Program) -> Verdict:
        """Say No to strategies that look at more than the houses, and to rings of more than 12."""
        from bb_core_rs import _native

        reason = _native.exact_refusal(program)
        return Yes() if reason is None else No(reason)

    def expect(self, program: Program, workers: int | None = None) -> Expectation:
        """Return expected counts of every entry; takes at most 64 MiB a thread besides the answer."""
        from bb_core_rs import _native

        counts, final_ruined = _native.expect(program, workers=check_workers(workers))
        return Expectation(counts, final_ruined)

    def best_responses(self, request: OptimizeRequest) -> BestResponses:
        """Return the best policy of one seat of every entry; what its own strategy is does not matter.

        Actions whose values differ by less than 1e-12 of what is at stake are ties. Policies take
        ``max_nights * 3**H`` bytes an entry; raises `MemoryError` if they do not fit.
        """
        from bb_core_rs import _native

        values, policies = _native.best_responses(
            request.program,
            seat=np.ascontiguousarray(request.seat, dtype=np.uint32),
            prices=np.ascontiguousarray(request.prices, dtype=np.float64),
            keep_policies=request.keep_policies,
            workers=request.workers,
        )
        return BestResponses(values, None if policies is None else tuple(policies))

    def social_optimum(
        self, program: Program, prices: NDArray[np.float64], workers: int | None = None
    ) -> NDArray[np.float64]:
        """Return (E,) the most that all seats of every entry can reach together; their strategies do not matter.

        The number of ways to send a team to the fires grows fast with both: for a hundred nights up to eight
        agents on ten houses can be done, twelve on six, five on twelve.
        """
        from bb_core_rs import _native

        prices = np.ascontiguousarray(prices, dtype=np.float64)
        return _native.social_optimum(program, prices=prices, workers=check_workers(workers))
