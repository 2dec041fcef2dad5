"""After any writes, the gate has said of each what a look at the whole dataset says."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from neagraph.errors import InconsistencyError, NeagraphError, NotConformingError, NotFoundError
from neagraph.gate import Gate, check
from neagraph.gate.acceptance import is_apart
from neagraph.model import Changeset, Limits, Write, WriteKind
from neagraph.rdf.engine import Engine
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import in_graph, parse, to_lines, triples_of
from neagraph.rdf.terms import Quad
from neagraph.store.dataset import ScopedDataset
from neagraph.store.forking import ForkingStore
from neagraph.validation.compiler import compile_shapes
from neagraph.vocab import GRAPH_ENTAILED, GRAPH_ONTOLOGY, ID

PREFIXES = """
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix a: <a:> . @prefix o: <o:> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
AXIOMS = """
o:Cat a owl:Class ; rdfs:subClassOf o:Animal ; owl:disjointWith o:Dog .
o:Dog a owl:Class ; rdfs:subClassOf o:Animal . o:Animal a owl:Class .
o:Kitten a owl:Class ; rdfs:subClassOf o:Cat .
o:likes a owl:ObjectProperty ; rdfs:range o:Animal ; owl:inverseOf o:likedBy .
o:under a owl:ObjectProperty , owl:TransitiveProperty , owl:IrreflexiveProperty .
[ owl:onProperty o:likes ; owl:someValuesFrom o:Kitten ] rdfs:subClassOf o:Kind .
"""
SHAPES = """
o:CatShape a sh:NodeShape ; sh:targetClass o:Cat ; sh:property o:name , o:age .
o:name sh:path o:name ; sh:minCount 1 ; sh:message "A cat has a name." .
o:age sh:path o:age ; sh:pattern "^[1-9]" ; sh:message "No leading zero." .
o:LikesShape a sh:NodeShape ; sh:targetSubjectsOf o:likes ; sh:property o:what .
o:what sh:path o:likes ; sh:class o:Animal ; sh:message "Only animals are liked." .
"""
GRAPHS = (f"{ID}graph/report/one", f"{ID}graph/reference/two", f"{ID}graph/inbox/three")

names = st.sampled_from(["a:tom", "a:kit", "a:rex"])
triple = st.one_of(
    st.tuples(names, st.just("a"), st.sampled_from(["o:Cat", "o:Dog", "o:Kitten", "o:Animal"])),
    st.tuples(names, st.just("o:name"), st.sampled_from(['"x"', '"y"'])),
    st.tuples(names, st.just("o:name"), st.sampled_from(['"x"', '"y"'])),
    st.tuples(names, st.just("o:age"), st.sampled_from(['"07"^^xsd:integer', "7", "3"])),
    st.tuples(names, st.sampled_from(["o:likes", "o:likedBy", "o:under"]), names),
    st.tuples(names, st.just("o:likes"), names),
    st.just(("o:Dog", "rdfs:subClassOf", "o:Kind")),
    st.just(("o:likes", "rdfs:domain", "o:Animal")),
).map(" ".join)
graph = st.sampled_from(GRAPHS)
body = st.lists(triple, min_size=1, max_size=5).map(lambda told: " . ".join([*told, ""]))
prefixes = PREFIXES.replace("@prefix", "PREFIX").replace("> .", ">")


def update(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[Write]:
    drawn = st.tuples(*parts)
    return drawn.map(lambda told: Write(WriteKind.UPDATE, prefixes + template.format(*told)))


def sent(kind: WriteKind) -> st.SearchStrategy[Write]:
    def write(drawn: tuple[str, str]) -> Write:
        text, name = drawn
        bodies = () if kind is WriteKind.DELETE else (((PREFIXES + text).encode(), "turtle"),)
        return Write(kind, bodies=bodies, graph=name)

    return st.tuples(body, graph).map(write)


writes = st.one_of(
    update("INSERT DATA {{ GRAPH <{}> {{ {} }} }}", graph, body),
    update("INSERT DATA {{ GRAPH <{}> {{ {} }} }}", graph, body),
    update("DELETE DATA {{ GRAPH <{}> {{ {} }} }}", graph, body),
    update("DELETE WHERE {{ GRAPH <{}> {{ {} ?p ?o }} }}", graph, names),
    update("DELETE {{ GRAPH ?g {{ ?s a ?c }} }} WHERE {{ GRAPH ?g {{ ?s o:name {} ; a ?c }} }}",
           st.sampled_from(['"x"', '"y"'])),
    update("INSERT {{ GRAPH <{}> {{ ?s o:name 'x' }} }} WHERE {{ GRAPH <{}> {{ ?s a o:Cat }} }}",
           graph, graph),
    update("MOVE <{}> TO <{}>", graph, graph),
    sent(WriteKind.PUT), sent(WriteKind.POST), sent(WriteKind.DELETE),
)  # fmt: skip


def quads(text: str, name: str) -> list[Quad]:
    return in_graph(parse((PREFIXES + text).encode(), TURTLE, source="test"), name)


def outcome(present: Iterable[Quad], write: Write, shapes: list) -> set[str] | NeagraphError:
    """Return all lines after a write, or why it is refused, from a look at the whole."""
    engine = Engine(quad for quad in present if quad.graph_name.value != GRAPH_ENTAILED)
    written = list[Quad]()
    try:
        if write.kind is WriteKind.UPDATE:
            engine.update(write.text)
        else:
            written = _replace(engine, write)
        after = list(engine.quads())
        asserted = [quad for quad in after if not is_apart(quad)]
        if set(asserted) == {quad for quad in present if not is_apart(quad)}:
            return set(to_lines(after)) | {
                line for line in to_lines(present) if GRAPH_ENTAILED in line
            }
        return set(to_lines([*after, *check(asserted, shapes=shapes, as_written=written)]))
    except NeagraphError as error:
        return error


def _replace(engine: Engine, write: Write) -> list[Quad]:
    if write.kind is WriteKind.DELETE and write.graph not in engine.graph_names():
        raise NotFoundError("")
    texts = [parse(data, TURTLE, source="test") for data, _ in write.bodies]
    written = in_graph([quad for text in texts for quad in text], write.graph or "")
    if write.kind is not WriteKind.POST:
        engine.remove(list(engine.quads(write.graph)))
    engine.add(written)
    return written


@seed(20201012)
@settings(
    deadline=None,
    max_examples=60,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(writes, min_size=4, max_size=10))
def test_gate_says_of_each_write_what_a_look_at_the_whole_says(drawn):
    shapes = triples_of(parse((PREFIXES + SHAPES).encode(), TURTLE, source="shapes"))
    start = [*quads(AXIOMS, GRAPH_ONTOLOGY), *quads('a:tom a o:Cat ; o:name "x" .', GRAPHS[0])]
    dataset = ScopedDataset([*start, *check(start, shapes=shapes)])
    store = ForkingStore(dataset, trial=Gate(compile_shapes(shapes)))
    for write in drawn:
        expected = outcome(list(dataset.quads()), write, shapes)
        found = attempted(store, write)
        if isinstance(expected, set):
            assert isinstance(found, Changeset), found
            store.apply(found)
            assert set(to_lines(dataset.quads())) == expected
        else:
            assert type(found) is type(expected)
            if isinstance(expected, InconsistencyError | NotConformingError):
                assert isinstance(found, NeagraphError)
                assert sorted(found.details) == sorted(expected.details)


def attempted(store: ForkingStore, write: Write) -> Changeset | NeagraphError:
    try:
        return store.trial(write, Limits(seconds=20))
    except NeagraphError as error:
        return error
