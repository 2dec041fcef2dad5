"""RDF terms: the engine's classes, and their counterparts in rdflib.

The engine's terms are the project's terms; rdflib's are needed only by the referees (pyshacl,
owlrl). `"a"` and `"a"^^xsd:string` are one term in RDF 1.1 and in the engine, and two in rdflib,
so everything goes through `to_rdflib`, which writes the first form.
"""

from __future__ import annotations

import rdflib
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    Triple,
    Variable,
)
from rdflib.term import Node

from neagraph.vocab import PREFIXES, XSD, shorten

__all__ = [
    "BlankNode",
    "DefaultGraph",
    "Literal",
    "NamedNode",
    "Quad",
    "Term",
    "Triple",
    "Variable",
    "from_rdflib",
    "show",
    "to_rdflib",
    "to_rdflib_graph",
]

type_string = XSD + "string"

Term = NamedNode | BlankNode | Literal | Triple
"""Whatever may stand in a solution or as the object of a triple."""


def to_rdflib(term: Term) -> Node:
    """Return the rdflib form of a term, lexical form untouched.

    Raises:
        TypeError: For a triple term, which rdflib does not have.
    """
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, Literal):
        datatype = term.datatype.value
        if term.language is not None or datatype == type_string:
            return rdflib.Literal(term.value, lang=term.language)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(datatype), normalize=False)
    raise TypeError(f"rdflib has no triple terms: {term}")


def from_rdflib(node: Node) -> NamedNode | BlankNode | Literal:
    """Return the engine's form of an rdflib node.

    Raises:
        TypeError: For anything but an IRI, a blank node or a literal.
    """
    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language is not None:
            return Literal(str(node), language=node.language)
        datatype = None if node.datatype is None else NamedNode(str(node.datatype))
        return Literal(str(node), datatype=datatype)
    raise TypeError(f"not an RDF term: {node!r}")


def to_rdflib_graph(triples: list[Triple]) -> rdflib.Graph:
    """Return a new rdflib graph of the triples, with the project's prefixes bound."""
    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    for triple in triples:
        graph.add(
            (to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object))
        )
    return graph


def show(term: Term) -> str:
    """Return the term as people read it: short IRIs, quoted literals."""
    if isinstance(term, NamedNode):
        return shorten(term.value)
    if isinstance(term, Literal) and term.datatype.value.startswith(XSD):
        return f'"{term.value}"'
    return str(term)
