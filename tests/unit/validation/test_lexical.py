import pytest

from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import Literal, NamedNode, Quad, Triple
from neagraph.validation.lexical import (
    ILL_FORMED,
    WRITTEN,
    is_well_formed,
    kept_forms,
    protected,
    read_back,
)
from neagraph.vocab import XSD

WELL_FORMED = {
    "integer": ("0", "+1", "-07", "1" * 30),
    "nonNegativeInteger": ("0", "5", "-0"),
    "positiveInteger": ("1",),
    "negativeInteger": ("-1",),
    "byte": ("-128", "127", "0127"),
    "unsignedByte": ("255",),
    "long": ("9223372036854775807",),
    "decimal": ("1", "1.", ".5", "-0.50"),
    "double": ("1", "1e3", "-1.5E-7", "INF", "NaN"),
    "boolean": ("true", "0"),
    "date": ("2020-02-29", "2000-02-29", "-0044-03-15", "2021-12-31Z", "2021-12-31+09:00"),
    "dateTime": ("2020-10-12T09:00:00", "2020-10-12T24:00:00Z", "2020-10-12T09:00:00.5-14:00"),
    "dateTimeStamp": ("2020-10-12T09:00:00Z",),
    "time": ("09:00:00", "23:59:59.9Z"),
    "gYear": ("2020", "-0001", "12020"),
    "gYearMonth": ("2020-10",),
    "gMonth": ("--10",),
    "gDay": ("---31",),
    "gMonthDay": ("--02-29",),
    "duration": ("P1Y2M3DT4H5M6.7S", "-PT1S", "P1D"),
    "dayTimeDuration": ("P1DT1H",),
    "yearMonthDuration": ("P1Y", "P12M"),
    "hexBinary": ("", "0aFF"),
    "base64Binary": ("", "aGVsbG8=", "YWI= "),
    "language": ("en", "zh-Hant"),
    "normalizedString": (" a b ",),
    "token": ("a b", ""),
    "NCName": ("a-b.c", "_x"),
    "anyURI": ("anything goes",),
}
ILL = {
    "integer": ("", "1.0", "one", " 1", "1e3", "\u0661"),
    "nonNegativeInteger": ("-1",),
    "positiveInteger": ("0",),
    "negativeInteger": ("0",),
    "byte": ("128", "-129", "300"),
    "unsignedByte": ("256", "-1"),
    "long": ("9223372036854775808", "9" * 5000),
    "decimal": ("", ".", "1e3", "1,5"),
    "double": ("inf", "1e", "--1"),
    "boolean": ("True", "yes"),
    "date": ("2021-02-29", "1900-02-29", "2020-13-01", "2020-1-1", "2020-01-01T00:00:00", "20-1-1"),
    "dateTime": ("2020-10-12", "2020-10-12T25:00:00", "2020-02-30T00:00:00", "2020-10-12 09:00:00"),
    "dateTimeStamp": ("2020-10-12T09:00:00",),
    "time": ("9:00:00", "24:00:01"),
    "gYear": ("20", "02020"),
    "gMonth": ("--13",),
    "duration": ("P", "PT", "1D", "P1S"),
    "dayTimeDuration": ("P1Y",),
    "hexBinary": ("0", "xy"),
    "language": ("e n", ""),
    "normalizedString": ("a\tb",),
    "token": (" a", "a  b"),
    "NCName": ("1a", "a:b"),
}


def pairs(table):
    return [(name, text) for name, texts in table.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), pairs(WELL_FORMED))
def test_lexical_forms_of_a_datatype_are_known(name, text):
    assert is_well_formed(text, XSD + name)


@pytest.mark.parametrize(("name", "text"), pairs(ILL))
def test_other_texts_are_not_of_the_datatype(name, text):
    assert not is_well_formed(text, XSD + name)


def test_other_datatypes_take_any_text():
    assert is_well_formed("x", "http://example.org/type")
    assert is_well_formed("x", XSD + "unheardOf")


@pytest.mark.parametrize(("name", "text"), [*pairs(WELL_FORMED), *pairs(ILL)])
def test_a_protected_literal_is_stored_as_it_is_and_read_back(name, text):
    literal = Literal(text, datatype=NamedNode(XSD + name))
    kept = protected(literal)
    node = NamedNode("http://example.org/a")
    (quad,) = Engine([Quad(node, node, kept)]).quads()
    assert quad.object == kept
    assert read_back(kept) == literal


def test_an_ill_formed_literal_is_marked_and_one_that_the_engine_keeps_is_not():
    date = NamedNode(XSD + "date")
    assert (
        protected(Literal("2021-02-29", datatype=date)).datatype.value == f"{ILL_FORMED}{XSD}date"
    )
    good = Literal("2021-02-28", datatype=date)
    assert protected(good) is good
    assert protected(Literal("a", language="en")) == Literal("a", language="en")


def test_whole_numbers_that_were_just_written_are_kept_whatever_their_form():
    node = NamedNode("http://example.org/a")
    five = Literal("5", datatype=NamedNode(XSD + "integer"))
    forms = kept_forms([Triple(node, node, five), Triple(node, node, Literal("5"))])
    kept = Literal("5", datatype=NamedNode(f"{WRITTEN}{XSD}integer"))
    assert forms == {Quad(node, node, five): Quad(node, node, kept)}
