"""Statistics that know no fire: numbers with errors, stratified replication, shrinkage."""

from bucket_brigade.statistics.estimates import Estimate, Replication

__all__ = ["Estimate", "Replication"]
