"""Where a paragraph names things: longest match over whole words, acronyms, numbered sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from neagraph.reports.document import Token
from neagraph.reports.extraction.function_words import POSSESSIVES
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.names import Pattern
from neagraph.reports.extraction.newcomers import new_name
from neagraph.reports.extraction.ordinals import ordinal
from neagraph.reports.spelling import SKIPPED, is_acronym, level, slug
from neagraph.vocab import ID

PROVISIONAL: Final = ID + "provisional/"
"""What the IRIs begin with of things that the graph does not know."""

_PASSED: Final = frozenset({",", "/", "'", "'s", "&", "."})
"""Signs that make no difference inside a name."""
_LOCAL: Final = frozenset({"in", "within", "at", "across", "throughout"})
"""Prepositions before a place."""
_SESSION_WORDS: Final = frozenset({"meeting", "session", "annual", "regular", "ordinary"})
_STEPS: Final = {"next": 1, "previous": -1, "last": -1}
_FAR: Final = 4
_BETWEEN: Final = 6
"""How many words may stand between an ordinal and the body."""


@dataclass(frozen=True, slots=True)
class Found:
    """A place where a thing is named; offsets into the view.

    Args:
        start: Where the name begins.
        end: Where it ends.
        iri: The thing.
        is_name: Whether the words are a proper name.
        masks: Whether it is the longest name here, so that its words are taken as one.
        label: What a provisional thing is to be called; empty for known ones.
        type: Class name of a provisional thing; empty for known ones.
    """

    start: int
    end: int
    iri: str
    is_name: bool
    masks: bool = True
    label: str = ""
    type: str = ""


@dataclass(slots=True)
class Finder:
    """Finds names in the paragraphs of one report; acronyms that it defines hold from there on.

    Args:
        lexicon: Words and names.
        meeting: IRI of the meeting that the report is of; None if not known.
        key: What sets provisional things of this report apart from those of others.
    """

    lexicon: Lexicon
    meeting: str | None
    key: str
    context: frozenset[str] = frozenset()
    acronyms: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    session_bodies: dict[str, str] = field(default_factory=dict)
    session_numbers: dict[str, int] = field(default_factory=dict)
    body: str | None = None
    number: int = 0

    def __post_init__(self) -> None:
        names = self.lexicon.names
        self.context = names.context(self.meeting)
        self._meet(self.meeting)
        for iri, entity in sorted(names.entities.items()):
            if self.lexicon.is_a(entity, "Body"):
                self.bodies.update(
                    (pattern.words[0], iri)
                    for found in names.patterns.values()
                    for pattern in found
                    if pattern.iri == iri and len(pattern.words) == 1 and not pattern.is_short
                )

    def _meet(self, meeting: str | None) -> None:
        entity = self.lexicon.names.get(meeting)
        if entity is not None:
            self.body = entity.one("sessionOf") or None
            self.number = int(entity.one("sessionNumber") or "0")

    def find(self, tokens: Sequence[Token]) -> list[Found]:
        """Return the names among the words of a paragraph, in the order of the text."""
        found: list[Found] = []
        place = 0
        while place < len(tokens):
            hit = self._at(tokens, place)
            if hit is None:
                place += 1
                continue
            stop, outer = hit
            found.append(outer)
            if not outer.is_name:
                found += self._inside(tokens, place, stop)
            self._define(tokens, stop, outer)
            place = stop
        return self._places(tokens, found)

    def provisional(self, label: str) -> str:
        """Return the IRI of a thing of this report that the graph does not know."""
        return f"{PROVISIONAL}{self.key}/{slug(label)}"

    # ---- one place ---------------------------------------------------------------------------

    def _at(self, tokens: Sequence[Token], place: int) -> tuple[int, Found] | None:
        return (
            self._session(tokens, place)
            or self._next(tokens, place)
            or self._known(tokens, place)
            or self._numbered(tokens, place)
            or self._acronym(tokens, place)
            or self._new(tokens, place)
        )

    def _known(
        self, tokens: Sequence[Token], place: int, *, names_only: bool = False
    ) -> tuple[int, Found] | None:
        best: tuple[int, Pattern] | None = None
        for pattern in self.lexicon.names.patterns.get(level(tokens[place].text), ()):
            stop = 0 if names_only and not pattern.is_name else _end_of(pattern, tokens, place)
            if stop and self._goes_on(tokens, stop, pattern):
                continue
            if stop and (best is None or stop > best[0]) and self._fits(pattern):
                best = stop, pattern
        if best is None:
            return None
        stop, pattern = best
        return stop, Found(
            _first(tokens, place), tokens[stop - 1].end, pattern.iri, pattern.is_name
        )

    def _goes_on(self, tokens: Sequence[Token], stop: int, pattern: Pattern) -> bool:
        """Whether a one-word name is only the beginning of a longer one: `Korea Forest Service`."""
        if len(pattern.key) > 1 or stop + 1 >= len(tokens) or is_acronym(pattern.words[0]):
            return False
        after = [token.text for token in tokens[stop : stop + 2]]
        return all(word[0].isupper() and word[1:].islower() for word in after)

    def _fits(self, pattern: Pattern) -> bool:
        """Whether the context allows this reading: short names and descriptions need one."""
        if pattern.is_short:
            entity = self.lexicon.names.entities[pattern.iri]
            if not (pattern.is_name or pattern.any_case) and len(pattern.key) == 1:
                return False
            return bool(self.context & {pattern.iri, pattern.owner, *entity.owners})
        if pattern.is_name or pattern.any_case:
            return True
        told = self.lexicon.names.told_at.get(pattern.iri, frozenset())
        return not told or self.meeting in told

    def _session(self, tokens: Sequence[Token], place: int) -> tuple[int, Found] | None:
        """Read an ordinal with a body: `Twenty-fourth … Meeting`, `15th session of the …`."""
        number = ordinal(tokens[place].text)
        if number is None:
            return None
        after = place + 1
        while after < len(tokens) and after < place + _BETWEEN:
            known = self._known(tokens, after) or self._body_word(tokens, after)
            if known is None and level(tokens[after].text) in {"meeting", "session"}:
                plain = self._plain_session(tokens, place, after, number)
                if plain is not None:
                    return plain
            if known and self.lexicon.is_a(self.lexicon.names.get(known[1].iri), "Body"):
                stop, body = known
                return stop, self._session_of(tokens, (place, stop), body.iri, number)
            if level(tokens[after].text) not in {*_SESSION_WORDS, "of", "the"}:
                return None
            after += 1
        return None

    def _plain_session(
        self, tokens: Sequence[Token], place: int, after: int, number: int
    ) -> tuple[int, Found] | None:
        """Read `its fourth meeting` as a session of the body that meets."""
        following = tokens[after + 1].text.lower() if after + 1 < len(tokens) else ""
        owned = place > 0 and tokens[place - 1].text.lower() in POSSESSIVES
        if following == "of" or self.body is None or owned:
            return None
        return after + 1, self._session_of(tokens, (place, after + 1), self.body, number)

    def _next(self, tokens: Sequence[Token], place: int) -> tuple[int, Found] | None:
        """Read `the next SOM` as the session after the one that the report is of."""
        step = _STEPS.get(tokens[place].text.lower())
        if step is None or not self.number or place + 1 >= len(tokens):
            return None
        body = self._body_word(tokens, place + 1)
        if body is None or body[1].iri != self.body:
            return None
        stop = place + 2
        return stop, self._session_of(tokens, (place, stop), body[1].iri, self.number + step)

    def _body_word(self, tokens: Sequence[Token], place: int) -> tuple[int, Found] | None:
        iri = self.bodies.get(tokens[place].text)
        if iri is None:
            return None
        token = tokens[place]
        return place + 1, Found(token.start, token.end, iri, is_name=True)

    def _numbered(self, tokens: Sequence[Token], place: int) -> tuple[int, Found] | None:
        """Read an acronym with a number: `SOM-24`, `SPC 2`, `COP14`."""
        text, stop = tokens[place].text, place + 1
        acronym = text.rstrip("0123456789").rstrip("-")
        number = text[len(acronym) :].lstrip("-")
        if not number and stop < len(tokens) and tokens[stop].text.isdecimal():
            number, stop = tokens[stop].text, stop + 1
        body = self.bodies.get(acronym)
        if body is None or not number or len(number) > _FAR:
            return None
        return stop, self._session_of(tokens, (place, stop), body, int(number))

    def _session_of(
        self, tokens: Sequence[Token], span: tuple[int, int], body: str, number: int
    ) -> Found:
        start, end = _first(tokens, span[0]), tokens[span[1] - 1].end
        iri = self.lexicon.names.sessions.get((body, number))
        if iri is not None:
            return Found(start, end, iri, is_name=True)
        entity = self.lexicon.names.get(body)
        named = entity.label if entity else "session"
        label = f"{next((a for a, b in self.bodies.items() if b == body), named)}-{number}"
        iri = self.provisional(label)
        self.session_bodies[iri] = body
        self.session_numbers[iri] = number
        return Found(start, end, iri, is_name=True, label=label, type="BodySession")

    def _acronym(self, tokens: Sequence[Token], place: int) -> tuple[int, Found] | None:
        known = self.acronyms.get(tokens[place].text)
        if known is None:
            return None
        iri, label, kind = known
        token = tokens[place]
        return place + 1, Found(token.start, token.end, iri, is_name=True, label=label, type=kind)

    def _new(self, tokens: Sequence[Token], place: int) -> tuple[int, Found] | None:
        fresh = new_name(self.lexicon, tokens, place)
        if fresh is None:
            return None
        stop, label, kind = fresh
        if self._is_mostly_known(tokens, place, stop):
            return None
        return stop, Found(
            tokens[place].start,
            tokens[stop - 1].end,
            self.provisional(label),
            is_name=True,
            label=label,
            type=kind,
        )

    def _is_mostly_known(self, tokens: Sequence[Token], place: int, stop: int) -> bool:
        for inner in range(place + 1, stop):
            hit = self._known(tokens, inner)
            if hit and hit[0] >= stop and (stop - inner) * 2 > stop - place:
                return True
        return False

    # ---- what follows from a name --------------------------------------------------------------

    def _inside(self, tokens: Sequence[Token], place: int, stop: int) -> Iterator[Found]:
        """Give the proper names inside a description."""
        while place < stop:
            hit = self._known_inside(tokens[:stop], place)
            if hit is not None:
                yield hit[1]
            place = place + 1 if hit is None else hit[0]

    def _known_inside(self, tokens: Sequence[Token], place: int) -> tuple[int, Found] | None:
        hit = self._known(tokens, place, names_only=True)
        if hit is None:
            return None
        stop, inner = hit
        return stop, Found(inner.start, inner.end, inner.iri, is_name=True, masks=False)

    def _define(self, tokens: Sequence[Token], stop: int, found: Found) -> None:
        """Remember an acronym in brackets after a name."""
        words = [token.text for token in tokens[stop : stop + 3]]
        if (
            len(words) == len("(X)")
            and words[0] == "("
            and words[2] == ")"
            and is_acronym(words[1])
        ):
            self.acronyms.setdefault(words[1], (found.iri, found.label, found.type))
            entity = self.lexicon.names.get(found.iri)
            if self.lexicon.is_a(entity, "Body") or found.type == "Body":
                self.bodies.setdefault(words[1], found.iri)

    def _places(self, tokens: Sequence[Token], found: list[Found]) -> list[Found]:
        """Read a State after `in`, or after a date and a comma, as its territory."""
        index = {token.start: number for number, token in enumerate(tokens)}
        result: list[Found] = []
        for item in found:
            territory = self.lexicon.names.territories.get(item.iri)
            local = territory and self._is_local(tokens, index[item.start], result)
            iri = str(territory) if local else item.iri
            result.append(
                Found(item.start, item.end, iri, item.is_name, item.masks, item.label, item.type)
            )
        return result

    def _is_local(self, tokens: Sequence[Token], place: int, before: list[Found]) -> bool:
        words = [token.text.lower() for token in tokens[max(0, place - _FAR) : place]]
        words = [word for word in words if word != "the"]
        if words[-1:] and words[-1] in _LOCAL:
            return True
        if words[-1:] == [","]:
            return words[-2:-1] != [] and words[-2].isdecimal()
        joined = words[-1:] and words[-1] in {"and", "or"} and before
        return (
            bool(joined)
            and self.lexicon.is_a(self.lexicon.names.get(before[-1].iri), "Place")
            and tokens[place].start - before[-1].end <= len(" and the ")
        )


def _end_of(pattern: Pattern, tokens: Sequence[Token], place: int) -> int:
    """Return where a pattern that begins at a place ends; 0 if the words are others."""
    for number, (key, word) in enumerate(zip(pattern.key, pattern.words, strict=True)):
        if number:
            place = _skip(tokens, place, key)
        if place >= len(tokens):
            return 0
        text = tokens[place].text
        if level(text) != key or not _written_like(text, word, any_case=pattern.any_case):
            return 0
        place += 1
    return place


def _skip(tokens: Sequence[Token], place: int, wanted: str) -> int:
    """Pass over signs, small words and an acronym in brackets inside a name."""
    if [token.text for token in tokens[place : place + 3 : 2]] == ["(", ")"] and is_acronym(
        tokens[place + 1].text
    ):
        place += 3
    while (
        place < len(tokens)
        and (tokens[place].text in _PASSED or level(tokens[place].text) in SKIPPED)
        and level(tokens[place].text) != wanted
    ):
        place += 1
    return place


def _written_like(text: str, word: str, *, any_case: bool) -> bool:
    if any_case or not word[0].isupper():
        return True
    if is_acronym(word):
        return text == word or text.isupper()
    return text[0].isupper()


def _first(tokens: Sequence[Token], place: int) -> int:
    return tokens[place].start
