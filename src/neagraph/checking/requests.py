"""Checks that are asked for over HTTP and done in a process of the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from neagraph.checking.live import LiveCheck, Ready
from neagraph.checking.progress import ProgressNote
from neagraph.checking.reference import NONE, reference_of
from neagraph.checking.texts import check
from neagraph.errors import UsageError
from neagraph.model import Answer
from neagraph.rdf.io import triples_of
from neagraph.rdf.terms import Quad, Triple
from neagraph.rdf.text import RdfText
from neagraph.sources import read_shapes
from neagraph.store.dataset import ScopedDataset
from neagraph.store.work import Check
from neagraph.validation.compiler import compile_shapes
from neagraph.validation.formats import report_format_by_name
from neagraph.validation.progress import READING, Step
from neagraph.validation.report import ValidationReport, at_least, severity_of


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A check as it was received.

    Args:
        texts: What is checked, together.
        shapes: Shapes in ours' place, which then see the data alone; empty for ours.
        against: As `reference_of` has it; with shapes, empty and `none` stand for nothing at all.
        most: How many results are told; None for all.
        severity: What is milder is left out.
        form: Name of the form of the report.
        progress: Path of the note that is told of the steps; empty for none.
    """

    texts: tuple[RdfText, ...]
    shapes: tuple[RdfText, ...] = ()
    against: str = ""
    most: int | None = None
    severity: str = "info"
    form: str = "json"
    progress: str = ""

    def to_bytes(self) -> bytes:
        """Return it for another process."""
        fields = {"against": self.against, "most": self.most, "severity": self.severity}
        parts = {"texts": self.texts, "shapes": self.shapes}
        lists = {name: [text.to_fields() for text in texts] for name, texts in parts.items()}
        more = {"form": self.form, "progress": self.progress}
        return json.dumps({**fields, **more, **lists}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> CheckRequest:
        """Return what `to_bytes` wrote."""
        fields = json.loads(data)
        for name in ("texts", "shapes"):
            fields[name] = tuple(RdfText.from_fields(text) for text in fields[name])
        return cls(**fields)

    def tell(self, step: Step) -> None:
        """Tell of a step where somebody wants to know."""
        if self.progress:
            ProgressNote(Path(self.progress)).tell(step)


def checker(root: Path | None, ready: Ready | None = None) -> Check:
    """Return what checks data in a process that holds a dataset; call it before any fork.

    What it returns spoils the dataset: call that in a copy.

    Args:
        root: The folder whose shapes are ours; None where there are none, as in plain mode.
        ready: Returns rules and view of a dataset; None where nobody keeps them ready.

    Raises:
        UnreadableError: If the shapes cannot be read.
        ShapesError: If they cannot be used.
    """
    shapes = [] if root is None else read_shapes(root)
    live = None if ready is None else LiveCheck(compile_shapes(shapes), ready)

    def checked(dataset: ScopedDataset, data: bytes) -> Answer:
        request = CheckRequest.from_bytes(data)
        request.tell(READING)
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
    return check(
        request.texts,
        shapes=triples_of(own) if own else ours,
        reference=_reference(request, dataset),
        consistency=not own,
        most=request.most,
        tell=request.tell,
    )


def _reference(request: CheckRequest, dataset: ScopedDataset) -> list[Quad]:
    """Return what data are read together with: nothing, where other people's shapes come alone."""
    if request.shapes and request.against in {"", NONE}:
        return []
    return reference_of(dataset.quads(), request.against)


def _answer(request: CheckRequest, report: ValidationReport) -> Answer:
    """Return a report in the form that is asked for, behind a line of JSON that sums it up."""
    form = report_format_by_name(request.form)
    told = at_least(report, severity_of(request.severity))
    head = {"accepted": report.accepted, "total": told.total, "shown": len(told.results)}
    return Answer(json.dumps(head).encode() + b"\n" + form.write(told), form.media_type)
