"""What is to be done: the single actions that the words behind an act name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from neagraph.reports.extraction.acts import Act
from neagraph.reports.extraction.conditions import without_condition
from neagraph.reports.extraction.endings import ending
from neagraph.reports.extraction.function_words import (
    AUXILIARIES,
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

_TO_GERUND: Final = frozenset({"on", "to", "for", "in", "with", "from"})
_REACH: Final = 12
_NEAR: Final = 6
_MEANT: Final = frozenset({"those", "parties", "members", "states", "countries"})
"""Words for some of those present, before a clause that says which."""
_ROW: Final = frozenset({"and", ",", ";", "to"}) | MODALS


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to be done.

    Args:
        span: Its units, the verb first.
        party: Units that name who is to do it, where the words themselves say so.
        is_passive: Whether it is told by a passive.
        is_needed: Whether a need for it was found rather than a plan made.
        behind: Behind words on its date that are no part of it; 0 for none.
    """

    span: tuple[int, int]
    party: tuple[int, int] | None = None
    is_passive: bool = False
    is_needed: bool = False
    behind: int = 0


def actions_of(units: Sequence[Unit], act: Act, lexicon: Lexicon) -> list[Action]:
    """Return the actions that an act asks, promises or decides, in order.

    Args:
        units: The sentence.
        act: The act, its clause bounded.
        lexicon: Verbs for actions.
    """
    reader = _Actions(units, act, lexicon, without_condition(units, act))
    if act.stop == act.at and units[act.at].low != "to":
        return reader.row(act.at)
    if act.form == "modal":
        return reader.of_modal()
    start = content(units, act) if act.form == "noun" else max(act.stop, act.object_at)
    if start < 0:
        return reader.sums()
    if act.form != "noun" and act.verb.family == "Directive" and reader.asks_for_thing(start):
        return []
    return reader.read(start) or reader.rest()


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
            those = low in RELATIVES and self._low(at - 1) in _MEANT
            if (low in RELATIVES and not those) or low == "whether":
                return []
            if low == "not" and self._low(at + 1) == "to":
                return []
            near = at - start < _REACH
            infinitive = low == "to" and self._is_verb(at + 1) and self._low(at + 1) != "be"
            infinitive = infinitive and (self._low(at - 1), self._low(at + 2)) != ("position", "so")
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

    def row(self, at: int) -> list[Action]:
        """Return what an item names without `to`: `requested X to: (a) prepare …`."""
        return self._list(at, None)

    def of_modal(self) -> list[Action]:
        """Return what a modal verb says is to be done."""
        at = self.act.stop - 1
        if self._low(at + 1) == ":":
            return []
        if self.act.verb.commitment and self._low(at + 1) == "to" and self._is_verb(at + 2):
            at += 2
        return [
            Action(item.span, None, self.act.passive, behind=item.behind)
            for item in self._list(at, None)
        ]

    def sums(self) -> list[Action]:
        """Return a sum that a noun's act promises, with what it is for."""
        for at in range(max(self.act.stop, self.act.object_at), self.end):
            if self.units[at].money is not None:
                return [Action((at, self.end))]
        return []

    def rest(self) -> list[Action]:
        """Return what is left of a clause without a verb: a promised sum, advice on the work."""
        units = self.units
        if self.act.verb.family == "Commissive":
            if self.act.passive and (planned := self._dated()):
                return planned
            found = self.sums()
            return self._contribution(found) if found else []
        if self.act.type == "Recommendation" and self.act.rule == "finite verbs":
            behind = self.act.stop
            told = self._low(behind) != "to" and not is_agent(units, behind, self.lexicon)
            if told and behind < self.end:
                return [Action((behind, self.end))]
        return self._entrusted() or self._aspired() or self._attached()

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

    def asks_for_thing(self, start: int) -> bool:
        """Whether a thing is asked for, not that someone acts: `asked for time to study it`."""
        agent = is_agent(self.units, start + 1, self.lexicon)
        return self._low(start) == "for" and not agent and not self._is_gerund(start + 1)

    # ---- helpers ---------------------------------------------------------------------------------

    def _contribution(self, sums: list[Action]) -> list[Action]:
        first, end = sums[0].span
        if self._low(first - 1) == "of" and first - 2 >= self.act.stop:
            first -= 2
        return [Action((first, end))]

    def _dated(self) -> list[Action]:
        """Read `is planned for September 2028`: when something is to happen, and no more."""
        for at in range(self.act.stop, min(self.end, self.act.stop + _NEAR)):
            if self.units[at].date is not None:
                return [Action((self.act.at, at + 1), None, is_passive=True)]
        return []

    def _aspired(self) -> list[Action]:
        """Read `reaffirmed its commitment to the full implementation of …`."""
        if self.act.verb.commitment != "Aspiration":
            return []
        for at in range(self.act.stop + 1, min(self.end - 1, self.act.stop + _NEAR)):
            noun = self.lexicon.nouns.get(self._low(at - 1))
            if self._low(at) == "to" and noun is not None and noun.family == "Commissive":
                return [Action((at + 1, self.end))]
        return []

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
        if self._low(first) in {"no", "none", "neither"}:
            return []
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
            begins = first if passive and not modal else verb
            items = self._list(verb, party, limit=behind, is_needed=needed)
            return [
                Action(
                    (begins if i is items[0] else i.span[0], i.span[1]),
                    None if passive else i.party,
                    passive,
                    needed,
                    i.behind,
                )
                for i in items
            ]
        return []

    def _is_wished(self, first: int, at: int) -> bool:
        """Whether the verb at a place is wished for: `that the Council adopt it`, `that it be`."""
        if self.act.verb.family == "Decision" and at > first:
            return self._low(at) == "be"
        if self.act.verb.family != "Directive" or at == first:
            return False
        noun = self._low(at - 1) in DETERMINERS or self._low(at + 1) == "be"
        told = not RELATIVES.isdisjoint(self._low(place) for place in range(first, at))
        loose = told and self._low(at) not in self.lexicon.actions
        noun = noun or loose or (self._low(at) in AUXILIARIES and self._low(at) != "be")
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
        found: list[Action] = []
        for start, end in zip(starts, ends, strict=True):
            stop = ending(self.units, (start, end), self.lexicon)
            if end > start:
                found.append(Action((start, stop), party, is_needed=is_needed, behind=end))
        return found

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

    def _is_verb(self, at: int) -> bool:
        while is_adverb(self._low(at)):
            at += 1
        unit = self.units[at] if at < self.end else None
        return (
            unit is not None
            and not unit.is_masked
            and unit.text.islower()
            and unit.low.replace("-", "").isalpha()
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
