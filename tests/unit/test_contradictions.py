"""Contradictions with the axioms, told beside the results of the shapes."""

import json

import pytest

from neagraph.checking import CheckRequest, check, checker, reference_of
from neagraph.entailment.closure import entail
from neagraph.gate import Gate, entailed_quads
from neagraph.rdf.formats import graph_format_by_name
from neagraph.rdf.text import RdfText
from neagraph.settings import project_root
from neagraph.sources import read_sources
from neagraph.store.dataset import ScopedDataset
from neagraph.validation.compiler import compile_shapes
from neagraph.validation.formats import to_json, to_sarif
from neagraph.validation.report import INFO, VIOLATION, at_least, to_text

PREFIXES = (
    "@prefix nea: <https://w3id.org/neagraph/ontology#> . @prefix e: <http://example.org/> .\n"
)
BOTH = "<https://w3id.org/neagraph/id/state/japan> a nea:State, nea:Event ."
SHAPES = (
    "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://example.org/> .\n"
    "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:severity e:Grave ;"
    " sh:property [ sh:path e:p ; sh:minCount 1 ; sh:severity e:Grave ] ."
)


@pytest.fixture(scope="module")
def sources():
    return read_sources(project_root())


def text(body):
    return RdfText(f"{PREFIXES}{body}".encode(), graph_format_by_name("turtle"), "my.ttl")


def checked(body, sources, **more):
    return check(
        [text(body)],
        shapes=sources.shapes_triples(),
        reference=reference_of(sources.quads()),
        consistency=True,
        **more,
    )


def test_a_contradiction_is_a_violation_where_it_stands(sources):
    (result,) = checked(BOTH, sources).results
    assert result.severity == VIOLATION
    assert result.message.startswith(
        "“Japan” (state/japan) is both “agent” (nea:Agent) and “event”"
    )
    assert (str(result.place), result.constraint_component.value) == (
        "my.ttl:2:1",
        "http://www.w3.org/ns/owl-profile/RL",
    )


def test_it_is_in_each_form_of_the_report(sources):
    report = checked(BOTH, sources)
    assert "Take back one of the statements" in to_text(report)
    assert json.loads(to_json(report))["results"][0]["record"] == "state/japan"
    assert json.loads(to_sarif(report))["runs"][0]["results"][0]["level"] == "error"


def test_the_individual_that_the_data_describe_is_named(sources):
    again = (
        "<https://w3id.org/neagraph/id/contribution/my/c1> nea:donor "
        "<https://w3id.org/neagraph/id/state/japan>, <https://w3id.org/neagraph/id/state/china> ."
    )
    results = [r for r in checked(again, sources).results if "nea:donor" in r.message]
    assert [r.focus_node.value.rpartition("/")[2] for r in results] == ["c1"]


def test_other_peoples_shapes_look_for_none():
    mine = text("e:x a e:C ; e:p 1 . e:y a e:C .")
    shapes = RdfText(SHAPES.encode(), graph_format_by_name("turtle"), "s.ttl")
    request = CheckRequest((mine,), (shapes,))
    told = checker(None)(ScopedDataset([], union=False), request.to_bytes())
    assert json.loads(told.body.partition(b"\n")[2])["total"] == 1


def test_an_axiom_beyond_the_profile_is_a_remark(sources):
    odd = (
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "e:C a owl:Class ; rdfs:subClassOf "
        "[ a owl:Restriction ; owl:onProperty e:p ; owl:someValuesFrom e:D ] .\n"
        "e:p a owl:ObjectProperty ."
    )
    remarks = [r for r in checked(odd, sources).results if r.severity == INFO]
    assert any("were not looked for" in remark.fix_hint for remark in remarks)


@pytest.mark.parametrize("body", [BOTH, "e:x a e:C ."])
def test_a_dataset_at_hand_tells_the_same(sources, body):
    gate = Gate(compile_shapes(sources.shapes_triples()))
    request = CheckRequest((text(body),), form="text")
    asserted = sources.quads()
    dataset = ScopedDataset([*asserted, *entailed_quads(entail(asserted))])
    live = checker(project_root(), gate.prepared_for)(dataset, request.to_bytes())
    assert live.body.partition(b"\n")[2].decode() == to_text(checked(body, sources))


# ---- Nothing that was found is denied ------------------------------------------------------------


def own(body):
    shapes = RdfText(SHAPES.encode(), graph_format_by_name("turtle"), "s.ttl")
    return check([text(body)], shapes=[quad.triple for quad in shapes.quads()])


def test_what_is_not_told_is_counted():
    report = own("e:x a e:C .")
    assert not report.is_flawless
    assert "1 <http://example.org/Grave> in 1 record." in to_text(report)
    milder = at_least(report, VIOLATION)
    assert (milder.results, milder.total, milder.conforms) == ((), 1, False)
    assert to_text(milder).endswith("None of 1 are shown.\n")


def test_data_that_no_shape_is_for_are_not_praised():
    assert to_text(own("e:x a e:Other .")).startswith("Nothing was checked")
    assert to_text(own("e:x a e:C ; e:p 1 .")).startswith("No problems")
