"""Turtle in, entailment out: what the tests of this folder share."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph

from neagraph.entailment.closure import entail
from neagraph.entailment.result import Entailment
from neagraph.entailment.rules import Identity

ROOT = Path(__file__).parents[3]
PREFIXES = """
@prefix : <http://example.org/> .
@prefix nea: <https://w3id.org/neagraph/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def quads(turtle: str) -> list[pyoxigraph.Quad]:
    """Return the quads of a Turtle text without prefixes, in the default graph."""
    parsed = pyoxigraph.parse(
        (PREFIXES + turtle).encode(),
        format=pyoxigraph.RdfFormat.TURTLE,
        base_iri="https://w3id.org/neagraph/id/",
        rename_blank_nodes=True,
    )
    return [pyoxigraph.Quad(q.subject, q.predicate, q.object) for q in parsed]


def triples(turtle: str) -> set[pyoxigraph.Triple]:
    return {quad.triple for quad in quads(turtle)}


def entailment(turtle: str, *, identity: Identity = "check") -> Entailment:
    return entail(quads(turtle), identity=identity)


def entailed(turtle: str, *, identity: Identity = "check") -> set[pyoxigraph.Triple]:
    return set(entailment(turtle, identity=identity).triples)


def project_quads(*folders: str) -> list[pyoxigraph.Quad]:
    """Return the quads of all Turtle files directly in the project's folders."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).glob("*.ttl"))]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    return [quad for text in texts for quad in quads(text)]


TBOX = ("ontology", "ontology/modules")
DATA = (*TBOX, "ontology/vocab", "data/reference", "data/reports")
