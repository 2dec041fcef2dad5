"""Namespaces, prefixes and the addresses of things; nothing else writes an IRI as text.

Terms are plain strings (absolute IRIs). `https://w3id.org/neagraph/` is a constant: it stands in
Turtle, queries and code alike, whatever host serves the graph.
"""

from __future__ import annotations

import re
from typing import Final

BASE: Final = "https://w3id.org/neagraph/"
ID: Final = BASE + "id/"
DOC: Final = BASE + "doc/"
ONTOLOGY: Final = BASE + "ontology"

NEA: Final = ONTOLOGY + "#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DCTERMS: Final = "http://purl.org/dc/terms/"
PROV: Final = "http://www.w3.org/ns/prov#"
OA: Final = "http://www.w3.org/ns/oa#"
ORG: Final = "http://www.w3.org/ns/org#"
SH: Final = "http://www.w3.org/ns/shacl#"
VOID: Final = "http://rdfs.org/ns/void#"
VANN: Final = "http://purl.org/vocab/vann/"

PREFIXES: Final[dict[str, str]] = {
    "nea": NEA,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "prov": PROV,
    "oa": OA,
    "org": ORG,
    "sh": SH,
    "void": VOID,
    "vann": VANN,
}
"""Prefix to namespace, for everything that the project writes and for the query editor."""

RDF_TYPE: Final = RDF + "type"
RDFS_LABEL: Final = RDFS + "label"
SKOS_PREF_LABEL: Final = SKOS + "prefLabel"

GRAPH_ONTOLOGY: Final = ID + "graph/ontology"
GRAPH_VOCAB: Final = ID + "graph/vocab"
GRAPH_ENTAILED: Final = ID + "graph/entailed"
GRAPH_INBOX: Final = ID + "graph/inbox/"
"""What the names of graphs begin with that are kept outside the union, unchecked."""
GRAPHS_WRITABLE: Final = (ID + "graph/report/", ID + "graph/reference/", GRAPH_INBOX)
"""What the names of graphs begin with that may be written over HTTP."""
GENID: Final = BASE + ".well-known/genid/"
"""Where the IRIs stand that take the place of blank nodes (RDF 1.1, section 3.5)."""


def thing(path: str) -> str:
    """Return the IRI of a thing from its path, such as `state/japan`."""
    return ID + path


def graph_of_data(folder: str, stem: str) -> str:
    """Return the name of the graph of one data file.

    Args:
        folder: `report` or `reference`.
        stem: File name without suffix.
    """
    return f"{ID}graph/{folder}/{stem}"


def is_writable(graph: str) -> bool:
    """Return whether the graph of this name may be written over HTTP."""
    below = any(graph.startswith(start) and graph != start for start in GRAPHS_WRITABLE)
    return below and names_one_thing(graph)


def names_one_thing(iri: str) -> bool:
    """Return whether an IRI of ours is the same for everybody who reads it.

    It is not where a segment of its path is empty or made of dots: whoever normalises it takes it
    for another one (RFC 3986, section 6.2.2).
    """
    path = re.split(r"[?#]", iri.removeprefix(ID), maxsplit=1)[0]
    segments = path.lower().replace("%2e", ".").split("/")
    return not {"", ".", ".."}.intersection(segments)


def path_of(iri: str) -> str | None:
    """Return the path of a thing's IRI, such as `state/japan`; None for any other IRI."""
    return iri.removeprefix(ID) if iri.startswith(ID) and len(iri) > len(ID) else None


def shorten(iri: str) -> str:
    """Return the short form that people read: `state/japan`, `nea:actor`, or `<…>` in full."""
    path = path_of(iri)
    if path is not None:
        return path
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local and not set(local) & set("/#?"):
            return f"{prefix}:{local}"
    return f"<{iri}>"
