"""Data of others: what the shapes say of them, and where it stands in the text."""

import json
import socket
from pathlib import Path

import pytest
from tests.samples import HEAD, MEETING, SHAPES, WRONG

from neagraph.checking import CheckRequest, ProgressNote, check, checker, reference_of
from neagraph.checking.live import LiveCheck
from neagraph.errors import (
    NotFoundError,
    RdfSyntaxError,
    RefusedError,
    ShapesError,
    UsageError,
)
from neagraph.gate import Gate
from neagraph.model import Limits
from neagraph.past import PastStore
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.io import in_graph
from neagraph.rdf.text import RdfText
from neagraph.settings import project_root
from neagraph.sources import read_sources
from neagraph.store.dataset import ScopedDataset
from neagraph.store.forking import ForkingStore
from neagraph.store.messages import check_message, text_of
from neagraph.validation.compiler import compile_shapes
from neagraph.validation.progress import Step
from neagraph.vocab import GRAPH_ENTAILED, GRAPH_ONTOLOGY, ID

ROOT = Path(__file__).resolve().parents[2]
PATHS = (
    SHAPES
    + """e:Inverse sh:targetClass e:D ; sh:path [ sh:inversePath e:knows ] ; sh:class e:C .
e:Choice sh:targetClass e:D ; sh:path [ sh:alternativePath ( e:a e:b ) ] ; sh:nodeKind sh:IRI .
e:Chain sh:targetClass e:D ; sh:path ( e:a e:b ) ; sh:minCount 1 .
e:Node a sh:NodeShape ; sh:targetObjectsOf e:says ; sh:minLength 2 .
"""
)


def text(body, *, source="a.ttl", name="turtle"):
    return RdfText(body.encode(), graph_format_by_name(name), source)


@pytest.fixture(scope="module")
def sources():
    return read_sources(project_root())


@pytest.fixture(scope="module")
def ours(sources):
    def checked(*texts, **more):
        return check(
            texts,
            shapes=sources.shapes_triples(),
            reference=reference_of(sources.quads()),
            consistency=True,
            **more,
        )

    return checked


def theirs(*bodies, **more):
    shapes = text(PATHS, source="shapes.ttl").quads()
    texts = [
        text(f"@prefix e: <http://example.org/> .\n{b}", source=f"{n}.ttl")
        for n, b in enumerate(bodies)
    ]
    return check(texts, shapes=[q.triple for q in shapes], **more)


def places(report):
    return [str(result.place) for result in report.results]


def test_data_that_conform_have_no_result(ours):
    assert ours(text(HEAD + MEETING)).conforms


def test_a_wrong_value_is_placed_and_what_was_meant_is_told(ours):
    wrong = MEETING.replace("voc/basis/unstated", "voc/basis/unsaid")
    (result,) = ours(text(HEAD + wrong)).results
    assert str(result.place) == "a.ttl:4:1"
    assert "nea:conveningBasis" in result.fix_hint


def test_a_missing_property_is_placed_at_its_record(ours):
    missing = MEETING.replace('  rdfs:label "Example"@en ;\n', "")
    assert places(ours(text(HEAD + missing))) == ["a.ttl:4:1"]


def test_a_property_that_is_misspelt_is_placed_where_it_stands(ours):
    (result,) = ours(text(WRONG)).results
    assert str(result.place) == "a.ttl:5:3"
    assert result.suggestion == "you wrote rdfs:lable; did you mean rdfs:label?"


def test_several_texts_are_checked_together_each_with_its_own_places(ours):
    first, _, second = MEETING.rpartition("<timespan")
    report = ours(text(HEAD + first), text(HEAD + "<timespan" + second, source="b.ttl"))
    assert report.conforms
    bad = second.replace(" a nea:TimeSpan", " a nea:TimeSpan ; nea:notAfter 2020")
    report = ours(text(HEAD + first), text(HEAD + "<timespan" + bad, source="b.ttl"))
    assert set(places(report)) == {"b.ttl:4:57"}


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        ("e:x a e:C ;\n e:p 'long' .", 3, 6),
        ("e:x a e:C ;\n e:p [] .", 3, 6),
        ("e:y e:knows e:x .\ne:x a e:D ; e:a e:z . e:z e:b 1 .", 2, 1),
        ("e:z e:b 1 .\ne:x a e:D ; e:a e:z ;\n  e:b 'x' .", 4, 7),
        ("e:x a e:D ;\n e:a e:z .", 3, 2),
        ("e:x e:says\n 'x' .", None, None),
    ],
)
def test_values_are_placed_whatever_path_leads_to_them(body, line, column):
    (result,) = theirs(body).results
    place = result.place
    assert (place and place.line, place and place.column) == (line, column)


def test_blank_nodes_are_placed():
    assert places(theirs("[] a e:C ;\n e:p 'long' .")) == ["0.ttl:3:6"]


def test_a_graph_that_the_data_describe_replaces_the_one_of_that_name(ours):
    path = project_root() / "data/reference/states.ttl"
    assert ours(text(path.read_text(), source="states.ttl")).accepted


def test_the_gravest_are_told_and_the_rest_is_counted():
    body = " ".join(f"e:x{n} a e:C ; e:p 'long' ." for n in range(50))
    report = theirs(body, most=7)
    assert (len(report.results), report.total, report.accepted) == (7, 50, False)
    assert all(result.place is not None for result in report.results)


@pytest.mark.slow
def test_a_hundred_thousand_violations_are_counted_and_a_few_are_told():
    body = "\n".join(f"e:x{n} a e:C ; e:p 'long' ." for n in range(100_000))
    report = theirs(body, most=10)
    assert (len(report.results), report.total) == (10, 100_000)


def test_the_steps_are_told_as_they_begin():
    steps = []
    theirs("e:x a e:C ; e:p 'long' .", tell=steps.append)
    checks = [step for step in steps if step.total]
    assert [step.done for step in checks] == [0, 1, 2, 3, 4]
    assert {step.total for step in checks} == {5}
    assert str(checks[0]).startswith("0 of 5 checks done, now <http://example.org/")
    assert [str(step) for step in steps if not step.total] == [
        "reading the data", "looking for the places in the text",
    ]  # fmt: skip


def test_steps_reach_another_process_by_a_note(tmp_path):
    path = tmp_path / "steps"
    request = CheckRequest((text("<x:a> <x:b> 1 ."),), (text(SHAPES),), progress=str(path))
    steps = ProgressNote(path)
    assert steps.last() is None
    checker(None)(ScopedDataset([]), request.to_bytes())
    assert steps.last() == Step(
        0, 1, "<http://example.org/Property> <http://example.org/p> maxLength"
    )
    steps.tell(Step(1, 2, "é" * 10_000))
    assert steps.last() == Step(1, 2, "é" * 300)
    ProgressNote(tmp_path / "nowhere" / "steps").tell(Step(0, 0, "x"))


def test_texts_that_cannot_be_read_are_told_with_their_place(ours):
    with pytest.raises(RdfSyntaxError) as caught:
        ours(text(HEAD + MEETING), text("<a> b", source="b.ttl"))
    assert caught.value.where.startswith("b.ttl:1:")


def test_shapes_that_are_none_are_refused():
    with pytest.raises(ShapesError):
        check([text("<x:a> <x:b> 1 .")], shapes=[q.triple for q in text("<x:a> <x:b> 1 .").quads()])


# ---- No network ----------------------------------------------------------------------------------


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("something was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("no_network")
def test_imports_and_links_are_never_followed():
    link = "http://imports.invalid/onto"
    body = f"""@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix e: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
<{link}/data> a owl:Ontology ; owl:imports <{link}> ; sh:shapesGraph <{link}/shapes> ;
  sh:suggestedShapesGraph <{link}/more> .
e:x a e:C ; e:p 'long' ; e:see <{link}> ."""
    imports = f"<{link}/s> <http://www.w3.org/2002/07/owl#imports> <{link}/t> ."
    shapes = [q.triple for q in text(SHAPES + imports).quads()]
    report = check([text(body)], shapes=shapes)
    assert [r.message for r in report.results] == ["Too long."]


@pytest.mark.usefixtures("no_network")
def test_a_context_elsewhere_is_refused_and_not_fetched():
    body = '{"@context": "http://contexts.invalid/c.jsonld", "@id": "x:a", "p": 1}'
    with pytest.raises(RdfSyntaxError) as caught:
        check([text(body, name="jsonld")], shapes=[])
    assert "never fetched" in caught.value.hint


# ---- What data are checked against ---------------------------------------------------------------


def test_all_that_is_asserted_is_the_reference(sources):
    extra = text(f"<x:s> <x:p> <x:o> <{GRAPH_ENTAILED}> .", name="nquads").quads()
    inbox = text(f"<x:s> <x:p> <x:o> <{ID}graph/inbox/a> .", name="nquads").quads()
    assert len(reference_of([*sources.quads(), *extra, *inbox])) == len(sources.quads())
    terms = {q.graph_name.value for q in reference_of(sources.quads(), "none")}
    assert terms == {GRAPH_ONTOLOGY, ID + "graph/vocab"}


@pytest.mark.parametrize(
    "name", ["reference/states", "graph/reference/states", ID + "graph/reference/states"]
)
def test_one_graph_counts_with_ontology_and_vocabularies(sources, name):
    graphs = {q.graph_name.value for q in reference_of(sources.quads(), name)}
    assert graphs == {ID + "graph/reference/states", GRAPH_ONTOLOGY, ID + "graph/vocab"}


def test_a_graph_that_is_not_there_is_told_with_the_nearest(sources):
    with pytest.raises(NotFoundError, match='no graph "reference/state"') as caught:
        reference_of(sources.quads(), "reference/state")
    assert "reference/states" in caught.value.hint


# ---- In another process --------------------------------------------------------------------------


def test_a_request_travels_as_bytes():
    request = CheckRequest(
        (text("é", source="ä.ttl"),), (text("x"),), against="none", most=3, severity="warning",
        form="csv",
    )  # fmt: skip
    assert CheckRequest.from_bytes(request.to_bytes()) == request


def test_the_first_line_of_an_answer_sums_it_up(sources):
    dataset = ScopedDataset(sources.quads())
    wrong = text(WRONG)
    checked = checker(project_root())(dataset, CheckRequest((wrong,), form="csv").to_bytes())
    head, _, body = checked.body.partition(b"\n")
    assert json.loads(head) == {"accepted": False, "total": 1, "shown": 1}
    assert body.startswith(b"severity,record")
    assert checked.media_type == "text/csv"


def test_shapes_of_others_see_the_data_alone(sources):
    state = "<https://w3id.org/neagraph/id/state/x>"
    body = f"@prefix e: <http://example.org/> . {state} a e:C ; e:p 'long' ."
    request = CheckRequest((text(body),), (text(SHAPES),))
    told = checker(project_root())(ScopedDataset(sources.quads()), request.to_bytes())
    assert json.loads(told.body.partition(b"\n")[0])["total"] == 1


def test_a_plain_server_has_no_shapes_of_its_own():
    request = CheckRequest((text("<x:a> <x:b> 1 ."),))
    with pytest.raises(UsageError, match="no shapes here") as caught:
        checker(None)(ScopedDataset([], union=False), request.to_bytes())
    assert "part shapes" in caught.value.hint


def test_stores_that_check_nothing_say_so():
    with pytest.raises(RefusedError, match="checks no data"):
        ForkingStore(ScopedDataset([])).check(b"", Limits())
    with pytest.raises(RefusedError, match="current version"):
        PastStore.check(object.__new__(PastStore))


def test_a_check_has_a_name_among_what_is_worked_on():
    assert text_of(check_message(b"{}", Limits(), query_id="1")) == "VALIDATE"


# ---- Over a dataset at hand ----------------------------------------------------------------------


CASES = [
    path
    for path in sorted((ROOT / "tests/shapes").glob("*.ttl"))
    if not path.stem.startswith("32-")  # axioms, which are left to the longer way
]


def live_check(texts, sources, **more):
    dataset = ScopedDataset(sources.quads())
    shapes = compile_shapes(sources.shapes_triples())
    return LiveCheck(shapes, Gate(shapes).prepared_for).check(texts, dataset, **more)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_dataset_at_hand_tells_the_same_as_files(sources, ours, path):
    one = text(path.read_text(), source=path.name)
    there, here = live_check([one], sources), ours(one)
    assert told(there) == told(here)


def told(report):
    """All that is told of named nodes; blank nodes have other names each time."""
    return sorted(
        (str(r.focus_node), str(r.path), str(r.value), str(r.source_shape), str(r.place))
        for r in report.results
        if "_:" not in f"{r.focus_node}{r.value}"
    )


def test_an_edited_copy_is_not_checked_against_its_original(sources, ours):
    path = ROOT / "data/reports/neaspec-som-24.ttl"
    edited = text(path.read_text().replace("<voc/verb/note>", "<voc/verb/notes>", 1))
    there, here = live_check([edited], sources), ours(edited)
    assert told(there) == told(here)
    assert {r.suggestion for r in there.results} == {"did you mean voc/verb/note?"}


def test_what_is_there_already_is_looked_at_all_the_same(sources, ours):
    path = ROOT / "tests/shapes/05-bad.ttl"
    dataset = ScopedDataset(sources.quads())
    shapes = compile_shapes(sources.shapes_triples())
    live = LiveCheck(shapes, Gate(shapes).prepared_for)
    one = text(path.read_text(), source=path.name)
    graph = in_graph(one.quads(), ID + "graph/report/example")
    again = LiveCheck(shapes, Gate(shapes).prepared_for).check(
        [one], ScopedDataset([*sources.quads(), *graph])
    )
    assert told(live.check([one], dataset)) == told(again) == told(ours(one))


def test_what_changes_the_hierarchy_is_left_to_the_longer_way(sources):
    body = "nea:New <http://www.w3.org/2000/01/rdf-schema#subClassOf> nea:Meeting ."
    assert live_check([text(HEAD + body)], sources) is None


def test_many_triples_are_left_to_the_longer_way(sources, monkeypatch):
    monkeypatch.setattr("neagraph.checking.live.MOST_LIVE", 3)
    assert live_check([text(HEAD + MEETING)], sources) is None


def test_the_gravest_are_told_and_the_rest_is_counted_there_too(sources):
    body = " ".join(f"<meeting/x-{n}> a nea:ExpertMeeting ." for n in range(9))
    report = live_check([text(HEAD + body)], sources, most=2)
    assert (len(report.results), report.total) == (2, 27)
