"""After any changes, the closure that follows them is the one that is worked out anew."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from neagraph.entailment.closure import entail
from neagraph.entailment.result import ClosureChange, Entailment
from neagraph.entailment.upkeep import Closure
from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import in_graph, parse
from neagraph.rdf.terms import NamedNode, Quad, Triple
from neagraph.vocab import GRAPH_ENTAILED, GRAPH_ONTOLOGY, ID

from .test_closure_equals_referee import CLASSES, DECLARATIONS, PREFIXES, PROPERTIES, axiom

ROOT = Path(__file__).parents[2]
ENTAILED = NamedNode(GRAPH_ENTAILED)
GRAPHS = tuple(NamedNode(f"{ID}graph/report/{name}") for name in "ab")

names = st.sampled_from([":i0", ":i1", ":i2", ":i3", "_:b0"])
links = st.tuples(names, st.sampled_from(PROPERTIES), names).map(" ".join)
members = st.tuples(names, st.just("a"), st.sampled_from(CLASSES)).map(" ".join)
values = st.sampled_from([':i0 :d0 "a"', ":i1 :d0 1", ':i2 :d1 "b"', ":i1 owl:differentFrom :i2"])
held = st.tuples(st.one_of(links, links, members, values), st.sampled_from(GRAPHS))
changes = st.lists(
    st.tuples(st.frozensets(held, max_size=3), st.integers(0, 4)), min_size=2, max_size=5
)
axioms_drawn = st.lists(axiom, min_size=3, max_size=9)
walks = st.tuples(st.frozensets(held, min_size=6, max_size=16), changes)
"""Some facts, and then what comes each time, and which ones of each five go."""
examples = settings(
    deadline=None,
    max_examples=150,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def quads(turtle: str, graph: NamedNode) -> list[Quad]:
    parsed = pyoxigraph.parse((PREFIXES + turtle).encode(), format=pyoxigraph.RdfFormat.TURTLE)
    return [Quad(q.subject, q.predicate, q.object, graph) for q in parsed]


def entailed(engine: Engine) -> set[Triple]:
    return {quad.triple for quad in engine.quads(GRAPH_ENTAILED)}


def closed(asserted: list[Quad]) -> Engine:
    follows = [Quad(t.subject, t.predicate, t.object, ENTAILED) for t in entail(asserted).triples]
    return Engine.of_dataset([*asserted, *follows])


def changed(
    closure: Closure, engine: Engine, before: Iterable[Quad], after: Iterable[Quad]
) -> ClosureChange:
    """Change the asserted quads of an engine, and have its closure follow."""
    old, new = set(before), set(after)
    engine.remove(old - new)
    engine.add(new - old)
    was, now = {quad.triple for quad in old}, {quad.triple for quad in new}
    return closure.maintain(engine, added=now - was, removed=was - now, asserted=lambda: new)


@seed(20201012)
@examples
@given(axioms_drawn, walks)
def test_closure_follows_any_change_or_tells_the_clashes_of_the_whole(axioms, walk):
    """What a clash refuses is left out, as a write is that the gate refuses."""
    ontology = quads(DECLARATIONS + " ".join(axioms), NamedNode(GRAPH_ONTOLOGY))
    present, steps = set[tuple[str, NamedNode]](), [(walk[0], 0), *walk[1]]
    engine = closed(ontology)
    for come, going in steps if not entail(ontology).clashes else ():
        gone = set(sorted(present, key=str)[going::5])
        before, after = facts(present, ontology), facts(present - gone | come, ontology)
        change = changed(Closure.of(engine), engine, before, after)
        anew = entail(after)
        assert change.clashes == anew.clashes
        if anew.clashes:
            engine = closed(before)
            continue
        assert_changed(closed(before), change, anew)
        assert shown(entailed(engine)) == shown(anew.triples)
        present = present - gone | come


def assert_changed(start: Engine, change: ClosureChange, anew: Entailment) -> None:
    """A change tells exactly what becomes of the entailed triples that there were."""
    there = entailed(start)
    assert not there & change.added
    assert there >= change.removed
    assert (there | change.added) - change.removed == set(anew.triples)


def shown(triples: Iterable[Triple]) -> list[str]:
    return sorted(map(str, triples))


def facts(state: set[tuple[str, NamedNode]], ontology: list[Quad]) -> list[Quad]:
    return [*ontology, *(quad for text, graph in state for quad in stored(f"{text} .", graph))]


def stored(text: str, graph: NamedNode) -> list[Quad]:
    """Return quads as the engine has them, blank nodes with the label that is written."""
    named = text.replace("_:", "<urn:blank:>_").replace("<urn:blank:>_b", ":blank_b")
    return [
        Quad(_blank(q.subject), q.predicate, _blank(q.object), q.graph_name)
        for q in Engine(quads(named, graph)).quads()
    ]


def _blank(term):
    value = getattr(term, "value", "")
    start = "http://example.org/blank_"
    return pyoxigraph.BlankNode(value.removeprefix(start)) if value.startswith(start) else term


@pytest.mark.slow
@pytest.mark.parametrize("number", range(2))
def test_closure_of_the_projects_own_data_follows_what_comes_and_goes(number):
    """Facts of all kinds go and come back; some come with another object, until that clashes."""
    chance = random.Random(number)  # noqa: S311  the same ones in each run
    whole = project()
    engine = closed(whole)
    closure = Closure.of(engine)
    axioms = [quad for quad in whole if closure.concerns(quad.triple)]
    facts = sorted(set(whole) - set(axioms), key=str)
    present = set(facts)
    for _ in range(6):
        gone = set(chance.sample(sorted(present, key=str), 200))
        back = set(chance.sample(facts, 300))
        first, second = chance.sample(facts, 2)
        odd = Quad(first.subject, second.predicate, second.object, first.graph_name)
        after = present - gone | back | {odd}
        if closure.concerns(odd.triple) or entail([*axioms, *after]).clashes:
            after.discard(odd)
        change = changed(closure, engine, [*axioms, *present], [*axioms, *after])
        assert (change.clashes, change.is_complete) == ((), False)
        assert shown(entailed(engine)) == shown(entail([*axioms, *after]).triples)
        present = after


def project() -> list[Quad]:
    """Return the ontology and the data of the project, each quad in one of the graphs."""
    folders = ("ontology", "ontology/modules", "ontology/vocab", "data/reference", "data/reports")
    paths = [path for folder in folders for path in sorted((ROOT / folder).glob("*.ttl"))]
    parsed = [quad for path in paths for quad in parse(path.read_bytes(), TURTLE, source=str(path))]
    return list(Engine(in_graph(parsed, GRAPHS[0].value)).quads())
