"""Data of others: checked against shapes, with the place of each result, and reasoned over."""

from neagraph.checking.progress import ProgressNote
from neagraph.checking.reference import NONE, reference_of
from neagraph.checking.requests import CheckRequest, checker
from neagraph.checking.texts import check, entail_quads

__all__ = [
    "NONE",
    "CheckRequest",
    "ProgressNote",
    "check",
    "checker",
    "entail_quads",
    "reference_of",
]
