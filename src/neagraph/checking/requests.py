"""Checks that are asked for over HTTP and done in a process of the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from neagraph.checking.live import LiveCheck, Views
from neagraph.checking.reference import NONE, reference_of
from neagraph.checking.texts import check
from neagraph.errors import UsageError
from neagraph.model import Answer
from neagraph.rdf.io import triples_of
from neagraph.rdf.terms import Triple
from neagraph.rdf.text import RdfText
from neagraph.sources import read_shapes
from neagraph.store.dataset import ScopedDataset
from neagraph.store.server import Check
from neagraph.validation.compiler import compile_shapes
from neagraph.validation.formats import report_format_by_name
from neagraph.validation.report import ValidationReport, at_least, severity_of


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A check as it was received.

    Args:
        texts: What is checked, together.
        shapes: Shapes in ours' place, which then see the data alone; empty for ours.
        against: As `reference_of` has it; `none` where there are shapes, unless it says more.
        most: How many results are told; None for all.
        severity: What is milder is left out.
        form: Name of the form of the report.
    """

    texts: tuple[RdfText, ...]
    shapes: tuple[RdfText, ...] = ()
    against: str = ""
    most: int | None = None
    severity: str = "info"
    form: str = "json"

    def to_bytes(self) -> bytes:
        """Return it for another process."""
        fields = {"against": self.against, "most": self.most, "severity": self.severity}
        parts = {"texts": self.texts, "shapes": self.shapes}
        lists = {name: [text.to_fields() for text in texts] for name, texts in parts.items()}
        return json.dumps({**fields, "form": self.form, **lists}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> CheckRequest:
        """Return what `to_bytes` wrote."""
        fields = json.loads(data)
        for name in ("texts", "shapes"):
            fields[name] = tuple(RdfText.from_fields(text) for text in fields[name])
        return cls(**fields)


def checker(root: Path | None, views: Views | None = None) -> Check:
    """Return what checks data in a process that holds a dataset; call it before any fork.

    What it returns spoils the dataset: call that in a copy.

    Args:
        root: The folder whose shapes are ours; None where there are none, as in plain mode.
        views: What our shapes look at in a dataset; None where nobody keeps it ready.

    Raises:
        UnreadableError: If the shapes cannot be read.
        ShapesError: If they cannot be used.
    """
    shapes = [] if root is None else read_shapes(root)
    live = None if views is None else LiveCheck(compile_shapes(shapes), views)

    def checked(dataset: ScopedDataset, data: bytes) -> Answer:
        request = CheckRequest.from_bytes(data)
        report = None
        if live is not None and not request.shapes and not request.against:
            report = live.check(request.texts, dataset, most=request.most)
        if report is None:
            report = _report(request, shapes, dataset)
        return _answer(request, report)

    return checked


def _report(
    request: CheckRequest, ours: Sequence[Triple], dataset: ScopedDataset
) -> ValidationReport:
    if not request.shapes and not ours:
        raise UsageError("There are no shapes here.", hint="Send some as the part shapes.")
    own = [quad for text in request.shapes for quad in text.quads()]
    against = request.against or (NONE if own else "")
    return check(
        request.texts,
        shapes=triples_of(own) if own else ours,
        reference=reference_of(dataset.quads(), against),
        most=request.most,
    )


def _answer(request: CheckRequest, report: ValidationReport) -> Answer:
    """Return a report in the form that is asked for, behind a line of JSON that sums it up."""
    form = report_format_by_name(request.form)
    told = at_least(report, severity_of(request.severity))
    head = {"accepted": report.accepted, "total": told.total, "shown": len(told.results)}
    return Answer(json.dumps(head).encode() + b"\n" + form.write(told), form.media_type)
