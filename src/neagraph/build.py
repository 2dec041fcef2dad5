"""The write side: sources → closure → gate → snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from neagraph import __version__
from neagraph.entailment.closure import entail
from neagraph.entailment.referee import entail_with_owlrl
from neagraph.entailment.result import Entailment, require_consistent
from neagraph.errors import NotConformingError
from neagraph.model import Source
from neagraph.rdf.engine import Engine
from neagraph.rdf.io import canonical, in_graph
from neagraph.rdf.terms import Quad
from neagraph.sources import ProjectSources, digests, read_sources
from neagraph.store.snapshot import (
    GraphEntry,
    Manifest,
    current_snapshot,
    dataset_digest,
    locked,
    read_manifest,
    write_snapshot,
)
from neagraph.validation.report import ValidationReport, to_text
from neagraph.validation.validator import validate
from neagraph.vocab import GRAPH_ENTAILED, NEA

Step = Callable[[str], None]
"""Told what is being done, before each step."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The outcome of a build: where the snapshot is, its manifest, what the shapes said."""

    snapshot: Path
    manifest: Manifest
    validation: ValidationReport


def is_current(root: Path, state: Path, *, reasoner: str) -> bool:
    """Return whether the state folder holds a snapshot of these very files and this program.

    Raises:
        SnapshotError: If there is a snapshot whose manifest cannot be read.
    """
    folder = current_snapshot(state)
    if folder is None:
        return False
    manifest = read_manifest(folder)
    same = manifest.sources() == digests(root) and manifest.software == software()
    return same and manifest.reasoner == reasoner


def build(
    root: Path,
    state: Path,
    *,
    reasoner: str = "rules",
    on_step: Step = lambda _: None,
) -> BuildReport:
    """Build a snapshot from the project's files and make it the current one.

    The same files and program give the same bytes. Whatever is raised, the last good snapshot
    stays in force.

    Args:
        root: The folder that holds `ontology/` and `data/`.
        state: The state folder.
        reasoner: `rules`, or `owlrl` for the referee.
        on_step: Told what is being done.

    Raises:
        UnreadableError: For a file that cannot be read or parsed.
        InconsistencyError: If the data contradict the axioms.
        NotConformingError: If the data violate the shapes.
        UsageError: If the state folder cannot be written or is locked.
    """
    with locked(state):
        on_step("reading the sources")
        sources = read_sources(root)
        on_step("working out entailed triples")
        reason = entail_with_owlrl if reasoner == "owlrl" else entail
        entailment = reason(sources.quads(), identity="check")
        require_consistent(entailment)
        on_step("checking the data against the shapes")
        validation = validate(sources.triples(), shapes=sources.shapes_triples())
        require_accepted(validation)
        on_step("writing the snapshot")
        quads = canonical([*sources.quads(), *_entailed_quads(entailment)])
        manifest = _manifest(sources, quads, validation, reasoner=reasoner)
        return BuildReport(write_snapshot(state, quads, manifest), manifest, validation)


def require_accepted(report: ValidationReport) -> None:
    """Raise NotConformingError with the readable report if there is a violation in it."""
    if not report.accepted:
        count = len(report.violations)
        raise NotConformingError(
            f"The data do not conform: {count} violation{'' if count == 1 else 's'}.",
            hint="Mend the records listed above; nothing was written.",
            details=tuple(to_text(report).splitlines()),
        )


def software() -> dict[str, str]:
    """Return name and version of the program and of the libraries that decide on the bytes."""
    names = ("pyoxigraph", "pyshacl", "owlrl", "rdflib")
    return {"neagraph": __version__, **{name: version(name) for name in names}}


def _entailed_quads(entailment: Entailment) -> list[Quad]:
    return in_graph((Quad(t.subject, t.predicate, t.object) for t in entailment.triples),
                    GRAPH_ENTAILED)  # fmt: skip


def _manifest(
    sources: ProjectSources, quads: Sequence[Quad], validation: ValidationReport, *, reasoner: str
) -> Manifest:
    files: dict[str, list[Source]] = {}
    for file in sources.files:
        files.setdefault(file.graph, []).append(file.source)
    sizes = _sizes(quads)
    return Manifest(
        digest=dataset_digest(quads),
        software=software(),
        reasoner=reasoner,
        graphs=tuple(
            GraphEntry(name, size, tuple(files.get(name, ()))) for name, size in sizes.items()
        ),
        shapes=tuple(file.source for file in sources.shapes),
        counts=_counts(quads, sizes),
        warnings=len(validation.warnings),
        infos=len(validation.infos),
    )


def _sizes(quads: Iterable[Quad]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for quad in quads:
        name = str(quad.graph_name)[1:-1]
        sizes[name] = sizes.get(name, 0) + 1
    return dict(sorted(sizes.items()))


def _counts(quads: Sequence[Quad], sizes: dict[str, int]) -> dict[str, int]:
    engine = Engine.of_dataset(quads)
    instances = {
        name.lower() + "s": len(set(engine.select(f"SELECT ?s {{ ?s a <{NEA}{name}> }}")))
        for name in ("Statement", "Commitment", "Meeting", "Mechanism", "State", "Contribution")
    }
    entailed = sizes.get(GRAPH_ENTAILED, 0)
    return {"triples": len(quads), "asserted": len(quads) - entailed, "entailed": entailed,
            **instances}  # fmt: skip
