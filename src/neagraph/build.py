"""The write side: sources → closure → gate → checks → snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from neagraph import __version__
from neagraph.entailment.closure import entail
from neagraph.entailment.referee import entail_with_owlrl
from neagraph.entailment.result import Entailment, require_consistent
from neagraph.errors import NotConformingError
from neagraph.gate import entailed_quads, is_asserted, is_in_inbox, require_accepted
from neagraph.merging import merge
from neagraph.model import Changeset, Source, Version
from neagraph.queries import Check, Severity, load_checks
from neagraph.rdf.engine import Engine, Queryable
from neagraph.rdf.io import canonical, from_lines, triples_of
from neagraph.rdf.terms import Literal, NamedNode, Quad
from neagraph.sources import ProjectSources, digests, read_sources
from neagraph.store.digest import digest_of
from neagraph.store.history import Clock, CommitLog, Rebase, now
from neagraph.store.snapshot import (
    GraphEntry,
    Manifest,
    current_snapshot,
    dataset_digest,
    locked,
    read_manifest,
    write_snapshot,
)
from neagraph.store.state import graph_digests, history_path, present_lines, stored_lines
from neagraph.validation.report import ValidationReport
from neagraph.validation.validator import validate
from neagraph.vocab import GRAPH_ENTAILED, NEA, path_of

Step = Callable[[str], None]
"""Told what is being done, before each step."""
_MOST_ROWS: Final = 20
"""How many records are listed for each check that finds some."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A record that breaks the rule of a check: its short name, and what is wrong with it."""

    check: Check
    record: str
    message: str

    def __str__(self) -> str:
        return f"{self.record}: {self.message}"


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The outcome of a build.

    Args:
        snapshot: Where it is.
        manifest: What is in it.
        validation: What the shapes said.
        findings: What the checks found: warnings and remarks, and of violations those that are
            not in the project's files but in what came over HTTP.
    """

    snapshot: Path
    manifest: Manifest
    validation: ValidationReport
    findings: tuple[Finding, ...] = ()


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
    clock: Clock = now,
) -> BuildReport:
    """Build a snapshot from the project's files and make it the current one.

    The same files and program give the same bytes. Whatever is raised, the last good snapshot
    stays in force. Where the state folder has a commit log, a build is a commit: graphs that came
    over HTTP stay, and the snapshot is what later commits are replayed on.

    Args:
        root: The folder that holds `ontology/`, `data/` and, for the checks, `queries/`.
        state: The state folder.
        reasoner: `rules`, or `owlrl` for the referee.
        on_step: Told what is being done.
        clock: Tells the time of the commit.

    Raises:
        UnreadableError: For a file that cannot be read or parsed.
        InconsistencyError: If the data contradict the axioms.
        NotConformingError: If the data violate the shapes, or the files break a rule of a check
            whose severity is violation.
        CatalogueError: If the header of a check breaks the rules of headers.
        UsageError: If the state folder cannot be written or is locked, or a graph has changed
            both in the files and over HTTP.
        HistoryError: If the commit log is damaged or cannot be written.
    """
    with locked(state), _past(state) as past:
        on_step("reading the sources")
        sources = read_sources(root)
        graphs = sources.quads() if past is None else past.merged(sources)
        asserted = [quad for quad in graphs if not is_in_inbox(quad)]
        on_step("working out entailed triples")
        entailment = _entail(asserted, reasoner)
        require_consistent(entailment)
        on_step("checking the data against the shapes")
        validation = validate(triples_of(asserted), shapes=sources.shapes_triples())
        require_accepted(validation)
        on_step("running the checks")
        engine = Engine.of_dataset([*asserted, *entailed_quads(entailment)])
        findings = tuple(find(load_checks(root / "queries"), engine))
        if past is None:
            _require_kept(findings)
        elif any(map(_is_violation, findings)):
            # No check was run when the rest came over HTTP: it is told, not refused.
            own = sources.quads()
            files = Engine.of_dataset([*own, *entailed_quads(_entail(own, reasoner))])
            _require_kept(find(dict.fromkeys(finding.check for finding in findings), files))
        on_step("writing the snapshot")
        quads = canonical([*graphs, *entailed_quads(entailment)])
        manifest = _manifest(sources, quads, validation, engine, reasoner=reasoner)

        def commit(snapshot: str) -> None:
            if past is not None:
                past.commit(snapshot, sources=sources, quads=quads, time=clock())

        written = write_snapshot(state, quads, manifest, on_stored=commit)
        return BuildReport(written, manifest, validation, findings)


def _entail(asserted: Sequence[Quad], reasoner: str) -> Entailment:
    reason = entail_with_owlrl if reasoner == "owlrl" else entail
    return reason(asserted, identity="check")


def find(checks: Iterable[Check], dataset: Queryable) -> Iterator[Finding]:
    """Yield the records of a dataset that break the rules of checks.

    Args:
        checks: The checks; each selects a record and a message.
        dataset: The dataset, entailed triples included, the inbox left out.
    """
    for check in checks:
        for record, message in dataset.select(check.text):
            iri = record.value if isinstance(record, NamedNode) else str(record)
            yield Finding(
                check, path_of(iri) or iri, message.value if isinstance(message, Literal) else ""
            )


def _is_violation(finding: Finding) -> bool:
    return finding.check.severity is Severity.VIOLATION


def _require_kept(findings: Iterable[Finding]) -> None:
    """Raise NotConformingError if a record breaks a rule that must be kept."""
    grave = [finding for finding in findings if _is_violation(finding)]
    if not grave:
        return
    details = list[str]()
    for check in dict.fromkeys(finding.check for finding in grave):
        rows = [str(finding) for finding in grave if finding.check is check]
        details += [f"{check.title} ({check.path.name}). {check.rule}"]
        details += [f"  {row}" for row in rows[:_MOST_ROWS]]
        details += [f"  … and {len(rows) - _MOST_ROWS} more"] * (len(rows) > _MOST_ROWS)
    number = len(grave)
    raise NotConformingError(
        f"The data break rules of the checks: {number} record{'' if number == 1 else 's'}.",
        hint="Mend the records listed above; nothing was written.",
        details=tuple(details),
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """What a build finds in a state folder: the commit log, and the lines of its last state."""

    log: CommitLog
    version: Version
    lines: set[str]

    def merged(self, sources: ProjectSources) -> list[Quad]:
        """Return the asserted quads of files and state."""
        return merge(sources.quads(), from_lines(self.lines), last=self.log.graphs())

    def commit(
        self, snapshot: str, *, sources: ProjectSources, quads: Sequence[Quad], time: datetime
    ) -> None:
        """Log what a build changes, and that a snapshot holds the state after it."""
        after = set(stored_lines(quads))
        added, removed = sorted(after - self.lines), sorted(self.lines - after)
        rebase = Rebase(snapshot, graph_digests(sources.quads()))
        if not added and not removed:
            self.log.rebase(rebase)
            return
        self.log.append(
            Changeset(tuple(added), tuple(removed)),
            author="build",
            message="Build from the project's files",
            digest=digest_of(after),
            time=time,
            after=self.version.number,
            rebase=rebase,
        )


@contextmanager
def _past(state: Path) -> Iterator[_Past | None]:
    """Yield what a build goes on from; None where there is no log, so that files are all there is.

    Raises:
        HistoryError: If the log is damaged, or does not fit the snapshots.
    """
    path = history_path(state)
    if not path.exists():
        yield None
        return
    with CommitLog(path) as log:
        yield _Past(log, log.head(), present_lines(state, log))


def software() -> dict[str, str]:
    """Return name and version of the program and of the libraries that decide on the bytes."""
    names = ("pyoxigraph", "pyshacl", "owlrl", "rdflib")
    return {"neagraph": __version__, **{name: version(name) for name in names}}


def _manifest(
    sources: ProjectSources,
    quads: Sequence[Quad],
    validation: ValidationReport,
    engine: Engine,
    *,
    reasoner: str,
) -> Manifest:
    files: dict[str, list[Source]] = {}
    for file in sources.files:
        files.setdefault(file.graph, []).append(file.source)
    sizes = {**dict.fromkeys(sorted(files), 0), **_sizes(quads)}
    return Manifest(
        digest=dataset_digest(quads),
        software=software(),
        reasoner=reasoner,
        graphs=tuple(
            GraphEntry(name, size, tuple(files.get(name, ())))
            for name, size in sorted(sizes.items())
        ),
        shapes=tuple(file.source for file in sources.shapes),
        counts=_counts(quads, sizes, engine),
        warnings=len(validation.warnings),
        infos=len(validation.infos),
    )


def _sizes(quads: Iterable[Quad]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for quad in quads:
        name = str(quad.graph_name)[1:-1]
        sizes[name] = sizes.get(name, 0) + 1
    return dict(sorted(sizes.items()))


def _counts(quads: Sequence[Quad], sizes: dict[str, int], engine: Engine) -> dict[str, int]:
    instances = {
        name.lower() + "s": len(set(engine.select(f"SELECT ?s {{ ?s a <{NEA}{name}> }}")))
        for name in ("Statement", "Commitment", "Meeting", "Mechanism", "State", "Contribution")
    }
    asserted = sum(size for graph, size in sizes.items() if is_asserted(graph))
    entailed = sizes.get(GRAPH_ENTAILED, 0)
    return {"triples": len(quads), "asserted": asserted, "entailed": entailed, **instances}
