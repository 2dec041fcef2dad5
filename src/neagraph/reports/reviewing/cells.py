"""The parts of a statement that a reviewer may change, each as one line of text and back.

A sheet and the page use the same ones. Things are written by their short names, `body/escap`;
several values of one kind stand in the order of the text with ` | ` between them.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Final, TypeVar

from neagraph.reports.statements import Amount, Commitment, Due, Statement
from neagraph.reports.wording import Glossary
from neagraph.vocab import ID, path_of, thing

BETWEEN: Final = " | "
_BASES: Final = ("stated", "inferred")
_DUE: Final = re.compile(
    r"(?P<first>\d{4}-\d\d-\d\d|\.\.)/(?P<last>\d{4}-\d\d-\d\d|\.\.)"
    r"(?: (?P<precision>day|month|year|event|open))?(?:: (?P<words>.*))?"
)
_SHORT_DUE: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:: (?P<words>.*))?")
_INFERRED: Final = " (inferred)"
_ANSWERS: Final = {"": False, "no": False, "false": False, "yes": True, "true": True}
T = TypeVar("T", Amount, Commitment)


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that is being changed: with the reviewer's words for its commitments."""

    statement: Statement
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A part that may be changed.

    Args:
        show: Its text.
        put: The draft with another text for it; raises ValueError, which says what is wrong.
    """

    show: Callable[[Draft], str]
    put: Callable[[Draft, str, Glossary], Draft]


def change(
    draft: Draft, texts: Mapping[str, str], glossary: Glossary
) -> tuple[Draft, tuple[str, ...]]:
    """Return a draft with new texts worked in, and the names of the cells that this changes.

    Raises:
        CellError: For each text that cannot be used, with the name of its cell.
    """
    edited, wrong = list[str](), list[CellError]()
    for name, cell in CELLS.items():
        text = texts.get(name)
        if text is None or _plain(text) == _plain(cell.show(draft)):
            continue
        try:
            draft = cell.put(draft, text.strip(), glossary)
        except ValueError as error:
            wrong.append(CellError(name, str(error)))
        edited.append(name)
    raise_any(wrong)
    return draft, tuple(edited)


class CellError(ValueError):
    """A text that a cell cannot have.

    Args:
        cell: Name of the cell.
        reason: What is wrong, without a full stop.
        others: What is wrong with other cells of the same statement.
    """

    def __init__(self, cell: str, reason: str, others: Iterable[CellError] = ()) -> None:
        super().__init__(reason)
        self.cell = cell
        self.others = tuple(others)

    @property
    def each(self) -> tuple[CellError, ...]:
        """Itself and the others."""
        return (self, *self.others)


def raise_any(wrong: Sequence[CellError]) -> None:
    """Raise all that is wrong as one error; nothing where nothing is.

    Raises:
        CellError: The first, with the others.
    """
    if wrong:
        found = [one for error in wrong for one in error.each]
        raise CellError(found[0].cell, str(found[0]), found[1:])


def wrong_in(check: Callable[[], object]) -> tuple[CellError, ...]:
    """Return what is wrong with cells by a check that raises it."""
    try:
        check()
    except CellError as error:
        return error.each
    return ()


def _plain(text: str) -> str:
    return " ".join(text.split())


# ---- Things --------------------------------------------------------------------------------------


def show_thing(iri: str | None) -> str:
    """Return a thing's short name; empty for none."""
    return "" if iri is None else path_of(iri) or iri


def _thing(text: str, glossary: Glossary) -> str | None:
    if not text:
        return None
    iri = text if ":" in text else thing(text.removeprefix(ID))
    if not glossary.knows(iri):
        raise ValueError(f'the graph knows no "{text}"; {_near(text, glossary)}')
    return iri


def _near(text: str, glossary: Glossary) -> str:
    """Return what may be meant: what is called so, else what is written nearly so."""
    things = {iri: label for iri, label in glossary.labels.items() if iri.startswith(ID)}
    called = [iri for iri, label in things.items() if label.casefold() == text.casefold()]
    near = called or [thing(name) for name in get_close_matches(text, map(show_thing, things), 1)]
    if not near:
        return "write a short name such as state/japan"
    return f"did you mean {' or '.join(sorted(map(show_thing, near)))}?"


def _put_actor(draft: Draft, text: str, glossary: Glossary) -> Draft:
    actor = _thing(text, glossary)
    basis = "unstated" if actor is None else "stated"
    return replace(draft, statement=replace(draft.statement, actor=actor, actor_basis=basis))


def _put_addressee(draft: Draft, text: str, glossary: Glossary) -> Draft:
    addressee = _thing(text, glossary)
    basis = None if addressee is None else "stated"
    changed = replace(draft.statement, addressee=addressee, addressee_basis=basis)
    return replace(draft, statement=changed)


def _put_type(draft: Draft, text: str, glossary: Glossary) -> Draft:
    if text not in glossary.kinds:
        known = ", ".join(sorted(glossary.kinds))
        raise ValueError(f'"{text}" is no kind of statement; there are {known}')
    return replace(draft, statement=replace(draft.statement, type=text))


def _put_negated(draft: Draft, text: str, _: Glossary) -> Draft:
    if text.lower() not in _ANSWERS:
        raise ValueError(f'"{text}" is no answer: write yes if it was not done, else no')
    if not _ANSWERS[text.lower()]:
        return replace(draft, statement=replace(draft.statement, negated=False))
    # What was not done binds nobody.
    return Draft(replace(draft.statement, negated=True, commitments=()))


# ---- Place ---------------------------------------------------------------------------------------


def _put_start(draft: Draft, text: str, _: Glossary) -> Draft:
    return replace(draft, statement=_placed(replace(draft.statement, start=_number(text))))


def _put_end(draft: Draft, text: str, _: Glossary) -> Draft:
    return replace(draft, statement=_placed(replace(draft.statement, end=_number(text))))


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,12}", text):
        raise ValueError(f'"{text}" is no position: write a whole number')
    return int(text)


def _placed(statement: Statement) -> Statement:
    if not statement.start <= statement.trigger_start < statement.trigger_end <= statement.end:
        raise ValueError(
            f"{statement.start} to {statement.end} does not hold the trigger word, "
            f"{statement.trigger_start} to {statement.trigger_end}"
        )
    return statement


# ---- Commitments ---------------------------------------------------------------------------------


def _show_actions(draft: Draft) -> str:
    return BETWEEN.join(draft.actions)


def _put_actions(draft: Draft, text: str, _: Glossary) -> Draft:
    found = _parts(text, len(draft.statement.commitments), "commitment") if text else []
    if any(len(part) > 300 for part in found):  # noqa: PLR2004  a line or two
        raise ValueError("an action is told in 300 characters at most")
    return replace(draft, actions=tuple(found))


def _show_dues(draft: Draft) -> str:
    return _several([show_due(c.due) for c in draft.statement.commitments])


def _put_dues(draft: Draft, text: str, _: Glossary) -> Draft:
    old = draft.statement.commitments
    dues = [read_due(part) for part in _parts(text, len(old), "commitment")]
    kept = [
        due if due is None or c.due is None else replace(due, basis=c.due.basis)
        for due, c in zip(dues, old, strict=True)
    ]
    return _with_commitments(draft, [replace(c, due=d) for c, d in zip(old, kept, strict=True)])


def _show_bases(draft: Draft) -> str:
    return _several([c.due.basis if c.due else "" for c in draft.statement.commitments])


def _put_bases(draft: Draft, text: str, _: Glossary) -> Draft:
    old, changed = draft.statement.commitments, list[Commitment]()
    for commitment, basis in zip(old, _parts(text, len(old), "commitment"), strict=True):
        if commitment.due is None and basis:
            raise ValueError("there is a basis for a deadline that is not there")
        if commitment.due is not None and basis not in _BASES:
            raise ValueError(f'"{basis}" is no basis of a deadline: write stated or inferred')
        due = None if commitment.due is None else replace(commitment.due, basis=basis)
        changed.append(replace(commitment, due=due))
    return _with_commitments(draft, changed)


def _with_commitments(draft: Draft, changed: Sequence[Commitment]) -> Draft:
    return replace(draft, statement=replace(draft.statement, commitments=tuple(changed)))


def show_due(due: Due | None) -> str:
    """Return a deadline as text: `2022-01-01/2022-12-31 year: in 2022`, `../.. open: soon`."""
    if due is None:
        return ""
    words = f": {_plain(due.as_written)}" if due.as_written else ""
    return f"{due.not_before or '..'}/{due.not_after or '..'} {due.precision}{words}"


def read_due(text: str) -> Due | None:
    """Return the deadline that a text tells; a year, month or day alone will do.

    Raises:
        ValueError: If it tells none.
    """
    if not text:
        return None
    found = _DUE.fullmatch(text)
    if found:
        first, last = (None if d == ".." else _day(d) for d in (found["first"], found["last"]))
        usual = "open" if first is None and last is None else "day"
        return _ordered(
            Due(first, last, found["precision"] or usual, found["words"] or "", "stated")
        )
    short = _SHORT_DUE.fullmatch(text)
    if not short:
        raise ValueError(
            f'"{text}" is no deadline: write 2022, 2022-05, 2022-05-31, ../2022-12-31 or '
            '"../.. open: in due course"'
        )
    year, month, day = short[1], short[2], short[3]
    first = _day(f"{year}-{month or '01'}-{day or '01'}")
    end = day or (f"{calendar.monthrange(int(year), int(month))[1]:02}" if month else "31")
    last = _day(f"{year}-{month or '12'}-{end}")
    precision = "day" if day else "month" if month else "year"
    return Due(first, last, precision, short["words"] or "", "stated")


def _day(text: str) -> str:
    year, month, day = map(int, text.split("-"))
    known = 1 <= month <= 12 and year > 0  # noqa: PLR2004  the months
    if not known or not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise ValueError(f"there is no day {text}")
    return text


def _ordered(due: Due) -> Due:
    if due.not_before and due.not_after and due.not_before > due.not_after:
        raise ValueError("the deadline ends before it begins")
    return due


# ---- Amounts -------------------------------------------------------------------------------------


def _show_values(draft: Draft) -> str:
    return _several([a.value for a in draft.statement.amounts])


def _put_values(draft: Draft, text: str, _: Glossary) -> Draft:
    return _with_amounts(draft, text, lambda a, part: replace(a, value=_value(part)))


def _value(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    if not re.fullmatch(r"\d+(\.\d+)?", text) or value <= 0:
        raise ValueError(f'"{text}" is no sum: write digits and at most one point')
    return text


def _show_currencies(draft: Draft) -> str:
    return _several(
        [
            a.currency + (_INFERRED if a.currency_basis == "inferred" else "")
            for a in draft.statement.amounts
        ]
    )


def _put_currencies(draft: Draft, text: str, _: Glossary) -> Draft:
    return _with_amounts(draft, text, _in_currency)


def _in_currency(amount: Amount, text: str) -> Amount:
    code = text.removesuffix(_INFERRED)
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError(f'"{text}" is no currency: write USD, or "USD{_INFERRED}"')
    basis = "inferred" if text.endswith(_INFERRED) else "stated"
    return replace(amount, currency=code, currency_basis=basis)


def _show_donors(draft: Draft) -> str:
    return _several([show_thing(a.donor) for a in draft.statement.amounts])


def _put_donors(draft: Draft, text: str, glossary: Glossary) -> Draft:
    return _with_amounts(draft, text, lambda a, part: replace(a, donor=_thing(part, glossary)))


def _with_amounts(draft: Draft, text: str, put: Callable[[Amount, str], Amount]) -> Draft:
    old = draft.statement.amounts
    changed = [put(a, part) for a, part in zip(old, _parts(text, len(old), "amount"), strict=True)]
    return replace(draft, statement=replace(draft.statement, amounts=tuple(changed)))


# ---- Several values ------------------------------------------------------------------------------


def _several(texts: Sequence[str]) -> str:
    return BETWEEN.join(texts) if any(texts) else ""


def _parts(text: str, number: int, what: str) -> list[str]:
    """Return one text for each of several values; an empty text is empty for each."""
    parts = [part.strip() for part in text.split("|")] if text else [""] * number
    if len(parts) != number:
        raise ValueError(
            f"{len(parts)} value{'s' * (len(parts) != 1)} for {number} {what}{'s' * (number != 1)}"
        )
    return parts


CELLS: Final[Mapping[str, Cell]] = {
    "start": Cell(lambda d: str(d.statement.start), _put_start),
    "end": Cell(lambda d: str(d.statement.end), _put_end),
    "type": Cell(lambda d: d.statement.type, _put_type),
    "actor": Cell(lambda d: show_thing(d.statement.actor), _put_actor),
    "addressee": Cell(lambda d: show_thing(d.statement.addressee), _put_addressee),
    "action": Cell(_show_actions, _put_actions),
    "deadline": Cell(_show_dues, _put_dues),
    "deadline_basis": Cell(_show_bases, _put_bases),
    "amount": Cell(_show_values, _put_values),
    "currency": Cell(_show_currencies, _put_currencies),
    "donor": Cell(_show_donors, _put_donors),
    "negated": Cell(lambda d: "yes" if d.statement.negated else "", _put_negated),
}
"""Name of each part to how it is written, in the order in which changes are worked in.

Negation comes last: it takes the commitments away that the cells before it are about.
"""
