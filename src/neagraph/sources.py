"""The project's own files: which there are, what graph each is, and what they say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from neagraph.errors import UnreadableError
from neagraph.model import Source
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import in_graph, parse, read_file, triples_of
from neagraph.rdf.terms import Quad, Triple
from neagraph.vocab import GRAPH_ONTOLOGY, GRAPH_VOCAB, graph_of_data


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the project as it was read: its place, digest, graph name and triples."""

    source: Source
    graph: str
    quads: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class ProjectSources:
    """Everything a build reads: files of the dataset, and files of the shapes graph."""

    files: tuple[SourceFile, ...]
    shapes: tuple[SourceFile, ...]

    def quads(self) -> list[Quad]:
        """Return all quads of the dataset, each in its file's graph."""
        return [quad for file in self.files for quad in file.quads]

    def triples(self, *, without: frozenset[str] = frozenset()) -> list[Triple]:
        """Return the triples of the dataset, without those of the graphs named."""
        return triples_of(q for f in self.files if f.graph not in without for q in f.quads)

    def ontology(self) -> list[Quad]:
        """Return the quads of the ontology."""
        return [quad for file in self.files if file.graph == GRAPH_ONTOLOGY for quad in file.quads]

    def shapes_triples(self) -> list[Triple]:
        """Return the triples of the shapes graph."""
        return triples_of(q for f in self.shapes for q in f.quads)


def dataset_paths(root: Path) -> list[tuple[Path, str]]:
    """Return the files of the dataset with the names of their graphs, in a fixed order."""
    ontology, data = root / "ontology", root / "data"
    modules = [ontology / "neagraph.ttl", *sorted(ontology.glob("modules/*.ttl"))]
    return [
        *((path, GRAPH_ONTOLOGY) for path in modules),
        *((path, GRAPH_VOCAB) for path in sorted(ontology.glob("vocab/*.ttl"))),
        *_data_paths(data / "reference", "reference"),
        *_data_paths(data / "reports", "report"),
    ]


def _data_paths(folder: Path, kind: str) -> list[tuple[Path, str]]:
    return [(path, graph_of_data(kind, path.stem)) for path in sorted(folder.glob("*.ttl"))]


def shapes_paths(root: Path) -> list[Path]:
    """Return the files of the shapes graph, in a fixed order."""
    return sorted(root.glob("ontology/shapes/*.ttl"))


def digests(root: Path) -> dict[str, str]:
    """Return path and SHA-256 of every file that a build reads."""
    paths = [*(path for path, _ in dataset_paths(root)), *shapes_paths(root)]
    sources = [_source(path, read_file(path), root) for path in paths]
    return {source.path: source.sha256 for source in sources}


def read_sources(root: Path) -> ProjectSources:
    """Read and parse every file of the project.

    Args:
        root: The folder that holds `ontology/` and `data/`.

    Raises:
        RdfSyntaxError: For a file that is not Turtle, with its place.
        UnreadableError: For one that cannot be read or is empty.
    """
    files = [_read(path, graph, root) for path, graph in dataset_paths(root)]
    return ProjectSources(tuple(files), _shapes(root))


def read_shapes(root: Path) -> list[Triple]:
    """Return the triples of the shapes graph alone; otherwise as `read_sources`."""
    return ProjectSources((), _shapes(root)).shapes_triples()


def _shapes(root: Path) -> tuple[SourceFile, ...]:
    shapes = tuple(_read(path, "", root) for path in shapes_paths(root))
    if not shapes:
        raise UnreadableError("There are no shapes.", where=str(root / "ontology" / "shapes"))
    return shapes


def _read(path: Path, graph: str, root: Path) -> SourceFile:
    data = read_file(path)
    quads = parse(data, TURTLE, source=str(path))
    named = in_graph(quads, graph) if graph else quads
    return SourceFile(_source(path, data, root), graph, tuple(named))


def _source(path: Path, data: bytes, root: Path) -> Source:
    return Source(path.relative_to(root).as_posix(), hashlib.sha256(data).hexdigest())
