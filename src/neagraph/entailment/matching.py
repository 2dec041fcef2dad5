"""Conditions joined in Python, over a dataset that can be asked for one pattern at a time.

The queries of `rules` answer for a whole dataset. What is here answers for a few terms that are
known: which instances of a rule a changed triple makes, and which stand behind an entailed one. It
costs one look-up for each pattern, whatever the size of the dataset, and blank nodes are terms
like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final, Generic, Protocol, TypeVar

from neagraph.entailment.guards import TESTS
from neagraph.entailment.rules import TYPE, Atom, Condition, Guard, GuardKind, Slot
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple, Variable


class Facts(Protocol):
    """A dataset whose default graph can be asked for one pattern."""

    def matching(
        self,
        subject: NamedNode | BlankNode | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """Yield the quads of the default graph with these terms; None stands for any."""
        ...


Environment = list[Term | None]
"""What each variable of a condition stands for, by its place; None as long as that is open."""
Place = int | Term
"""The place of a variable, or a constant."""
Slots = tuple[Place, Place, Place]
"""A triple pattern with places for variables."""
Terms = tuple[Term, Term, Term]
"""The terms of a triple."""
Step = Callable[[Facts, Environment], Iterable[Environment]]
"""Yields the environments that a pattern or guard makes of one."""
Constants = Mapping[Term, Term]
"""What stands in the dataset for a constant of a rule: the blank node for its IRI."""
NO_CONSTANTS: Final[Constants] = MappingProxyType({})
"""Every constant stands for itself."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern made ready to be compared with one triple.

    Args:
        fixed: Constants, each with its position in the triple.
        bound: Place and position of each variable, where it stands first.
        repeated: Place and position of those that stand there once more.
    """

    fixed: tuple[tuple[Term, int], ...]
    bound: tuple[tuple[int, int], ...]
    repeated: tuple[tuple[int, int], ...]

    def environment(self, triple: Terms, width: int) -> Environment | None:
        """Return what the variables stand for in a triple; None if it does not match."""
        for term, position in self.fixed:
            if triple[position] != term:
                return None
        known: Environment = [None] * width
        for place, position in self.bound:
            known[place] = triple[position]
        for place, position in self.repeated:
            if known[place] != triple[position]:
                return None
        return known


@dataclass(frozen=True, slots=True)
class Join:
    """A condition made ready to be joined, beginning with one pattern that is matched already.

    Args:
        first: That pattern.
        steps: The look-ups and tests for the rest, in order.
        width: The number of variables.
    """

    first: Pattern
    steps: tuple[Step, ...]
    width: int

    @property
    def is_outward(self) -> bool:
        """Whether each look-up begins at a subject that is known by then, which is quick.

        What points to a thing can be a great part of the dataset.
        """
        return all(step.is_outward for step in self.steps if isinstance(step, _LookUp | _Meeting))

    def solutions(self, facts: Facts, triple: Terms) -> Iterable[Environment]:
        """Return what the variables stand for, for each solution that holds the triple."""
        known = self.first.environment(triple, self.width)
        if known is None:
            return ()
        found: Iterable[Environment] = (known,)
        for step in self.steps:
            found = _each(step, facts, found)
        return found


def _each(step: Step, facts: Facts, found: Iterable[Environment]) -> Iterator[Environment]:
    for known in found:
        yield from step(facts, known)


Made = TypeVar("Made")


class Index(Generic[Made]):
    """Things made of triple patterns, found by a triple that may match them, in a fixed order.

    Args:
        entries: Each thing with its pattern.
    """

    def __init__(self, entries: Iterable[tuple[Atom, Made]]) -> None:
        entries = list(entries)
        fixed = {atom.predicate for atom, _ in entries if isinstance(atom.predicate, NamedNode)}
        classes = {atom.object for atom, _ in entries if _names_class(atom)}
        self._any = tuple(made for atom, made in entries if atom.predicate not in fixed)
        self._by_predicate: dict[Term, tuple[Made, ...]] = {
            predicate: tuple(
                made
                for atom, made in entries
                if atom.predicate not in fixed
                or (atom.predicate == predicate and not _names_class(atom))
            )
            for predicate in fixed
        }
        self._by_class: dict[Term, tuple[Made, ...]] = {
            class_: tuple(
                made
                for atom, made in entries
                if atom.predicate not in fixed
                or (atom.predicate == TYPE and (atom.object == class_ or not _names_class(atom)))
            )
            for class_ in classes
            if isinstance(class_, NamedNode)
        }

    def of(self, triple: Terms) -> tuple[Made, ...]:
        """Return the things whose pattern may match a triple."""
        if triple[1] == TYPE and triple[2] in self._by_class:
            return self._by_class[triple[2]]
        return self._by_predicate.get(triple[1], self._any)


def _names_class(atom: Atom) -> bool:
    return atom.predicate == TYPE and isinstance(atom.object, NamedNode)


class Places:
    """Numbers the variables of one rule or check."""

    def __init__(
        self, atoms: Iterable[Atom], guards: Iterable[Guard], constants: Constants
    ) -> None:
        slots = [slot for atom in atoms for slot in atom]
        slots += [slot for guard in guards for slot in guard.slots]
        variables = dict.fromkeys(slot for slot in slots if isinstance(slot, Variable))
        self._places = {variable: place for place, variable in enumerate(variables)}
        self._constants = constants

    def __len__(self) -> int:
        return len(self._places)

    def of(self, slot: Slot) -> Place:
        """Return the place of a variable, or the constant as the dataset has it."""
        if isinstance(slot, Variable):
            return self._places[slot]
        return self._constants.get(slot, slot)

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._places)

    def slots(self, atom: Atom) -> Slots:
        """Return the pattern with places for its variables."""
        return self.of(atom.subject), self.of(atom.predicate), self.of(atom.object)

    def join(self, first: Atom, condition: Condition) -> Join:
        """Return the condition, ready to be joined with what matches the first pattern.

        Args:
            first: The pattern; it need not be one of the condition.
            condition: What must hold; the pattern itself is passed over. Each variable of its
                guards stands in this pattern or in one of its own.
        """
        known = _variables(first)
        atoms = [atom for atom in condition.atoms if atom != first]
        guards = list(condition.guards)
        steps: list[Step] = []
        while True:
            ready = [guard for guard in guards if _is_ready(guard, known)]
            steps += [self._test(guard) for guard in ready]
            guards = [guard for guard in guards if guard not in ready]
            if not atoms:
                return Join(self._pattern(first), tuple(steps), len(self))
            tightest = min(atoms, key=partial(_looseness, known=known))
            opened = _variables(tightest) - known
            alike = [a for a in atoms if a == tightest or _variables(a) - known == opened]
            together = alike if len(opened) == 1 else [tightest]
            atoms = [atom for atom in atoms if atom not in together]
            steps.append(self._look_up(together, known))
            known |= opened

    def _pattern(self, atom: Atom) -> Pattern:
        places = self.slots(atom)
        fixed = [(term, i) for i, term in enumerate(places) if not isinstance(term, int)]
        return Pattern(tuple(fixed), *_opened(atom, places, known=set()))

    def _look_up(self, atoms: list[Atom], known: set[Variable]) -> Step:
        steps = tuple(
            _LookUp(self.slots(atom), *_opened(atom, self.slots(atom), known=known))
            for atom in atoms
        )
        return steps[0] if len(steps) == 1 else _Meeting(steps)

    def _test(self, guard: Guard) -> Step:
        first, *others = map(self.of, guard.slots)
        if guard.kind is GuardKind.ONE_OF and isinstance(first, int):
            return _Among(first, frozenset(x for x in others if not isinstance(x, int)))
        return _Test(TESTS[guard.kind], (first, *others))


def _opened(
    atom: Atom, places: tuple[Place, ...], *, known: set[Variable]
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Return place and position of the variables not known before: first ones, repeated ones."""
    first: dict[int, int] = {}
    repeated = []
    for position, (slot, place) in enumerate(zip(atom, places, strict=True)):
        if not isinstance(place, int) or slot in known:
            continue
        if first.setdefault(place, position) != position:
            repeated.append((place, position))
    return tuple(first.items()), tuple(repeated)


def _variables(atom: Atom) -> set[Variable]:
    return {slot for slot in atom if isinstance(slot, Variable)}


def _is_ready(guard: Guard, known: set[Variable]) -> bool:
    return all(slot in known for slot in guard.slots if isinstance(slot, Variable))


def _looseness(atom: Atom, *, known: set[Variable]) -> tuple[bool, int]:
    """Return how little of a pattern is known: its subject counts most, then its variables."""
    is_open = [isinstance(slot, Variable) and slot not in known for slot in atom]
    constant_object = not isinstance(atom.object, Variable)
    return is_open[0], 2 * sum(is_open) + (is_open[0] and constant_object)


@dataclass(frozen=True, slots=True)
class _LookUp:
    """Looks a pattern up; `opened` and `repeated` as `bound` and `repeated` of `Pattern`."""

    places: Slots
    opened: tuple[tuple[int, int], ...]
    repeated: tuple[tuple[int, int], ...]

    @property
    def is_outward(self) -> bool:
        """Whether the subject is known."""
        return all(position != 0 for _, position in self.opened)

    def __call__(self, facts: Facts, known: Environment) -> Iterator[Environment]:
        subject, predicate, value = (
            known[place] if isinstance(place, int) else place for place in self.places
        )
        if isinstance(subject, Literal | Triple) or not isinstance(predicate, NamedNode | None):
            return
        for quad in facts.matching(subject, predicate, value):
            if not self.opened:
                yield known
                return
            found = known.copy()
            terms = (quad.subject, quad.predicate, quad.object)
            for place, position in self.opened:
                found[place] = terms[position]
            if all(found[place] == terms[position] for place, position in self.repeated):
                yield found


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Looks up what several patterns with one open variable have in common.

    All are gone through side by side until the first one ends: which of them matches a few triples
    and which one thousands depends on the data.
    """

    look_ups: tuple[_LookUp, ...]

    @property
    def is_outward(self) -> bool:
        """Whether one of the subjects is known."""
        return any(look_up.is_outward for look_up in self.look_ups)

    def __call__(self, facts: Facts, known: Environment) -> Iterator[Environment]:
        running = [look_up(facts, known) for look_up in self.look_ups]
        seen: list[list[Environment]] = [[] for _ in running]
        while True:
            for position, found in enumerate(running):
                environment = next(found, None)
                if environment is None:
                    yield from self._common(facts, seen[position])
                    return
                seen[position].append(environment)

    def _common(self, facts: Facts, found: list[Environment]) -> Iterator[Environment]:
        for known in found:
            if all(next(look_up(facts, known), None) for look_up in self.look_ups):
                yield known


@dataclass(frozen=True, slots=True)
class _Among:
    """Lets an environment pass in which a variable stands for one of some terms."""

    place: int
    terms: frozenset[Term]

    def __call__(self, _: Facts, known: Environment) -> tuple[Environment, ...]:
        return (known,) if known[self.place] in self.terms else ()


@dataclass(frozen=True, slots=True)
class _Test:
    """Lets an environment pass in which a guard holds."""

    holds: Callable[[list[Term]], bool]
    places: tuple[Place, ...]

    def __call__(self, _: Facts, known: Environment) -> tuple[Environment, ...]:
        slots = [known[place] if isinstance(place, int) else place for place in self.places]
        return (known,) if self.holds([term for term in slots if term is not None]) else ()


def terms_of(triple: Triple | Quad) -> Terms:
    """Return the terms of a triple."""
    return triple.subject, triple.predicate, triple.object


def filled(slots: Slots, known: Environment) -> Triple | None:
    """Return the triple that a pattern stands for; None if a variable is open or it is no RDF."""
    subject, predicate, value = (known[x] if isinstance(x, int) else x for x in slots)
    if not isinstance(subject, NamedNode | BlankNode) or not isinstance(predicate, NamedNode):
        return None
    return None if value is None else Triple(subject, predicate, value)
