"""What is to be done: the single actions that the words behind an act name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.function_words import (
    AUXILIARIES,
    CONTRASTS,
    DETERMINERS,
    MODALS,
    NOT,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIVES,
    is_adverb,
    is_word,
)
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.extraction.nominal import content
from neagraph.reports.extraction.phrases import is_agent
from neagraph.reports.extraction.units import Unit

_CONDITIONS: Final = (
    ("subject", "to"), ("provided", "that"), ("provided",), ("on", "condition", "that"), ("if",),
    ("pending",), ("unless",), ("depending", "on"), ("contingent", "on"), ("where", "appropriate"),
    ("as", "appropriate"), ("where", "possible"), ("as", "long", "as"),
)  # fmt: skip
_CONDITION_WORDS: Final = frozenset(words[0] for words in _CONDITIONS)
_TO_GERUND: Final = frozenset({"on", "to", "for", "in", "with", "from"})
_REACH: Final = 12
_ROW: Final = frozenset({"and", ",", ";", "to"}) | MODALS


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to be done.

    Args:
        span: Its units, the verb first.
        party: Units that name who is to do it, where the words themselves say so.
        is_passive: Whether it is told by a passive.
        is_needed: Whether a need for it was found rather than a plan made.
    """

    span: tuple[int, int]
    party: tuple[int, int] | None = None
    is_passive: bool = False
    is_needed: bool = False


def actions_of(units: Sequence[Unit], act: Act, lexicon: Lexicon) -> list[Action]:
    """Return the actions that an act asks, promises or decides, in order.

    Args:
        units: The sentence.
        act: The act, its clause bounded.
        lexicon: Verbs for actions.
    """
    reader = _Actions(units, act, lexicon, _without_condition(units, act))
    if act.form == "modal":
        return reader.of_modal()
    start = content(units, act) if act.form == "noun" else act.stop
    if start < 0:
        return reader.sums()
    return reader.read(start) or reader.rest()


def condition_of(units: Sequence[Unit], span: tuple[int, int], text: str) -> str | None:
    """Return the words of the condition that a clause states; None if it states none."""
    at = _condition_at(units, *span)
    if at < 0:
        return None
    stop = next((k for k in range(at + 1, span[1]) if units[k].low in {",", ";"}), span[1])
    return text[units[at].start : units[stop - 1].end]


def _condition_at(units: Sequence[Unit], first: int, behind: int) -> int:
    for at in range(first, behind):
        if units[at].low not in _CONDITION_WORDS or units[at].is_masked:
            continue
        for words in _CONDITIONS:
            if tuple(unit.low for unit in units[at : at + len(words)]) == words:
                return at
    return -1


def _without_condition(units: Sequence[Unit], act: Act) -> int:
    """Return where the actions of a clause must end: before a condition that closes it."""
    at = _condition_at(units, act.stop, act.end)
    said = (
        k
        for k in range(act.stop, act.end - 2)
        if (units[k].low == "as" and any(form.kind == "past" for form, _ in units[k + 1].forms))
        or (units[k].low in CONTRASTS and units[k - 1].low == ",")
    )
    told = next(said, -1)
    if told >= 0 and (at < 0 or told < at):
        return told - 1 if units[told - 1].low == "," else told
    if at < 0:
        return act.end
    resumes = any(unit.low == "," for unit in units[at : act.end])
    behind = act.end if resumes else at
    while behind > act.stop and units[behind - 1].low == ",":
        behind -= 1
    return behind


@dataclass(slots=True)
class _Actions:
    units: Sequence[Unit]
    act: Act
    lexicon: Lexicon
    end: int

    # ---- kinds of complements --------------------------------------------------------------------

    def read(self, start: int) -> list[Action]:
        """Return the actions of the first infinitive, clause or gerund from a place on."""
        for at in range(start, self.end):
            low = self._low(at)
            if low in RELATIVES | {"whether"} or (low == "not" and self._low(at + 1) == "to"):
                return []
            near = at - start < _REACH
            infinitive = low == "to" and self._is_verb(at + 1) and self._low(at + 1) != "be"
            gerund = near and low in _TO_GERUND and self._is_gerund(at + 1)
            if self.units[at].is_masked:
                continue
            if infinitive or gerund:
                return self._needed(start, at, is_infinitive=infinitive)
            if low == "that" and near and self._opens_clause(at, start):
                return self._clause(at)
        return []

    def _needed(self, start: int, at: int, *, is_infinitive: bool) -> list[Action]:
        """Return the row behind `to` or a preposition, and whom `the need for X to` names."""
        before = {self._low(place) for place in range(start, at)}
        needed = not before.isdisjoint({"need", "necessity"})
        party = self._party_of_need(start, at) if needed and is_infinitive else None
        return self._list(at + 1, party, is_needed=needed)

    def of_modal(self) -> list[Action]:
        """Return what a modal verb says is to be done."""
        at = self.act.stop - 1
        if self.act.verb.commitment and self._low(at + 1) == "to" and self._is_verb(at + 2):
            at += 2
        return [Action(item.span, None, self.act.passive) for item in self._list(at, None)]

    def sums(self) -> list[Action]:
        """Return a sum that a noun's act promises, with what it is for."""
        for at in range(self.act.stop, self.end):
            if self.units[at].money is not None:
                return [Action((at, self.end))]
        return []

    def rest(self) -> list[Action]:
        """Return what is left of a clause without a verb: a promised sum, advice on the work."""
        units = self.units
        if self.act.verb.family == "Commissive":
            found = self.sums()
            return self._contribution(found) if found else []
        if self.act.type == "Recommendation" and self.act.rule == "finite verbs":
            behind = self.act.stop
            if not is_agent(units, behind, self.lexicon) and behind < self.end:
                return [Action((behind, self.end))]
        return self._entrusted() or self._attached()

    def _opens_clause(self, at: int, start: int) -> bool:
        """Whether `that` says what is to be done, and does not describe the noun before it."""
        after = self._low(at + 1)
        describes = at > start and (
            after in AUXILIARIES
            or bool(
                self.units[at + 1 : at + 2]
                and any(form.kind in {"past", "third"} for form, _ in self.units[at + 1].forms)
            )
        )
        return after not in {"", ","} and not describes

    # ---- helpers ---------------------------------------------------------------------------------

    def _contribution(self, sums: list[Action]) -> list[Action]:
        first, end = sums[0].span
        if self._low(first - 1) == "of" and first - 2 >= self.act.stop:
            first -= 2
        return [Action((first, end))]

    def _entrusted(self) -> list[Action]:
        """Read `entrusted X with the preparation of …`: the noun says what is to be done."""
        named = is_agent(self.units, self.act.stop, self.lexicon)
        if self.act.verb.commitment != "Task" or not named or self.act.form == "noun":
            return []
        withs = [at for at in range(self.act.stop, self.end - 2) if self._low(at) == "with"]
        return [Action((withs[0] + 1, self.end))] if withs else []

    def _attached(self) -> list[Action]:
        """Read `a list …, to be used from …`: an infinitive of the passive behind a decision."""
        for at in range(self.act.stop, self.end - 2):
            if self._low(at) == "to" and self._low(at + 1) == "be" and self._low(at - 1) == ",":
                return [Action((at + 2, self.end), None, is_passive=True)]
        return []

    def _party_of_need(self, start: int, to: int) -> tuple[int, int] | None:
        for at in range(start, to):
            if self._low(at) == "for" and is_agent(self.units, at + 1, self.lexicon):
                return at + 1, to
        return None

    def _clause(self, that: int) -> list[Action]:
        """Read the clauses behind `that`, `and that`, each with its subject and verbs."""
        found: list[Action] = []
        starts = [that]
        starts += [
            at + 1
            for at in range(that + 1, self.end - 1)
            if self._low(at) == "and" and self._low(at + 1) == "that"
        ]
        for start, behind in zip(starts, [*(at - 1 for at in starts[1:]), self.end], strict=True):
            found += self._one_clause(start + 1, behind)
        return found

    def _one_clause(self, first: int, behind: int) -> list[Action]:
        for at in range(first, behind):
            low = self._low(at)
            if self.units[at].is_masked:
                continue
            promise = (
                self._low(at + 1) == "to"
                and self._is_verb(at + 2)
                and any(form.verb.family == "Commissive" for form, _ in self.units[at].forms)
            )
            if promise:
                party = (first, at) if is_agent(self.units, first, self.lexicon) else None
                return self._list(at + 2, party, limit=behind)
            modal = low in MODALS
            if not modal and not self._is_wished(first, at):
                continue
            verb, passive = self._behind(at, behind, modal=modal)
            if verb < 0:
                return []
            party = (first, at) if is_agent(self.units, first, self.lexicon) else None
            needed = low == "should"
            items = self._list(verb, party, limit=behind, is_needed=needed)
            return [Action(i.span, None if passive else i.party, passive, needed) for i in items]
        return []

    def _is_wished(self, first: int, at: int) -> bool:
        """Whether the verb at a place is wished for: `that the Council adopt it`, `that it be`."""
        if self.act.verb.family != "Directive" or at == first:
            return False
        noun = self._low(at - 1) in DETERMINERS or self._low(at + 1) == "be"
        return self._low(at) == "be" or (self._is_verb(at) and not noun)

    def _behind(self, at: int, behind: int, *, modal: bool) -> tuple[int, bool]:
        passive = False
        place = at + 1 if modal or self._low(at) == "be" else at
        passive = self._low(at) == "be"
        while place < behind:
            low = self._low(place)
            if low in NOT:
                return -1, False
            if low == "be":
                passive = True
            elif not is_adverb(low):
                return (place if is_word(low) else -1), passive
            place += 1
        return -1, False

    def _list(
        self,
        first: int,
        party: tuple[int, int] | None,
        *,
        limit: int | None = None,
        is_needed: bool = False,
    ) -> list[Action]:
        """Return the actions of a row that begins at a place: `develop … and organize …`."""
        limit = self.end if limit is None else limit
        starts = [first]
        for at in range(first + 1, limit):
            behind = self._next_in_row(at, limit, starts[-1])
            if behind:
                starts.append(behind)
        if self.act.form == "noun" and self.act.type == "Offer":
            starts = starts[:1]
        ends = [*(self._before_joint(start) for start in starts[1:]), limit]
        return [
            Action((start, self._purpose(start, end)), party, is_needed=is_needed)
            for start, end in zip(starts, ends, strict=True)
            if end > start
        ]

    def _next_in_row(self, at: int, limit: int, last: int) -> int:
        """Return where the next verb of a row begins, if a joint at this place leads to one."""
        low = self._low(at)
        if low not in {"and", ",", ";"} or at <= last + 1:
            return 0
        behind = at + 1
        while behind < limit and (
            is_adverb(self._low(behind)) or self._low(behind) in {"and", ","}
        ):
            behind += 1
        if behind >= limit or (behind == at + 1 and low == "," and self._low(behind) == "and"):
            return 0
        if self._low(behind) == "to" and self._is_verb(behind + 1):
            return 0 if self._low(behind + 1) == "be" else behind + 1
        if self._low(behind) in MODALS:
            return behind + 1 if self._is_verb(behind + 1) else 0
        gerund = self._is_gerund(last) and self._is_gerund(behind)
        plain = low == "and" or self._low(behind - 1) == "and"
        verb = plain and self._low(behind) in self.lexicon.actions and self._takes_object(behind)
        return behind if gerund or (verb and not self._is_gerund(last)) else 0

    def _takes_object(self, at: int) -> bool:
        """Whether the word at a place is followed as a verb is, not as a noun."""
        after = self._low(at + 1)
        return after not in PREPOSITIONS | {"", ".", ",", "and", "or"} or after in {
            "on",
            "to",
            "with",
        }

    def _before_joint(self, start: int) -> int:
        at = start
        while at > 0 and is_adverb(self._low(at - 1)) and self._low(at - 2) in _ROW:
            at -= 1
        while at > 0 and self._low(at - 1) in _ROW:
            at -= 1
        return at

    def _purpose(self, first: int, end: int) -> int:
        """Return where an action ends whose purpose follows: `host a meeting | to elaborate …`."""
        for at in range(first + 2, end - 1):
            words = [unit.low for unit in self.units[at : at + 4]]
            if words[:3] in (["in", "order", "to"], ["so", "as", "to"]) or (
                words[1:4] == ["a", "view", "to"]
            ):
                return at
            if self._low(at) != "to" or self.units[at].is_masked:
                continue
            meets = any(
                unit.speaker == "Body" or unit.low in {"training", "course", "meetings"}
                for unit in self.units[first:at]
            )
            behind = at + 1
            while is_adverb(self._low(behind)):
                behind += 1
            if meets and self._low(behind) != "be" and self._low(behind) in self.lexicon.actions:
                return at
        return end

    def _is_verb(self, at: int) -> bool:
        while is_adverb(self._low(at)):
            at += 1
        unit = self.units[at] if at < self.end else None
        return (
            unit is not None
            and not unit.is_masked
            and unit.text.islower()
            and unit.low.isalpha()
            and unit.low not in DETERMINERS | PREPOSITIONS | POSSESSIVES | MODALS | RELATIVES
            and (unit.low in self.lexicon.actions or not unit.low.endswith(("s", "ing")))
            and not unit.speaker
        )

    def _is_gerund(self, at: int) -> bool:
        while is_adverb(self._low(at)):
            at += 1
        low = self._low(at)
        return (
            low.endswith("ing") and len(low) > len("thing") and low not in {"following", "during"}
        )

    def _low(self, at: int) -> str:
        return self.units[at].low if 0 <= at < len(self.units) else ""
