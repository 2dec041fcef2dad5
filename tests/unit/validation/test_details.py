"""Why values do not conform to shapes inside shapes, and what shapes without names are called."""

import pytest

from neagraph.errors import ShapesError
from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import BlankNode, NamedNode, Quad
from neagraph.validation.compiler import compile_shapes
from neagraph.validation.formats import summary, to_csv
from neagraph.validation.report import to_text
from neagraph.validation.validator import validate, validate_change, validate_dataset

from .test_compiled import read

NESTED = """ex:S a sh:NodeShape ; sh:targetClass ex:C ;
  sh:property [ sh:path ex:p ; sh:node ex:T ] .
ex:T a sh:NodeShape ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path ex:zip ; sh:datatype xsd:integer ; sh:message "no zip" ] ,
    [ sh:path ex:r ; sh:node ex:U ] .
ex:U a sh:NodeShape ; sh:property [ sh:path ex:e ; sh:minCount 2 ; sh:in ( 2 ) ] .
"""
QUERIED = (
    NESTED
    + """ex:T sh:sparql [ sh:message "odd" ; sh:select
  "SELECT $this WHERE { $this <http://example.org/n> ?n FILTER(?n = 1) }" ] ."""
)
DATA = """ex:a a ex:C ; ex:p ex:b , 01 .
ex:b ex:zip 'x'^^xsd:integer ; ex:n 01 ; ex:r ex:d . ex:d ex:e 3 ."""


def tree(results):
    """What results tell and what is inside them, messages of our own left out."""
    return sorted(
        (
            str(r.focus_node), str(r.path), str(r.value), str(r.constraint_component),
            "" if isinstance(r.source_shape, BlankNode) else str(r.source_shape), tree(r.detail),
        )
        for r in results
    )  # fmt: skip


@pytest.mark.parametrize("shapes", [NESTED, QUERIED])
def test_the_referee_tells_the_same_of_shapes_inside_shapes(shapes):
    ours, theirs = (
        validate(read(DATA), shapes=read(shapes), engine=engine)
        for engine in ("compiled", "pyshacl")
    )
    assert tree(ours.results) == tree(theirs.results)
    assert len(ours.results) == 2


def test_what_is_wrong_inside_stands_in_the_text_at_any_depth():
    told = to_text(validate(read(DATA), shapes=read(NESTED)))
    node, at = "<http://example.org/b>", "<http://example.org/"
    assert f"    why   {node} {at}zip>: no zip\n" in told
    assert f"    why     {at}d> {at}e>: There are fewer values than 2.\n" in told
    assert "    why   01 It is not of the kind sh:IRI.\n" in told


def test_all_alternatives_are_told_where_none_is_kept():
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ;
      {} ( [ sh:nodeKind sh:Literal ] [ sh:property [ sh:path ex:q ; sh:minCount 1 ] ] ) ] ."""
    for operator in ("sh:or", "sh:xone", "sh:and"):
        (result,) = validate(
            read("ex:a a ex:C ; ex:p ex:b ."), shapes=read(shapes.format(operator))
        ).results
        assert len(result.detail) == 2
    both = read("ex:a a ex:C ; ex:p 'x' .")
    assert validate(both, shapes=read(shapes.format("sh:or"))).conforms
    twice = shapes.replace("sh:path ex:q ; sh:minCount 1", "sh:path ex:q ; sh:maxCount 1")
    (result,) = validate(both, shapes=read(twice.format("sh:xone"))).results
    assert not result.detail


def test_a_live_dataset_tells_it_too():
    quads = [Quad(t.subject, t.predicate, t.object) for t in read(DATA)]
    engine, compiled = Engine(quads), compile_shapes(read(NESTED))
    whole = validate_dataset(engine, compiled)
    added = [quad.triple for quad in quads]
    change = validate_change(engine, compiled, added=added, removed=[], as_written=added)
    for report in (whole, change):
        (inner, *_) = [r for r in report.results if r.value == NamedNode("http://example.org/b")]
        assert len(inner.detail) == 2


# ---- Names ---------------------------------------------------------------------------------------


def test_a_shape_without_a_name_is_called_after_the_one_around_it():
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:C ;
      sh:property [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:minCount 1 ] .
    [] a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:Literal ."""
    report = validate(read("ex:a a ex:C ."), shapes=read(shapes))
    names = {
        "<http://example.org/S> (path <http://example.org/p>/^<http://example.org/q>)",
        "a shape without a name (a shape inside)",
    }
    assert {result.rule for result in report.results} == names
    assert set(summary(report)["rules"]) == names
    assert b"_:" not in to_csv(report)


@pytest.mark.parametrize(
    "inside",
    [
        "sh:path ex:age ; sh:minCount 'one'",
        "sh:path ex:age ; sh:node [ sh:property [ sh:minCount 1 ; sh:path ex:q ; sh:node ex:S ] ]",
        "sh:path ex:age ; sh:pattern '('",
        "sh:path ex:age ; sh:sparql [ sh:select 'nothing' ]",
    ],
)
def test_errors_name_the_shape_and_its_path(inside):
    shapes = f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ {inside} ] ."
    with pytest.raises(ShapesError) as caught:
        compile_shapes(read(shapes))
    assert "<http://example.org/S>" in caught.value.message
    assert "_:" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("3", "3"),
        ("2.50", "2.50"),
        ("true", "true"),
        ("'3'", '"3"'),
        ("'3'@en", '"3"@en'),
        ("'x'^^xsd:integer", '"x"^^xsd:integer'),
        ("'2020-13-01'^^xsd:date", '"2020-13-01"^^xsd:date'),
        ("3e0", '"3e0"^^xsd:double'),
    ],
)
def test_values_are_told_with_their_datatype(value, told):
    shapes = "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property ex:T . ex:T sh:path ex:p ; sh:nodeKind sh:IRI ."  # noqa: E501
    report = validate(read(f"ex:a ex:p {value} ."), shapes=read(shapes))
    assert f"    value {told}\n" in to_text(report)
