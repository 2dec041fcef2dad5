"""Templates and the dataclasses that fill them."""

from dataclasses import fields

import pytest
from jinja2 import meta, nodes

from neagraph.rdf.terms import BlankNode, Literal, NamedNode
from neagraph.web.pages import PAGES, Renderer
from neagraph.web.views import address_of, value_of

NEA = "https://w3id.org/neagraph/"
XSD = "http://www.w3.org/2001/XMLSchema#"


def names_used(environment, template):
    """The context names that a template and those that it extends use."""
    tree = environment.parse(environment.loader.get_source(environment, template)[0])
    parents = [node.template.value for node in tree.find_all(nodes.Extends)]
    imported = {node.target for node in tree.find_all(nodes.Import)}
    names = meta.find_undeclared_variables(tree) - imported
    return names.union(*(names_used(environment, parent) for parent in parents))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.template)
def test_the_context_of_a_template_is_its_dataclass(page):
    used = names_used(Renderer().environment, page.template)
    assert used == {field.name for field in fields(page)}


def test_each_template_with_a_page_is_filled_by_one_dataclass():
    templates = set(Renderer().environment.list_templates())
    assert templates == {page.template for page in PAGES} | {"base.html", "parts.html"}


@pytest.mark.parametrize(
    ("iri", "address"),
    [
        (NEA + "id/state/japan", "/doc/state/japan"),
        (NEA + "id/state/日本", "/doc/state/%E6%97%A5%E6%9C%AC"),
        (NEA + "id/a?b#c", "/doc/a%3Fb%23c"),
        (NEA + "ontology", "/ontology"),
        (NEA + "ontology#State", "/ontology#State"),
        (NEA + "ontology/1.0.0", "/ontology/1.0.0"),
        (NEA + "ontology/module/core", "/ontology/module/core"),
        ("https://example.org/x?y#z", "https://example.org/x?y#z"),
        ("http://example.org/", "http://example.org/"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("urn:x:y", None),
    ],
)
def test_address_of_leads_to_this_host_for_our_own(iri, address):
    assert address_of(iri) == address


@pytest.mark.parametrize(
    ("term", "text", "note"),
    [
        (Literal("2020-10-12", datatype=NamedNode(XSD + "date")), "2020-10-12", ""),
        (Literal("Japan", language="en"), "Japan", ""),
        (Literal("日本", language="ja"), "日本", "ja"),
        (Literal("x"), "x", ""),
        (Literal("x", datatype=NamedNode("urn:t")), "x", "urn:t"),
        (BlankNode("b"), "_:b", ""),
        (NamedNode(NEA + "id/state/japan"), "state/japan", ""),
        (NamedNode("https://example.org/"), "https://example.org/", ""),
    ],
)
def test_value_of_shows_terms_plainly(term, text, note):
    value = value_of(term)
    assert (value.text, value.language or value.datatype) == (text, note)


def test_value_of_tells_numbers_and_other_hosts():
    assert value_of(Literal("3", datatype=NamedNode(XSD + "integer"))).kind == "number"
    assert value_of(NamedNode("https://example.org/")).external
    assert not value_of(NamedNode(NEA + "id/state/japan")).external
