"""What a build makes of the project's files and of what came over HTTP since the last one.

Each graph is looked at on its own, in three states: as the files had it at the last build, as they
have it now, and as the service has it. What changed on one side alone is taken from there; what
changed on both stops the build.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from neagraph.errors import UsageError
from neagraph.rdf.terms import Quad
from neagraph.store.state import by_graph, graph_digest
from neagraph.vocab import GRAPH_ENTAILED, is_writable


def merge(files: Iterable[Quad], present: Iterable[Quad], *, last: Mapping[str, str]) -> list[Quad]:
    """Return the asserted quads of a build, graph by graph, files first.

    Args:
        files: The quads of the files.
        present: The quads of the present state.
        last: Name and digest of each graph of the files at the last build.

    Raises:
        UsageError: If a graph has changed on both sides; `details` names each.
    """
    filed, served = by_graph(files), by_graph(present)
    served.pop(GRAPH_ENTAILED, None)
    merged, conflicts = list[Quad](), list[str]()
    for name in [*filed, *(name for name in served if name not in filed)]:
        file, state = filed.get(name, []), served.get(name, [])
        side = _side(name, file, state, last.get(name, ""))
        merged += state if side == "state" else file
        conflicts += [name] if side == "both" else []
    if conflicts:
        raise _conflict(conflicts)
    return merged


def _side(name: str, file: list[Quad], state: list[Quad], last: str) -> str:
    """Return which side a graph is taken from: `file` or `state`; or `both` if neither can be."""
    if not is_writable(name):
        return "file"
    now, served = _digest(file), _digest(state)
    if served in (last, now):
        return "file"
    return "state" if now == last else "both"


def _digest(quads: list[Quad]) -> str:
    """Return the digest of a graph; empty for one that is not there."""
    return graph_digest(quads) if quads else ""


def _conflict(names: list[str]) -> UsageError:
    several = len(names) > 1
    return UsageError(
        f"{len(names)} graph{'s' if several else ''} changed both in the files and over HTTP.",
        hint="Put your change of the file aside, write the present graph into the file with "
        f"neagraph export {names[0]} > FILE, build, and make your change again.",
        details=tuple(names),
    )
