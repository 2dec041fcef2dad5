"""RDF text as it is received from people: bytes that may be in another encoding, with a name."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from neagraph.errors import RdfSyntaxError
from neagraph.rdf.formats import GraphFormat, graph_format_by_name
from neagraph.rdf.io import parsed
from neagraph.rdf.positions import Positions, positions
from neagraph.rdf.terms import Quad, Term, Triple

_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class RdfText:
    """RDF text as it was received.

    Args:
        data: Its bytes.
        format: Its format.
        source: What to call it: the path of its file, `-` or the name of a part of a request.
        base: What relative IRIs are resolved against; empty allows only absolute ones.
    """

    data: bytes
    format: GraphFormat
    source: str
    base: str = ""

    def quads(self) -> list[Quad]:
        """Return its quads.

        Raises:
            RdfSyntaxError: If it is not UTF-8 text in its format; with line and column.
            UnreadableError, LimitError: As `io.parse`.
        """
        return list(self.stream())

    def stream(self) -> Iterator[Quad]:
        """Yield its quads one by one; errors as `quads`, when their place is reached."""
        data = _without_mark(self.data, self.source)
        return parsed(data, self.format, source=self.source, base=self.base or None)

    def to_fields(self) -> dict[str, str]:
        """Return it as plain values."""
        data = base64.b64encode(self.data).decode()
        return {"data": data, "format": self.format.name, "source": self.source, "base": self.base}

    @classmethod
    def from_fields(cls, fields: dict[str, str]) -> RdfText:
        """Return what `to_fields` took apart."""
        fmt = graph_format_by_name(fields["format"])
        return cls(base64.b64decode(fields["data"]), fmt, fields["source"], fields["base"])

    def positions(
        self, triples: Sequence[Triple], *, wanted: Collection[Term] | None = None
    ) -> Positions:
        """Return the places of its triples.

        Args:
            triples: What was parsed; those with a blank node suffice where nodes are wanted.
            wanted: The subjects whose places are asked for; None for all.
        """
        data = self.data.removeprefix(codecs.BOM_UTF8)
        return positions(
            data, self.format, triples, source=self.source, base=self.base, wanted=wanted
        )


def _without_mark(data: bytes, source: str) -> bytes:
    """Return UTF-8 text without the mark that some editors begin it with.

    Raises:
        RdfSyntaxError: If it is text in another encoding; with the place of the first odd byte.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        name = "UTF-16" if data.startswith(_WIDE) else "WINDOWS-1252"
        raise RdfSyntaxError(
            f"This is not UTF-8 text: the byte 0x{data[error.start]:02X} belongs to no character.",
            where=f"{source}:{line}:{column}",
            hint=f"Save it as UTF-8, for example with: iconv -f {name} -t UTF-8 FILE > NEW",
        ) from error
    return data
