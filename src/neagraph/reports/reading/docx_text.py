"""The text of DOCX elements as it shows: tracked changes taken, hidden text left out."""

from __future__ import annotations

from collections.abc import Iterator

from neagraph.reports.reading.docx_numbers import Element, W, value_of

_OFF = frozenset({"0", "false", "none", "off"})
_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ALTERNATIVES = f"{_MARKUP}AlternateContent"
_BOX = f"{W}txbxContent"
_SKIPPED = frozenset({_ALTERNATIVES, _BOX}) | {
    f"{W}{name}" for name in ("pPr", "rPr", "del", "moveFrom", "pict", "object", "drawing")
}
_WRAPPERS = frozenset(f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml"))
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "\u00ad",
}


def text_of(element: Element) -> str:
    """Return the text in an element, without deleted text, hidden text and text boxes."""
    return "".join(run_text(run) for run in runs_of(element))


def runs_of(element: Element) -> Iterator[Element]:
    """Yield the runs of an element that show."""
    for child in element:
        if child.tag == f"{W}r":
            if not is_on(child.find(f"{W}rPr"), "vanish"):
                yield child
        elif child.tag not in _SKIPPED:
            yield from runs_of(child)


def run_text(run: Element) -> str:
    """Return the text of a run."""
    return "".join(_texts(run))


def _texts(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag not in _SKIPPED:
            yield from _texts(child)


def is_on(properties: Element | None, name: str) -> bool | None:
    """Return whether a property of a run is on; None if it is not told."""
    found = None if properties is None else properties.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val", "1") not in _OFF


def inside(element: Element, *names: str) -> Iterator[Element]:
    """Yield the children of some names, those in content controls and tracked changes too."""
    wanted = {f"{W}{name}" for name in names}
    for child in element:
        if child.tag in wanted:
            yield child
        elif child.tag in _WRAPPERS:
            yield from inside(child, *names)


def boxes_in(element: Element) -> Iterator[Element]:
    """Yield the contents of the text boxes that hang on an element, each once.

    Word writes a box twice, for itself and for older programs; the first form with a box counts.
    """
    for child in element:
        if child.tag == _BOX:
            yield child
        elif child.tag == _ALTERNATIVES:
            forms = (list(boxes_in(form)) for form in child)
            yield from next((boxes for boxes in forms if boxes), [])
        elif child.tag not in {f"{W}del", f"{W}moveFrom"}:
            yield from boxes_in(child)


def is_joined(paragraph: Element) -> bool:
    """Return whether the end of a paragraph is deleted, so that the next one goes on with it."""
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and any(
        mark.find(f"{W}{name}") is not None for name in ("del", "moveFrom")
    )


def is_deleted_row(row: Element) -> bool:
    """Return whether a row of a table is deleted."""
    return row.find(f"{W}trPr/{W}del") is not None


def notes_in(body: Element, kind: str) -> Iterator[str]:
    """Yield the ids of the notes that a text refers to, in order; the kind is that of its tag."""
    for reference in body.iter(f"{W}{kind}Reference"):
        if not any(parent.tag == f"{W}del" for parent in reference.iterancestors()):
            yield str(reference.get(f"{W}id", ""))


def list_place(element: Element) -> tuple[str, str]:
    """Return the list of a paragraph or a style, and the level in it; empty if not told."""
    properties = element.find(f"{W}pPr/{W}numPr")
    if properties is None:
        return "", ""
    return value_of(properties, "numId"), value_of(properties, "ilvl")
