"""Filling the server with the data of a test, and reading back what it holds."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from neagraph.rdf.formats import graph_format_by_path
from neagraph.rdf.io import from_lines, in_graph
from neagraph.rdf.query_text import default_graphs, named_graphs
from neagraph.rdf.terms import NamedNode, Quad

from .manifests import Data, Entry, iri_of, path_of, read

FORM = "application/x-www-form-urlencoded"


@dataclass
class Server:
    """The server under test, and what it was filled with last.

    Args:
        client: Speaks to it.
        loaded: The data that it holds; None if that is not known.
    """

    client: httpx.Client
    loaded: Data | None = field(default=None)

    def clear(self) -> None:
        """Empty it."""
        answer = self.client.post("/update", data={"update": "DROP ALL"})
        assert answer.is_success, answer.text
        self.loaded = None

    def fill(self, data: Data, *, kept: bool) -> None:
        """Let it hold the data and nothing else.

        Args:
            data: The data.
            kept: Whether the test leaves them as they are.
        """
        if self.loaded is None or self.loaded != data:
            self.clear()
            for path in data.default:
                self._send("default", path)
            for name, path in data.named:
                self._send({"graph": name}, path)
        self.loaded = data if kept else None

    def _send(self, graph: str | dict[str, str], path) -> None:
        headers = {"Content-Type": graph_format_by_path(path).media_type}
        content = f"@base <{iri_of(path)}> .\n".encode() if path.suffix == ".ttl" else b""
        answer = self.client.post(
            "/graphs", params=graph, content=content + path.read_bytes(), headers=headers
        )
        assert answer.is_success, answer.text

    def holds(self) -> list[Quad]:
        """Everything that it holds."""
        graphs = self.client.post(
            "/sparql", data={"query": "SELECT DISTINCT ?g { GRAPH ?g {} }", "format": "json"}
        ).json()
        names = [row["g"]["value"] for row in graphs["results"]["bindings"]]
        quads = self._graph("default")
        for name in names:
            quads += in_graph(self._graph({"graph": name}), name)
        return quads

    def _graph(self, graph: str | dict[str, str]) -> list[Quad]:
        headers = {"Accept": "application/n-triples"}
        answer = self.client.get("/graphs", params=graph, headers=headers)
        assert answer.is_success, answer.text
        return from_lines(answer.text.splitlines())


def text_of(entry: Entry) -> str:
    """The query or update of a test; relative IRIs are resolved against its file."""
    if entry.action is None:
        raise ValueError(f"{entry.id} has no file")
    return f"BASE <{iri_of(entry.action)}> {entry.action.read_text()}"


def data_of(entry: Entry, text: str) -> Data:
    """The data of a test; without any, the files of its FROM clauses are graphs of their names."""
    if entry.data.default or entry.data.named:
        return entry.data
    names = dict.fromkeys([*default_graphs(text), *named_graphs(text)])
    files = [(name, path_of(NamedNode(name))) for name in names]
    return Data(named=tuple((name, path) for name, path in files if path is not None))


def quads_of(data: Data) -> list[Quad]:
    """The quads of a dataset of files."""
    quads = [Quad(q.subject, q.predicate, q.object) for path in data.default for q in read(path)]
    for name, path in data.named:
        quads += in_graph(read(path), name)
    return quads
