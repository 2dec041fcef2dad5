"""Where JSON-LD and RDF/XML texts begin to describe each node."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin
from xml.parsers import expat

from neagraph.rdf.terms import NamedNode, Term
from neagraph.vocab import RDF

_PAIR: Final = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*"((?:[^"\\]|\\.)*)"')
_SPACE: Final = " "
_XML_BASE: Final = f"http://www.w3.org/XML/1998/namespace{_SPACE}base"
_NAMING: Final = {RDF[:-1] + "#" + _SPACE + name: name for name in ("about", "ID")}

Places = dict[Term, int]


def jsonld_places(text: str, nodes: set[NamedNode], *, base: str = "") -> Places:
    """Return the offsets of the `@id` of nodes, or of what the context calls it.

    Args:
        text: JSON-LD, found well-formed.
        nodes: The nodes that are looked for.
        base: What relative IRIs are resolved against.
    """
    context = _context_of(json.loads(text))
    base = urljoin(base, str(context.get("@base") or ""))
    names = {"@id", *(name for name, meaning in context.items() if meaning == "@id")}
    wanted = {node.value: node for node in nodes}
    found: Places = {}
    for match in _PAIR.finditer(text):
        key, value = (json.loads(f'"{part}"') for part in match.groups())
        iri = _expanded(value, context, base) if key in names else ""
        if iri in wanted:
            found.setdefault(wanted[iri], match.start(2) - 1)
    return found


def _context_of(document: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    """Return the terms of all contexts of the outermost objects, in one."""
    outermost = document if isinstance(document, list) else [document]
    return {
        name: meaning
        for entry in outermost
        if isinstance(entry, dict)
        for name, meaning in _terms(entry.get("@context"))
    }


def _terms(context: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  JSON
    for entry in context if isinstance(context, list) else [context]:
        if isinstance(entry, dict):
            for name, meaning in entry.items():
                yield name, meaning.get("@id") if isinstance(meaning, dict) else meaning


def _expanded(value: str, context: dict[str, Any], base: str) -> str:
    prefix, colon, local = value.partition(":")
    namespace = context.get(prefix)
    if colon and isinstance(namespace, str) and not local.startswith("//"):
        return namespace + local
    return value if colon else urljoin(base, value)


def rdfxml_places(text: str, nodes: set[NamedNode], *, base: str = "") -> Places:
    """Return the offsets of the elements that describe nodes, by `rdf:about` or `rdf:ID`.

    Args:
        text: RDF/XML, found well-formed.
        nodes: The nodes that are looked for.
        base: What relative IRIs are resolved against.
    """
    data = text.encode()
    found: Places = {}
    bases = [base]
    parser = expat.ParserCreate("utf-8", _SPACE)

    def start(_: str, attributes: dict[str, str]) -> None:
        bases.append(urljoin(bases[-1], attributes.get(_XML_BASE, "")))
        for name, value in attributes.items():
            kind = _NAMING.get(name)
            if kind is not None:
                relative = value if kind == "about" else "#" + value
                node = NamedNode(urljoin(bases[-1], relative))
                if node in nodes:
                    found.setdefault(node, parser.CurrentByteIndex)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: bases.pop() and None
    try:
        parser.Parse(data, True)  # noqa: FBT003  it is the whole text
    except (expat.ExpatError, ValueError):  # what the engine reads, and expat does not
        return found
    return {node: len(data[:at].decode(errors="replace")) for node, at in found.items()}
