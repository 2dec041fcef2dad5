"""The gate: what a write would change, and what no write can get through."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from neagraph.build import BuildReport
from neagraph.errors import (
    FormatError,
    InconsistencyError,
    NotConformingError,
    NotFoundError,
    QueryError,
    RdfSyntaxError,
    RefusedError,
    UnreadableError,
    UnsupportedAxiomError,
    UsageError,
)
from neagraph.gate import Gate, PlainGate, check, trial
from neagraph.model import Changeset, Limits, Write, WriteKind
from neagraph.rdf.formats import TURTLE
from neagraph.rdf.io import from_lines, in_graph, parse, triples_of
from neagraph.rdf.terms import Quad
from neagraph.settings import project_root
from neagraph.store.dataset import ScopedDataset
from neagraph.store.forking import ForkingStore
from neagraph.store.snapshot import load_dataset
from neagraph.validation.compiler import compile_shapes
from neagraph.vocab import GENID, GRAPH_ENTAILED, GRAPH_ONTOLOGY, ID

REPORT = ID + "graph/report/one"
REFERENCE = ID + "graph/reference/two"
INBOX = ID + "graph/inbox/three"
UPDATE, PUT, POST, DELETE = WriteKind.UPDATE, WriteKind.PUT, WriteKind.POST, WriteKind.DELETE

AXIOMS = b"""
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<o:> a owl:Ontology .
<o:Cat> a owl:Class ; rdfs:subClassOf <o:Animal> ; owl:disjointWith <o:Dog> .
<o:Dog> a owl:Class ; rdfs:subClassOf <o:Animal> .
<o:Animal> a owl:Class .
"""
SHAPES = b"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<o:CatShape> a sh:NodeShape ; sh:targetClass <o:Cat> ;
  sh:property <o:CatShape-name>, <o:CatShape-age> .
<o:CatShape-name> sh:path <o:name> ; sh:minCount 1 ; sh:message "A cat has a name." .
<o:CatShape-age> sh:path <o:age> ; sh:pattern "^[1-9]" ; sh:message "No leading zero." .
"""
TOM = b'<a:tom> a <o:Cat> ; <o:name> "Tom" .'


def quads(data: bytes, graph: str) -> list[Quad]:
    return in_graph(parse(data, TURTLE, source="test"), graph)


def shapes():
    return triples_of(parse(SHAPES, TURTLE, source="shapes"))


def cats() -> ScopedDataset:
    """An ontology, one cat in a report, and what follows."""
    asserted = [*quads(AXIOMS, GRAPH_ONTOLOGY), *quads(TOM, REPORT)]
    return ScopedDataset([*asserted, *check(asserted, shapes=shapes())])


def tried(write: Write, dataset: ScopedDataset | None = None) -> Changeset:
    return Gate(compile_shapes(shapes()))(dataset or cats(), write)


def update(text: str) -> Write:
    return Write(UPDATE, text)


def turtle(kind: WriteKind, body: bytes, graph: str | None = REPORT) -> Write:
    return Write(kind, bodies=((body, "turtle"),), graph=graph)


def in_report(text: str) -> str:
    return f"INSERT DATA {{ GRAPH <{REPORT}> {{ {text} }} }}"


def of(lines: tuple[str, ...], graph: str) -> list[str]:
    return [line.removesuffix(f" <{graph}> .") for line in lines if line.endswith(f" <{graph}> .")]


TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


# The normal mode: what changes


def test_a_write_brings_what_follows_from_it() -> None:
    changeset = tried(update(in_report("<a:kit> a <o:Cat> ; <o:name> 'Kit'")))
    assert of(changeset.added, REPORT) == [f"<a:kit> {TYPE} <o:Cat>", '<a:kit> <o:name> "Kit"']
    assert f"<a:kit> {TYPE} <o:Animal>" in of(changeset.added, GRAPH_ENTAILED)
    assert changeset.removed == ()


def test_a_deletion_takes_along_what_followed() -> None:
    changeset = tried(Write(DELETE, graph=REPORT))
    assert f"<a:tom> {TYPE} <o:Animal>" in of(changeset.removed, GRAPH_ENTAILED)
    assert len(of(changeset.removed, REPORT)) == 2
    assert changeset.added == ()


def test_put_replaces_and_post_merges() -> None:
    body = b'<a:tom> <o:name> "Tom", "Thomas" .'
    assert of(tried(turtle(POST, body)).added, REPORT) == ['<a:tom> <o:name> "Thomas"']
    replaced = tried(turtle(PUT, body))
    assert of(replaced.added, REPORT) == ['<a:tom> <o:name> "Thomas"']
    assert of(replaced.removed, REPORT) == [f"<a:tom> {TYPE} <o:Cat>"]


@pytest.mark.parametrize(
    "write",
    [
        turtle(PUT, TOM),
        turtle(POST, TOM),
        update(in_report('<a:tom> <o:name> "Tom"')),
        update("LOAD SILENT <http://example.org/>"),
        update(""),
        update(f"CREATE GRAPH <{REFERENCE}>"),
        update("INSERT DATA { <a:tom> <o:name> 'Tom' }"),
    ],
)
def test_a_write_that_changes_nothing_is_empty(write: Write) -> None:
    assert not tried(write)


def test_an_operation_sees_what_the_one_before_it_did() -> None:
    text = in_report("<a:kit> <o:name> 'Kit'") + (
        f"; INSERT {{ GRAPH <{REPORT}> {{ ?s <o:nick> ?n }} }} WHERE {{ ?s <o:name> ?n }}"
        f"; DELETE {{ GRAPH <{REPORT}> {{ <a:kit> <o:name> ?n }} }} WHERE {{ <a:kit> <o:nick> ?n }}"
        f"; INSERT {{ GRAPH <{REPORT}> {{ ?s <o:seen> true }} }} WHERE {{ ?s <o:name> 'Kit' }}"
    )
    added = of(tried(update(text)).added, REPORT)
    assert added == ['<a:kit> <o:nick> "Kit"', '<a:tom> <o:nick> "Tom"']


def test_blank_nodes_become_addresses() -> None:
    changeset = tried(update(in_report("<a:tom> <o:likes> [ <o:name> 'x' ]")))
    assert len(changeset.added) == 2
    assert not any("_:" in line for line in changeset.added)
    assert all(GENID in line for line in changeset.added)


@pytest.mark.parametrize(
    "name",
    ["report/../ontology", "report/./x", "report//x", "report/x/", "reference/%2E%2e/x",
     "inbox/.%2e", "inbox/x/..?a/b"],
)  # fmt: skip
def test_a_name_that_stands_for_another_graph_is_no_name(name: str) -> None:
    graph = f"{ID}graph/{name}"
    triple = "<a:s> <a:p> <a:o>"
    for write in (
        turtle(PUT, b"<a:s> <a:p> <a:o> .", graph),
        update(f"INSERT DATA {{ GRAPH <{graph}> {{ {triple} }} }}"),
        update(f"INSERT {{ GRAPH ?g {{ {triple} }} }} WHERE {{ BIND (<{graph}> AS ?g) }}"),
    ):
        with pytest.raises(UsageError, match="made of dots"):
            tried(write)


def test_dots_inside_a_segment_are_part_of_a_name() -> None:
    assert tried(turtle(PUT, b"<a:s> <a:p> <a:o> .", f"{ID}graph/inbox/v1.2/...?from=../x"))


def test_the_same_body_put_again_changes_nothing() -> None:
    dataset, write = cats(), turtle(PUT, TOM + b"<a:tom> <o:likes> [], [ <o:name> 'x' ] .")
    dataset.apply(tried(write))
    assert not tried(write, dataset)


def test_blank_nodes_posted_twice_are_two() -> None:
    write = turtle(POST, b"[] <o:name> 'x' .")
    assert tried(write).added != tried(write).added


def test_a_blank_node_that_is_there_keeps_its_label() -> None:
    asserted = [*quads(AXIOMS, GRAPH_ONTOLOGY), *from_lines([f'_:b1 <o:name> "x" <{REPORT}> .'])]
    dataset = ScopedDataset([*asserted, *check(asserted, shapes=shapes())])
    text = f"INSERT {{ GRAPH <{REPORT}> {{ ?s <o:age> 3 }} }} WHERE {{ ?s <o:name> 'x' }}"
    (line,) = tried(update(text), dataset).added
    assert line.startswith("_:b1 <o:age>")


def test_the_inbox_takes_what_breaks_every_rule() -> None:
    changeset = tried(turtle(PUT, b"<a:x> a <o:Cat>, <o:Dog> .", INBOX))
    assert len(changeset.added) == len(of(changeset.added, INBOX)) == 2
    dataset = cats()
    dataset.apply(changeset)
    seen = f"INSERT {{ GRAPH <{REPORT}> {{ ?s <o:seen> 1 }} }} WHERE {{ ?s a <o:Dog> }}"
    assert not tried(update(seen), dataset)


# The normal mode: what is refused


@pytest.mark.parametrize(
    ("write", "named"),
    [
        (update("INSERT DATA { <a:x> <a:y> <a:z> }"), "default graph"),
        (update("DELETE DATA { <a:tom> <o:name> 'Tom' }"), "default graph"),
        (update("CLEAR DEFAULT"), "default graph"),
        (update("CLEAR ALL"), "default graph"),
        (update("DROP ALL"), "default graph"),
        (update("CLEAR NAMED"), GRAPH_ENTAILED),
        (update(f"MOVE <{REPORT}> TO DEFAULT"), "default graph"),
        (update(f"DROP GRAPH <{GRAPH_ONTOLOGY}>"), GRAPH_ONTOLOGY),
        (update(f"COPY <{REPORT}> TO <{GRAPH_ENTAILED}>"), GRAPH_ENTAILED),
        (update("INSERT DATA { GRAPH <g:mine> { <a:x> <a:y> 1 } }"), "g:mine"),
        (update("CREATE GRAPH <g:mine>"), "g:mine"),
        (update(in_report("<a:x> <a:y> 1") + "; CLEAR DEFAULT"), "default graph"),
        (turtle(PUT, TOM, None), "default graph"),
        (turtle(POST, TOM, GRAPH_ENTAILED), GRAPH_ENTAILED),
        (turtle(PUT, TOM, ID + "graph/report/"), "graph/report/"),
        (Write(DELETE, graph=GRAPH_ONTOLOGY), GRAPH_ONTOLOGY),
        (update("LOAD <http://example.org/>"), "LOAD"),
        (update("LOAD<http://example.org/>INTO GRAPH<g:x>"), "LOAD"),
        (update("INSERT { ?s ?p ?o } WHERE { SERVICE <a:b> { ?s ?p ?o } }"), "SERVICE"),
    ],
)
def test_what_may_not_be_touched_is_refused_by_name(write: Write, named: str) -> None:
    with pytest.raises(RefusedError) as caught:
        tried(write)
    assert named in str(caught.value)
    assert caught.value.hint


def test_a_contradiction_is_refused_with_its_reason() -> None:
    with pytest.raises(InconsistencyError) as caught:
        tried(update(in_report("<a:tom> a <o:Dog>")))
    assert "a:tom" in caught.value.details[0]


@pytest.mark.parametrize(
    "write",
    [
        update(in_report("<a:kit> a <o:Cat>")),
        update(f"DELETE WHERE {{ GRAPH <{REPORT}> {{ ?s <o:name> ?n }} }}"),
        turtle(PUT, b"<a:tom> a <o:Cat> ."),
        turtle(POST, b"<a:kit> a <o:Cat> .", REFERENCE),
    ],
)
def test_a_violation_is_refused_with_both_reports(write: Write) -> None:
    with pytest.raises(NotConformingError) as caught:
        tried(write)
    assert any("A cat has a name." in line for line in caught.value.details)
    graph = triples_of(parse(caught.value.report.encode(), TURTLE, source="report"))
    assert any(t.predicate.value.endswith("#conforms") for t in graph)


def test_shapes_look_at_what_was_written_not_at_what_is_stored() -> None:
    number = b'<a:tom> <o:age> "07"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    with pytest.raises(NotConformingError) as caught:
        tried(turtle(POST, number))
    assert any("No leading zero." in line for line in caught.value.details)


def test_an_order_that_passes_a_bad_state_is_fine() -> None:
    steps = in_report("<a:kit> a <o:Cat>"), in_report("<a:kit> <o:name> 1")
    text = " ; ".join([f"CLEAR GRAPH <{REPORT}>", *steps])
    assert len(of(tried(update(text)).added, REPORT)) == 2


@pytest.mark.parametrize(
    ("write", "error"),
    [
        (update("INSERT DATA { <a:x> }"), QueryError),
        (update(f"DROP GRAPH <{REFERENCE}>"), QueryError),
        (update("LOAD <a:b> ; nonsense"), QueryError),
        (turtle(PUT, b"<a:x> ."), RdfSyntaxError),
        (turtle(PUT, b""), UnreadableError),
        (Write(POST, bodies=((TOM, "turtle"), (b"bad", "turtle")), graph=REPORT), RdfSyntaxError),
        (Write(PUT, bodies=((b"<a:x> <a:y> 1 <g:z> .", "nquads"),), graph=REPORT), RdfSyntaxError),
        (Write(PUT, bodies=((b"<a:x> <a:y> <a:z> <g:z> .", "nquads"),), graph=REPORT), FormatError),
        (Write(DELETE, graph=REFERENCE), NotFoundError),
    ],
)
def test_what_cannot_be_read_or_done_is_told(write: Write, error: type[Exception]) -> None:
    with pytest.raises(error):
        tried(write)


# What is kept ready between trials


def test_gate_keeps_up_with_what_is_committed() -> None:
    gate, dataset = Gate(compile_shapes(shapes())), cats()
    assert gate.prepare(dataset)
    kit = Changeset(
        (f"<a:kit> {TYPE} <o:Cat> <{REPORT}> .", f'<a:kit> <o:name> "Kit" <{REPORT}> .')
    )
    dataset.apply(kit)
    assert not gate.prepare(dataset)
    with pytest.raises(NotConformingError):
        gate(dataset, update("DELETE WHERE { GRAPH ?g { <a:kit> <o:name> ?n } }"))


@pytest.mark.parametrize(
    "axiom",
    [
        "<o:Dog> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <o:Cat>",
        "<o:likes> <http://www.w3.org/2000/01/rdf-schema#range> <o:Cat>",
    ],
)
def test_gate_is_made_ready_anew_when_axioms_change(axiom: str) -> None:
    gate, dataset = Gate(compile_shapes(shapes())), cats()
    gate.prepare(dataset)
    dataset.apply(Changeset((f"{axiom} <{REPORT}> .",)))
    dataset.apply(Changeset((f"<a:x> <a:y> <a:z> <{REPORT}> .",)))
    assert gate.prepare(dataset)
    with pytest.raises((InconsistencyError, NotConformingError)):
        gate(dataset, update(in_report("<a:x> <o:likes> <a:rex> . <a:rex> a <o:Dog>")))


def test_gate_is_made_ready_for_each_dataset() -> None:
    gate = Gate(compile_shapes(shapes()))
    first, second = cats(), cats()
    assert gate.prepare(first)
    assert gate.prepare(second)
    first.apply(Changeset((f"<a:kit> {TYPE} <o:Cat> <{REPORT}> .",)))
    assert not gate.prepare(second)


def test_new_subclass_brings_its_members_under_the_shapes() -> None:
    sub_class = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    with pytest.raises(NotConformingError):
        tried(update(in_report(f"<o:Kitten> {sub_class} <o:Cat> . <a:kit> a <o:Kitten>")))


def test_axioms_that_are_not_known_are_told_at_each_trial() -> None:
    """The referee may have built such a dataset."""
    reflexive = AXIOMS + b"<o:likes> a owl:ReflexiveProperty ."
    gate, dataset = Gate(compile_shapes(shapes())), ScopedDataset(quads(reflexive, GRAPH_ONTOLOGY))
    assert not gate.prepare(dataset)
    with pytest.raises(UnsupportedAxiomError):
        gate(dataset, update(in_report("<a:x> <a:y> <a:z>")))


def test_plain_mode_needs_nothing_ready() -> None:
    assert not trial(None).prepare(cats())


def test_blank_nodes_that_are_there_stay_wherever_they_are_used() -> None:
    """Whether or not the update names the graph in which they stand."""
    asserted = [*quads(AXIOMS, GRAPH_ONTOLOGY), *from_lines([f'_:b1 <o:name> "x" <{REFERENCE}> .'])]
    for where in (f"GRAPH <{REPORT}>", "GRAPH ?g"):
        dataset = ScopedDataset([*asserted, *check(asserted, shapes=shapes())])
        told = f"INSERT {{ {where} {{ ?s <o:age> 3 ; <o:likes> [] }} }}"
        text = f"{told} WHERE {{ GRAPH ?g {{ ?s <o:name> 'x' }} }}"
        lines = tried(update(text), dataset).added
        assert sorted(line.startswith("_:b1 ") for line in lines) == [True, True]
        assert sum(GENID in line for line in lines) == 1


# Plain mode


def plain(write: Write, *lines: str) -> Changeset:
    dataset = ScopedDataset(from_lines(lines), union=False)
    changeset = PlainGate()(dataset, write)
    fresh = ScopedDataset(from_lines(lines), union=False)
    fresh.apply(changeset)  # what is told is what the write makes of the dataset
    if write.kind is UPDATE:
        assert sorted(fresh.lines()) == sorted(dataset.lines())
    return changeset


INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
ONE = "<a:s> <a:p> <a:o> ."
TWO = "<a:s> <a:p> <a:o> <g:1> ."


@pytest.mark.parametrize(
    ("write", "added", "removed"),
    [
        (update("INSERT DATA { <a:x> <a:y> 01 }"), (f'<a:x> <a:y> "1"^^<{INTEGER}> .',), ()),
        (update("INSERT DATA { <a:s> <a:p> <a:o> GRAPH <g:1> { <a:s> <a:p> <a:o> } }"), (), ()),
        (update("# first\nINSERT DATA { <a:x> <a:y> <a:z> }"), ("<a:x> <a:y> <a:z> .",), ()),
        (update("DELETE DATA { GRAPH <g:1> { <a:s> <a:p> <a:o> } }"), ("# <g:1>",), (TWO,)),
        (
            update("delete data { <a:s> <a:p> <a:o>, 1 } ; insert data { <a:s> <a:p> <a:o> }"),
            (),
            (),
        ),
        (
            update(
                "PREFIX a: <a:> INSERT DATA { GRAPH <g:2> { a:s a:p a:o } } ; "
                "PREFIX b: <a:> DELETE DATA { GRAPH <g:2> { b:s b:p b:o } }"
            ),
            ("# <g:2>",),
            (),
        ),
        (update("CLEAR ALL"), ("# <g:1>",), (ONE, TWO)),
        (update("DROP ALL"), (), (ONE, TWO)),
        (update("CREATE GRAPH <g:2>"), ("# <g:2>",), ()),
        (update("LOAD SILENT <a:b> ; DROP DEFAULT"), (), (ONE,)),
        (update("MOVE DEFAULT TO <g:2>"), ("<a:s> <a:p> <a:o> <g:2> .",), (ONE,)),
        (turtle(PUT, b"<a:x> <a:y> <a:z> .", "g:1"), ("<a:x> <a:y> <a:z> <g:1> .",), (TWO,)),
        (turtle(PUT, b"<a:x> <a:y> <a:z> .", None), ("<a:x> <a:y> <a:z> .",), (ONE,)),
        (turtle(POST, b"<a:x> <a:y> <a:z> .", "g:1"), ("<a:x> <a:y> <a:z> <g:1> .",), ()),
        (turtle(PUT, b"", "g:2"), ("# <g:2>",), ()),
        (turtle(PUT, b"", "g:1"), ("# <g:1>",), (TWO,)),
        (turtle(POST, b"", "g:1"), (), ()),
        (Write(DELETE, graph="g:1"), (), (TWO,)),
        (Write(DELETE), (), (ONE,)),
    ],
)
def test_plain_mode_does_what_the_standards_say(
    write: Write, added: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    assert plain(write, ONE, TWO) == Changeset(added, removed)


def test_an_empty_graph_goes_when_it_is_deleted_or_filled() -> None:
    dataset = ScopedDataset([], union=False)
    dataset.apply(Changeset(("# <g:1>",)))
    gone = PlainGate()(dataset, Write(DELETE, graph="g:1"))
    assert gone == Changeset((), ("# <g:1>",))
    filled = PlainGate()(dataset, turtle(POST, b"<a:s> <a:p> <a:o> .", "g:1"))
    assert filled == Changeset((TWO,), ("# <g:1>",))


def test_plain_mode_knows_no_reasoning() -> None:
    assert plain(turtle(PUT, b"<a:x> a <o:Cat>, <o:Dog> .", None), *[])


@pytest.mark.parametrize(
    "write",
    [
        turtle(PUT, b"[] <a:p> <a:o> .", "g:1"),
        update("INSERT DATA { GRAPH <g:1> { [] <a:p> <a:o> } }"),
    ],
)
def test_blank_nodes_stay_blank_in_plain_mode(write: Write) -> None:
    (line,) = plain(write).added
    assert line.startswith("_:")


@pytest.mark.parametrize(
    ("write", "error"),
    [
        (update("LOAD <a:b>"), RefusedError),
        (update("INSERT { ?s ?p ?o } WHERE { SERVICE <a:b> { ?s ?p ?o } }"), RefusedError),
        (update("DROP GRAPH <g:9>"), QueryError),
        (Write(DELETE, graph="g:9"), NotFoundError),
        (turtle(PUT, b"<a:x>", "g:1"), RdfSyntaxError),
    ],
)
def test_plain_mode_refuses_what_it_cannot_do(write: Write, error: type[Exception]) -> None:
    with pytest.raises(error):
        plain(write, ONE)


# The project's own data


@pytest.fixture(scope="module")
def ours() -> Callable[[ScopedDataset, Write], Changeset]:
    return trial(project_root())


def test_a_write_to_the_projects_own_data_changes_what_it_says_and_no_more(
    ours: Callable[[ScopedDataset, Write], Changeset], built: BuildReport
) -> None:
    dataset = ScopedDataset(load_dataset(built.snapshot))
    changeset = ours(dataset, update(in_report("<a:x> <a:y> <a:z>")))
    assert changeset == Changeset((f"<a:x> <a:y> <a:z> <{REPORT}> .",))


def test_a_trial_in_a_child_needs_no_file(
    ours: Callable[[ScopedDataset, Write], Changeset], built: BuildReport
) -> None:
    """A child can open none, so whatever is imported late would fail there."""
    dataset = ScopedDataset(load_dataset(built.snapshot))
    store = ForkingStore(dataset, trial=ours)
    statement = ID + "statement/neaspec-som-24/p1-s1-a"
    bad = update(in_report(f"<{statement}> <https://w3id.org/neagraph/ontology#localId> 'zz'"))
    with pytest.raises(NotConformingError) as caught:
        store.trial(bad, Limits(seconds=60))
    assert "sh:ValidationReport" in caught.value.report
    assert store.version == dataset.version
