"""Reference data: every described thing has its source, and lists are those of the sources."""

import re

import pyoxigraph
import pytest

from .annotation import ID, ROOT, of_kind, shown, single, table, triples

FILES = sorted(path.stem for path in (ROOT / "data" / "reference").glob("*.ttl"))
SIX = {
    "state/china": "CHN",
    "state/democratic-peoples-republic-of-korea": "PRK",
    "state/japan": "JPN",
    "state/mongolia": "MNG",
    "state/republic-of-korea": "KOR",
    "state/russian-federation": "RUS",
}
ADDRESS = re.compile(r"[a-z]+(/[a-z0-9-]+)+")


@pytest.fixture(scope="module", params=FILES)
def reference_file(request):
    """The triples of one reference file, and its name."""
    return request.param, triples([ROOT / "data" / "reference" / f"{request.param}.ttl"])


def test_reference_files_are_the_known_ones():
    assert set(FILES) >= {
        "states",
        "mechanisms",
        "bodies",
        "sites",
        "species",
        "funds",
        "frameworks",
    }


def test_file_has_a_graph_header(reference_file):
    name, quads = reference_file
    header = table(quads)[f"graph/reference/{name}"]
    assert header["rdf:type"] == {"void:Dataset"}
    assert header.keys() == {"rdf:type", "dcterms:title", "dcterms:description", "dcterms:license"}


def test_file_describes_things_of_the_project_only(reference_file):
    _, quads = reference_file
    assert all(quad.subject.value.startswith(ID) for quad in quads)
    assert all(ADDRESS.fullmatch(shown(quad.subject)) for quad in quads)


def test_file_has_no_blank_node(reference_file):
    _, quads = reference_file
    assert not [quad for quad in quads if isinstance(quad.object, pyoxigraph.BlankNode)]


def test_described_thing_has_its_source(reference_file):
    """Headers and time spans are no described things: a span's source is that of what it dates."""
    _, quads = reference_file
    facts = table(quads)
    described = facts.keys() - of_kind(facts, "graph", "timespan")
    assert {thing for thing in described if "prov:hadPrimarySource" not in facts[thing]} == set()


def test_described_thing_has_a_class_and_an_english_label(reference_file):
    _, quads = reference_file
    facts = table(quads)
    for thing in facts.keys() - of_kind(facts, "graph", "timespan", "membership"):
        assert len(facts[thing]["rdf:type"]) == 1
        assert len([label for label in facts[thing]["rdfs:label"] if label.endswith("@en")]) == 1


def test_thing_that_is_pointed_at_is_described(reference, report, terms):
    known = reference.keys() | report.keys() | terms.keys()
    kinds = {thing.split("/")[0] for thing in known if "/" in thing and ":" not in thing}
    values = {v for about in reference.values() for values in about.values() for v in values}
    pointed_at = {value for value in values if ADDRESS.fullmatch(value)}
    assert {value for value in pointed_at if value.split("/")[0] in kinds} <= known


def test_terms_are_those_of_the_ontology(reference, report, terms):
    used = {term for facts in (reference, report) for about in facts.values() for term in about}
    used |= {c for facts in (reference, report) for a in facts.values() for c in a["rdf:type"]}
    assert {term for term in used if term.startswith("nea:")} <= terms.keys()


def test_label_in_english_is_that_of_the_report(reference, report):
    for thing in reference.keys() & report.keys():
        labels = {label for label in reference[thing]["rdfs:label"] if label.endswith("@en")}
        assert labels == report[thing]["rdfs:label"]


def test_six_states_have_codes_links_and_a_territory(reference):
    assert {s: single(reference, s, "nea:iso3") for s in of_kind(reference, "state")} == SIX
    for state, iso3 in SIX.items():
        eu = f"http://publications.europa.eu/resource/authority/country/{iso3}"
        assert eu in reference[state]["skos:exactMatch"]
        assert re.fullmatch("[A-Z]{2}", single(reference, state, "nea:iso2"))
        assert re.fullmatch(r"\d{3}", single(reference, state, "nea:m49"))
        assert reference[state.replace("state/", "place/")]["nea:territoryOf"] == {state}


def test_groups_hold_the_states_of_their_description(reference):
    groups = {
        group: reference[group]["nea:hasGroupMember"] for group in of_kind(reference, "group")
    }
    assert groups == {
        "group/neaspec-member-states": SIX.keys(),
        "group/other-neaspec-member-states": SIX.keys() - {"state/republic-of-korea"},
    }


def test_dated_membership_is_a_membership_of_the_list(reference):
    for membership in of_kind(reference, "membership"):
        mechanism = single(reference, membership, "org:organization")
        assert single(reference, membership, "org:member") in reference[mechanism]["nea:hasMember"]
        assert reference[single(reference, membership, "org:memberDuring")]["nea:notBefore"]


def test_joining_that_sources_date_differently_is_kept_twice(reference):
    state = "state/democratic-peoples-republic-of-korea"
    both = [
        reference[membership]
        for membership in of_kind(reference, "membership")
        if reference[membership]["org:member"] == {state}
        and reference[membership]["org:organization"] == {"mechanism/neaspec"}
    ]
    assert len({about["org:memberDuring"] for about in both}) == 2
    assert len({about["prov:hadPrimarySource"] for about in both}) == 2


def test_mechanism_is_part_of_neaspec_or_says_why_not(reference):
    under = {m for m in of_kind(reference, "mechanism") if "nea:subMechanismOf" in reference[m]}
    outside = {m for m in of_kind(reference, "mechanism") if "nea:outsideNote" in reference[m]}
    assert under == {"mechanism/neacap", "mechanism/neampan", "mechanism/nea-lccp"}
    assert outside == {"mechanism/neaspec", "mechanism/eanet", "mechanism/dldd-nean"}


def test_project_that_the_report_leaves_unnamed_stays_unassigned(reference, report):
    project = "project/nature-conservation-unspecified"
    assert project not in reference
    assert "nea:projectOf" not in report[project]
