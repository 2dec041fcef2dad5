"""The gate on writes: what a write would change, or why it is refused.

A trial runs in a forked child, on a copy of the dataset that it may spoil; the store process makes
the same changeset its own once the log holds it. Everything is parsed before anything is applied.
In the normal mode a write may touch graphs of reports, of reference data and of the inbox only,
blank nodes in what is written become IRIs, and what it leaves behind must be consistent and conform
to the shapes. In plain mode a write does what SPARQL 1.1 Update and the Graph Store Protocol say.
"""

from neagraph.gate.acceptance import (
    check,
    entailed_quads,
    is_asserted,
    is_in_inbox,
    require_accepted,
)
from neagraph.gate.trials import Gate, PlainGate, Prepared, asserted_quads, trial

__all__ = [
    "Gate",
    "PlainGate",
    "Prepared",
    "asserted_quads",
    "check",
    "entailed_quads",
    "is_asserted",
    "is_in_inbox",
    "require_accepted",
    "trial",
]
