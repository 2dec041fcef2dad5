"""The rules of OWL 2 RL/RDF, table by table, and what becomes of each here.

Source: W3C "OWL 2 Web Ontology Language Profiles" (2012), 4.3, tables 4 to 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple


class Treatment(StrEnum):
    """What becomes of a rule."""

    ENTAILS = "entails"
    """It adds triples."""
    CLASHES = "clash"
    """It finds contradictions."""
    CHECKS = "clash, or owl:sameAs"
    """It reports two names for one thing; it entails owl:sameAs where names are to be inferred."""
    INFERS = "only with owl:sameAs"
    """It adds triples where names are to be inferred; the graph itself is checked for them."""
    LEFT_OUT = "left out"
    """All that it adds says nothing."""


class TableRule(NamedTuple):
    """A rule of the tables.

    Args:
        name: Its name there.
        treatment: What becomes of it.
        says: What it does, or why it is left out.
    """

    name: str
    treatment: Treatment
    says: str


_E, _C, _K, _S, _L = Treatment

TABLES: Final[dict[int, tuple[TableRule, ...]]] = {
    4: (
        TableRule("eq-ref", _L, "everything is the same as itself"),
        TableRule("eq-sym", _S, "sameness holds both ways"),
        TableRule("eq-trans", _S, "sameness is passed on"),
        TableRule("eq-rep-s", _S, "a subject's other names have its triples"),
        TableRule("eq-rep-p", _S, "a property's other names have its triples"),
        TableRule("eq-rep-o", _S, "an object's other names have its triples"),
        TableRule("eq-diff1", _C, "the same and different at once"),
        TableRule("eq-diff2", _C, "the same, though members of one owl:AllDifferent"),
        TableRule("eq-diff3", _C, "the same, though distinct members of one owl:AllDifferent"),
    ),
    5: (
        TableRule("prp-ap", _L, "annotation properties are declared"),
        TableRule("prp-dom", _E, "what has a property is of its domain"),
        TableRule("prp-rng", _E, "a value of a property is of its range"),
        TableRule("prp-fp", _K, "two values of a functional property"),
        TableRule("prp-ifp", _K, "two things with one value of an inverse functional property"),
        TableRule("prp-irp", _C, "related to itself by an irreflexive property"),
        TableRule("prp-symp", _E, "a symmetric property holds both ways"),
        TableRule("prp-asyp", _C, "an asymmetric property both ways"),
        TableRule("prp-trp", _E, "a transitive property is passed on"),
        TableRule("prp-spo1", _E, "a property implies the wider one"),
        TableRule("prp-spo2", _E, "a chain of properties implies a property"),
        TableRule("prp-eqp1", _E, "a property implies the one that is equivalent"),
        TableRule("prp-eqp2", _E, "the same the other way round"),
        TableRule("prp-pdw", _C, "related by two disjoint properties"),
        TableRule("prp-adp", _C, "related by two of several disjoint properties"),
        TableRule("prp-inv1", _E, "a property implies its inverse"),
        TableRule("prp-inv2", _E, "the same the other way round"),
        TableRule("prp-key", _K, "two things that agree in the whole of a key"),
        TableRule("prp-npa1", _C, "related, though that is denied"),
        TableRule("prp-npa2", _C, "a value, though that is denied"),
    ),
    6: (
        TableRule("cls-thing", _L, "owl:Thing is a class"),
        TableRule("cls-nothing1", _L, "owl:Nothing is a class"),
        TableRule("cls-nothing2", _C, "a member of owl:Nothing"),
        TableRule("cls-int1", _E, "a member of all parts is one of the intersection"),
        TableRule("cls-int2", _E, "a member of an intersection is one of each part"),
        TableRule("cls-uni", _E, "a member of a part is one of the union"),
        TableRule("cls-com", _C, "a member of a class and of its complement"),
        TableRule("cls-svf1", _E, "a value of a class makes a member"),
        TableRule("cls-svf2", _E, "any value makes a member"),
        TableRule("cls-avf", _E, "all values of a member are of a class"),
        TableRule("cls-hv1", _E, "a member has the value"),
        TableRule("cls-hv2", _E, "what has the value is a member"),
        TableRule("cls-maxc1", _C, "a value where none may be"),
        TableRule("cls-maxc2", _K, "two values where one may be"),
        TableRule("cls-maxqc1", _C, "a value of a class where none may be"),
        TableRule("cls-maxqc2", _C, "the same where the class is owl:Thing"),
        TableRule("cls-maxqc3", _K, "two values of a class where one may be"),
        TableRule("cls-maxqc4", _K, "the same where the class is owl:Thing"),
        TableRule("cls-oo", _E, "who is listed is a member"),
    ),
    7: (
        TableRule("cax-sco", _E, "a member of a class is one of the wider class"),
        TableRule("cax-eqc1", _E, "a member of a class is one of the equivalent class"),
        TableRule("cax-eqc2", _E, "the same the other way round"),
        TableRule("cax-dw", _C, "a member of two disjoint classes"),
        TableRule("cax-adc", _C, "a member of two of several disjoint classes"),
    ),
    8: (
        TableRule("dt-type1", _L, "the datatypes are declared"),
        TableRule("dt-type2", _L, "literals have the types of their values"),
        TableRule("dt-eq", _L, "literals of one value are the same"),
        TableRule("dt-diff", _C, "literals of two values where one may be"),
        TableRule("dt-not-type", _C, "a literal outside the datatype that it must have"),
    ),
    9: (
        TableRule("scm-cls", _L, "every class is under itself, owl:Thing and over owl:Nothing"),
        TableRule("scm-sco", _E, "narrower classes of narrower ones"),
        TableRule("scm-eqc1", _E, "equivalent classes are under each other"),
        TableRule("scm-eqc2", _E, "classes under each other are equivalent"),
        TableRule("scm-op", _L, "every object property is under itself"),
        TableRule("scm-dp", _L, "every datatype property is under itself"),
        TableRule("scm-spo", _E, "narrower properties of narrower ones"),
        TableRule("scm-eqp1", _E, "equivalent properties are under each other"),
        TableRule("scm-eqp2", _E, "properties under each other are equivalent"),
        TableRule("scm-dom1", _E, "a domain holds for wider classes"),
        TableRule("scm-dom2", _E, "a domain holds for narrower properties"),
        TableRule("scm-rng1", _E, "a range holds for wider classes"),
        TableRule("scm-rng2", _E, "a range holds for narrower properties"),
        TableRule("scm-hv", _E, "having a value of a narrower property"),
        TableRule("scm-svf1", _E, "some value of a narrower class"),
        TableRule("scm-svf2", _E, "some value of a narrower property"),
        TableRule("scm-avf1", _E, "only values of a narrower class"),
        TableRule("scm-avf2", _E, "only values, of a wider property"),
        TableRule("scm-int", _E, "an intersection is under each part"),
        TableRule("scm-uni", _E, "each part is under the union"),
    ),
}
"""Number of a table → its rules, in its order."""


def rules(*treatments: Treatment) -> Iterator[TableRule]:
    """Yield the rules that are treated in one of some ways, in the order of the tables."""
    for table in TABLES.values():
        yield from (rule for rule in table if rule.treatment in treatments)


def to_markdown() -> str:
    """Return the tables as one in Markdown, for the manual."""
    lines = ["| table | rule | here | what it is about |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {number} | {rule.name} | {rule.treatment} | {rule.says} |"
        for number, table in TABLES.items()
        for rule in table
    ]
    return "\n".join(lines) + "\n"
