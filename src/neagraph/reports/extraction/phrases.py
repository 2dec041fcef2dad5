"""Pieces of grammar over units: verb groups, openers of clauses, phrases that name an agent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from neagraph.reports.extraction.function_words import (
    AUXILIARIES,
    BE,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    NOT,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    SUBORDINATORS,
    is_adverb,
    is_word,
)
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.units import Unit
from neagraph.reports.words import words

_EITHER: Final = frozenset({"before", "after", "until", "since"})
"""Words that open a clause or only a phrase."""
_ASIDE: Final = 7
"""Longest aside between two commas inside a verb group, in units."""
_HEAD: Final = 6
"""Within how many units from its beginning a noun phrase must show its head."""
_PEOPLE: Final = frozenset({"mr", "ms", "mrs", "dr", "prof", "h.e", "h.e.", "professor"})

_DOINGS: Final = ("tion", "sion", "ment", "ance", "val", "ing")
_DOING: Final = words("review use consent study analysis decision choice search signature check")
"""How words for something done end, and others of them."""
_MANNERS: Final = words("unanimity acclamation correspondence information meeting addition")
_PARTICIPLES: Final = words("made given written drawn taken sent held chosen set put done")
_AIMS: Final = words("for after upon following pending before until through with without to")
"""Prepositions before something that is done by someone: `for consideration by the Board`."""


class Group(NamedTuple):
    """The auxiliaries and adverbs before a verb.

    Args:
        before: Unit before the group; -1 at the beginning of the sentence.
        first: First unit of the group.
        words: Its auxiliaries, in lower case.
        is_infinitive: Whether `to` stands before it.
        is_able: Whether `able to` or `in a position to` is in it.
    """

    before: int
    first: int
    words: tuple[str, ...]
    is_infinitive: bool
    is_able: bool = False

    @property
    def is_be(self) -> bool:
        """Whether a form of `be` is in it."""
        return any(word in BE for word in self.words)

    @property
    def is_have(self) -> bool:
        """Whether a form of `have` is in it."""
        return any(word in HAVE for word in self.words)

    @property
    def is_do(self) -> bool:
        """Whether a form of `do` is in it."""
        return any(word in DO for word in self.words)

    @property
    def is_negated(self) -> bool:
        """Whether a negation is in it."""
        return any(word in NOT for word in self.words)

    @property
    def modal(self) -> str:
        """The modal verb in it; empty for none."""
        return next((word for word in self.words if word in MODALS), "")


class Opening(NamedTuple):
    """What opens the clause around a place.

    Args:
        at: The last unit before the clause; -1 at the beginning of the sentence.
        kind: `start`, `that`, `relative`, `sub`, or `act` for the end of an earlier trigger.
        word: The word that opens it.
    """

    at: int
    kind: str
    word: str


def verb_group(units: Sequence[Unit], place: int) -> Group:
    """Return the auxiliaries and adverbs before the verb at a place."""
    at, first, words = place - 1, place, []
    infinitive = able = False
    while at >= 0:
        low = units[at].low
        if skipped := _ability(units, at):
            words += ["not"] if units[at - 1].low in {"unable", "failed"} else []
            able, at = True, at - skipped
            continue
        if low == "so" and units[at - 1].low in DO:
            break
        if low == "," and (aside := _aside(units, at)):
            at = aside
            continue
        if units[at].is_masked or not (low in AUXILIARIES or is_adverb(low)):
            infinitive = low == "to"
            break
        if low in AUXILIARIES:
            words.append(low)
        first = at
        at -= 1
    return Group(at, first, tuple(words), infinitive, able)


def _ability(units: Sequence[Unit], to: int) -> int:
    """Return how many units `able to`, `unable to` or `in a position to` takes; 0 for others."""
    words = [unit.low for unit in units[max(0, to - 3) : to + 1]]
    if words[-2:] in (["able", "to"], ["unable", "to"], ["failed", "to"]):
        return 2
    return len(words) if words == ["in", "a", "position", "to"] else 0


def _aside(units: Sequence[Unit], comma: int) -> int:
    """Return the auxiliary before an aside that ends with this comma; 0 for none."""
    for place in range(comma - 1, max(0, comma - _ASIDE), -1):
        if units[place].low == ",":
            return place - 1 if units[place - 1].low in AUXILIARIES else 0
    return 0


def opener(units: Sequence[Unit], place: int, behind_act: int) -> Opening:
    """Return what opens the clause that the unit at `place` stands in.

    Args:
        units: The sentence.
        place: A unit of the clause.
        behind_act: Behind the trigger of the last act; the clause cannot begin before it.
    """
    depth, joined = 0, False
    place = _before_relative(units, place)
    while place >= behind_act:
        low = units[place].low
        depth += (low == ")") - (low == "(" and depth > 0)
        joined = joined or low == "and"
        dated = low in _EITHER and place + 1 < len(units) and units[place + 1].date is not None
        phrase = dated or (joined and low in _EITHER)
        if depth == 0 and not units[place].is_masked and not phrase:
            kind = _opens(units, place)
            if kind:
                return Opening(place, kind, low)
        place -= 1
    return Opening(place, "act" if behind_act else "start", "")


def _before_relative(units: Sequence[Unit], comma: int) -> int:
    """Return the place before an aside that a comma closes: `India, which chairs it, | agreed`."""
    if comma < 0 or units[comma].low != ",":
        return comma
    for place in range(comma - 1, max(0, comma - 2 * _ASIDE), -1):
        if units[place].low == ",":
            return place - 1 if units[place + 1].low in RELATIVES else comma
    return comma


def _opens(units: Sequence[Unit], place: int) -> str:
    low = units[place].low
    if low in {";", ":"}:
        return "start"
    if low == "that":
        return "sub" if place and units[place - 1].low in {"provided", "condition"} else "that"
    if low in RELATIVES:
        return "relative"
    if low in SUBORDINATORS and not (low == "once" and place == 0):
        return "sub"
    return ""


def is_agent(units: Sequence[Unit], place: int, lexicon: Lexicon, *, whole: bool = False) -> bool:
    """Return whether a phrase that begins at a place names someone who can act.

    Args:
        units: The sentence.
        place: Where the phrase begins.
        lexicon: Words for speakers and names.
        whole: Whether the unit at the place alone is meant.
    """
    for at in range(place, min(place + (1 if whole else _HEAD), len(units))):
        unit = units[at]
        if _names_agent(unit, lexicon):
            return not (unit.found and _is_possessor(units, at))
        speaks = unit.speaker or unit.low in PRONOUNS or unit.low in _PEOPLE
        if speaks and not _is_modifier(units, at):
            return True
        if unit.low == "/" or speaks:
            continue
        if unit.is_masked or unit.low in PREPOSITIONS or not is_word(unit.low):
            return False
        if _is_proper(units, at) and not whole:
            return True
        if unit.low not in DETERMINERS and any(
            form.kind in {"past", "third"} for form, _ in unit.forms
        ):
            return False
    return False


def done_by_others(units: Sequence[Unit], first: int, by: int) -> bool:
    """Return whether a `by` tells who does what the words before it name, not the verb's act.

    So in `approved for consideration by the Board`, `adopted as amended by Japan`.

    Args:
        units: The sentence.
        first: Behind the verb.
        by: Where `by` stands.
    """
    at = by - 1
    while at > first and is_adverb(units[at].low):
        at -= 1
    if at < first or units[at].is_masked or units[at].speaker:
        return False
    done = units[at].low.endswith("ed") or units[at].low in _PARTICIPLES
    return done or is_purpose(units, first, at)


def is_purpose(units: Sequence[Unit], first: int, at: int) -> bool:
    """Return whether a noun at a place says what is to be done: `for consideration`.

    Args:
        units: The sentence.
        first: Where the words begin that its preposition must stand in.
        at: The noun.
    """
    low, behind = units[at].low, at + 1
    if not (low.endswith(_DOINGS) or low in _DOING) or low in _MANNERS:
        return False
    while at > first and units[at - 1].low not in PREPOSITIONS:
        if not is_word(units[at - 1].low) or behind - at > _HEAD:
            return False
        at -= 1
    return at > first and units[at - 1].low in _AIMS


def _names_agent(unit: Unit, lexicon: Lexicon) -> bool:
    if unit.found is None:
        return False
    if unit.found.type:
        kinds = lexicon.above.get(unit.found.type, frozenset((unit.found.type,)))
        return not kinds.isdisjoint({"Agent", "BodySession"})
    entity = lexicon.names.get(unit.found.iri)
    return lexicon.is_a(entity, "Agent") or lexicon.is_a(entity, "BodySession")


def _is_possessor(units: Sequence[Unit], at: int) -> bool:
    return at + 1 < len(units) and units[at + 1].low in {"'s", "'"}


def _is_modifier(units: Sequence[Unit], at: int) -> bool:
    """Whether a word for a speaker only describes the noun behind it: `the expert meeting`."""
    behind = at + units[at].reach
    if behind >= len(units):
        return False
    after = units[behind]
    noun = (
        is_word(after.low)
        and not after.is_masked
        and not (after.forms and not _is_plain_noun(units, at, behind))
        and after.low not in PREPOSITIONS
        and after.low not in AUXILIARIES
        and not is_adverb(after.low)
        and after.low not in {"and", "or", "that", "to", "who", "which", "each", "all", "alone"}
        and after.low not in DETERMINERS
        and not after.low.endswith("ed")
    )
    return (noun and units[at].low not in PRONOUNS) or _is_possessor(units, behind - 1)


def _is_plain_noun(units: Sequence[Unit], at: int, behind: int) -> bool:
    """Whether `support` in `expert support` is a noun: a singular without an article before."""
    bases = all(form.kind in {"base", "noun"} for form, _ in units[behind].forms)
    article = at > 0 and units[at - 1].low in DETERMINERS
    return bases and not article and not units[at].low.endswith("s") and units[at].text.islower()


def _is_proper(units: Sequence[Unit], at: int) -> bool:
    """Whether a word is a proper noun that the graph does not know, such as a State's name."""
    unit = units[at]
    if not unit.text[:1].isupper() or unit.low in DETERMINERS or unit.forms:
        return False
    follows = at + 1 < len(units) and bool(
        units[at + 1].forms or units[at + 1].low in AUXILIARIES or units[at + 1].low in {"and", ","}
    )
    return at > 0 or follows
