"""Which focus nodes of which checks a change affects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from neagraph.rdf.engine import Engine
from neagraph.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple
from neagraph.validation.compiler import CompiledShapes
from neagraph.validation.paths import ALTERNATIVE, SEQUENCE, Path
from neagraph.validation.reads import ANY, NODE, VERB, Read, Route
from neagraph.validation.shapes import Shape, Target, TargetKind
from neagraph.vocab import RDF_TYPE

MOST_NODES: Final = 2_000
"""Beyond this number of nodes a check runs on the whole dataset."""
MOST_BEFORE_JOIN: Final = 50
"""Beyond this number of nodes on a route the query that looks at more is worth its time."""
_TYPE: Final = NamedNode(RDF_TYPE)


class TooManyNodesError(Exception):
    """More nodes than are worth looking at one by one."""


@dataclass(slots=True)
class Affected:
    """What a change affects.

    Args:
        nodes: Number of a check → the focus nodes to look at, all of them in its target.
        everywhere: The numbers of the checks that are to run on the whole dataset.
    """

    nodes: dict[int, list[Term]]
    everywhere: set[int]


def affected_by(
    engine: Engine,
    compiled: CompiledShapes,
    *,
    added: Iterable[Triple],
    removed: Iterable[Triple],
) -> Affected:
    """Return what a change affects, in the state after it."""
    finder = _Finder(engine, compiled)
    for triple in added:
        finder.look_at(triple, is_added=True)
    for triple in removed:
        finder.look_at(triple, is_added=False)
    return finder.found()


@dataclass(slots=True)
class _Finder:
    """Collects the nodes that changed triples lead back to; each route is walked once."""

    engine: Engine
    compiled: CompiledShapes
    _nodes: dict[int, set[Term]] = field(default_factory=dict)
    _everywhere: set[int] = field(default_factory=set)
    _walked: dict[tuple[str, Route, Route, Term], set[Term] | None] = field(default_factory=dict)
    _targeted: dict[tuple[Term, Term], bool] = field(default_factory=dict)
    _types: dict[Term, set[Term]] = field(default_factory=dict)

    def look_at(self, triple: Triple, *, is_added: bool) -> None:
        """Add the nodes that one changed triple leads back to."""
        table = self.compiled.by_predicate
        for readers in (table.get(triple.predicate.value, ()), table.get(None, ())):
            for reader in readers:
                read = reader.read
                if read.value is not None and read.value != triple.object:
                    continue
                if read.added_only and not is_added:
                    continue
                self._add(reader.check, read, triple.object if read.at_object else triple.subject)

    def _add(self, check: int, read: Read, end: Term) -> None:
        key = (read.join, read.route, read.to_this, end)
        if key not in self._walked:
            self._walked[key] = self._walk(read, end)
        nodes = self._walked[key]
        if nodes is None:
            self._everywhere.add(check)
        else:
            self._nodes.setdefault(check, set()).update(nodes)

    def _walk(self, read: Read, end: Term) -> set[Term] | None:
        """Return the nodes of the target that a read leads back to; None if they are too many."""
        walk = partial(walk_back, self.engine)
        if read.join:
            with suppress(TooManyNodesError):
                return walk({end}, read.route, most=MOST_BEFORE_JOIN)
        with suppress(TooManyNodesError):
            if not read.join:
                return walk({end}, read.route)
            return walk(set(_join(self.engine, read.join, end)), read.to_this)
        return None

    def found(self) -> Affected:
        """Return what was found, nodes outside the targets left out."""
        everywhere = self._everywhere | self.compiled.unknown
        nodes: dict[int, list[Term]] = {}
        for number in sorted(self._nodes.keys() - everywhere):
            root = self.compiled.checks[number].root
            chosen = [node for node in self._nodes[number] if self._is_targeted(root, node)]
            if len(chosen) > MOST_NODES:
                everywhere.add(number)
            elif chosen:
                nodes[number] = chosen
        return Affected(nodes, everywhere)

    def _is_targeted(self, root: Shape, node: Term) -> bool:
        key = (root.node, node)
        if key not in self._targeted:
            self._targeted[key] = any(self._selects(target, node) for target in root.targets)
        return self._targeted[key]

    def _selects(self, target: Target, node: Term) -> bool:
        if target.kind is TargetKind.NODE:
            return target.value == node
        if target.kind is TargetKind.OBJECTS_OF:
            return _is_any(self.engine.matching(None, _property(target), node))
        if isinstance(node, NamedNode | BlankNode):
            if target.kind is TargetKind.CLASS:
                return target.value in self._types_of(node)
            return _is_any(self.engine.matching(node, _property(target), None))
        return False

    def _types_of(self, node: NamedNode | BlankNode) -> set[Term]:
        if node not in self._types:
            self._types[node] = {quad.object for quad in self.engine.matching(node, _TYPE, None)}
        return self._types[node]


def _property(target: Target) -> NamedNode:
    assert isinstance(target.value, NamedNode)  # noqa: S101  so says the table of parameters
    return target.value


def _is_any(found: Iterator[object]) -> bool:
    return next(found, None) is not None


def _join(engine: Engine, text: str, end: Term) -> Iterator[Term]:
    """Yield the nodes that `?this` stands for where a pattern ends at a node."""
    if isinstance(end, BlankNode):
        selected = text.replace("?this", f"?this {NODE}", 1)
        rows = engine.select_for(selected, {NODE[1:]: end})
    elif isinstance(end, Literal):
        raise TooManyNodesError  # SPARQL has no literals as subjects, so there is no such query
    else:
        rows = engine.select_for(text.replace(NODE, str(end)))
    for number, (node, *_) in enumerate(rows):
        if number > MOST_NODES:
            raise TooManyNodesError
        if node is not None:
            yield node


def walk_back(
    engine: Engine, nodes: set[Term], route: Route, *, most: int = MOST_NODES
) -> set[Term]:
    """Return the nodes from which a route leads to one of the given nodes.

    Raises:
        TooManyNodesError: If there are more than `most` on the way.
    """
    walk = Walk(engine, most)
    for path in route[::-1]:
        nodes = walk.before(path, nodes)
    return nodes


@dataclass(frozen=True, slots=True)
class Walk:
    """Follows paths from node to node.

    Args:
        engine: The dataset.
        most: How many nodes may be on the way.
    """

    engine: Engine
    most: int

    def before(self, path: Path, nodes: set[Term]) -> set[Term]:
        """Return the nodes from which a step of a route leads to given nodes."""
        if path == ANY:
            return self._with_value(nodes)
        if path == VERB:
            return self._with_property(nodes)
        return self.step(path, nodes, backwards=True)

    def step(self, path: Path, nodes: set[Term], *, backwards: bool) -> set[Term]:
        """Return the nodes that a path leads to, or those from which it leads to given nodes."""
        if isinstance(path, NamedNode):
            return self._along(path, nodes, backwards=backwards)
        if path.operator == SEQUENCE:
            for part in path.parts[::-1] if backwards else path.parts:
                nodes = self.step(part, nodes, backwards=backwards)
            return nodes
        if path.operator == ALTERNATIVE:
            found = [self.step(part, nodes, backwards=backwards) for part in path.parts]
            return set().union(*found)
        (part,) = path.parts
        if path.operator == "inversePath":
            return self.step(part, nodes, backwards=not backwards)
        if path.operator == "zeroOrOnePath":
            return nodes | self.step(part, nodes, backwards=backwards)
        found_so_far = set(nodes) if path.operator == "zeroOrMorePath" else set[Term]()
        return self._repeatedly(part, nodes, found_so_far, backwards=backwards)

    def _with_value(self, nodes: set[Term]) -> set[Term]:
        """Return the nodes that have one of the given ones as a value of any property."""
        found = set[Term]()
        for node in nodes:
            self._add(found, (quad.subject for quad in self.engine.matching(None, None, node)))
        return found

    def _with_property(self, nodes: set[Term]) -> set[Term]:
        """Return the nodes that have one of the given ones as a property."""
        found = set[Term]()
        for node in nodes:
            if isinstance(node, NamedNode):
                self._add(found, (quad.subject for quad in self.engine.matching(None, node)))
        return found

    def _repeatedly(
        self, part: Path, nodes: set[Term], found: set[Term], *, backwards: bool
    ) -> set[Term]:
        while nodes:
            nodes = self.step(part, nodes, backwards=backwards) - found
            found |= nodes
            self._require_few(found)
        return found

    def _along(self, predicate: NamedNode, nodes: set[Term], *, backwards: bool) -> set[Term]:
        found = set[Term]()
        for node in nodes:
            if backwards:
                quads = self.engine.matching(None, predicate, node)
                self._add(found, (quad.subject for quad in quads))
            elif isinstance(node, NamedNode | BlankNode):
                quads = self.engine.matching(node, predicate, None)
                self._add(found, (quad.object for quad in quads))
        return found

    def _add(self, found: set[Term], nodes: Iterable[Term]) -> None:
        for node in nodes:
            found.add(node)
            self._require_few(found)

    def _require_few(self, found: set[Term]) -> None:
        if len(found) > self.most:
            raise TooManyNodesError
