"""Source texts that stay with the user: kept in the local state folder, by the file's digest.

The graph holds positions and digests alone; whoever has a report sees the quotes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from neagraph.errors import NotFoundError, UnreadableError
from neagraph.reports.document import Document

FOLDER = "texts"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def check_known(document: Document, known: Collection[str]) -> None:
    """Check that the graph describes the file that a document was read from.

    Args:
        document: What was read.
        known: The digests of the text editions of the graph (`nea:sha256`).

    Raises:
        NotFoundError: If none of them is the file's.
    """
    if document.sha256 not in known:
        raise NotFoundError(
            f"The graph knows no text with the digest of this file, {document.sha256[:16]}….",
            hint="Take the very file that was annotated, or ingest this one as a new report.",
        )


def keep(state: Path, data: bytes, document: Document) -> Path:
    """Keep the text of a report; return the file that now holds it.

    Only the user may read it. The same report again changes nothing.

    Args:
        state: The state folder.
        data: The bytes of the report's file.
        document: What was read from them.

    Raises:
        UnreadableError: If the document was read from other bytes.
    """
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise UnreadableError(
            "The file has changed while it was read.", hint="Add it again when it is whole."
        )
    folder = state / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{document.sha256}.json"
    draft = target.with_suffix(f".{os.getpid()}.tmp")
    with open(draft, "w", encoding="utf-8", opener=_private) as file:
        json.dump(asdict(document), file, ensure_ascii=False)
    draft.replace(target)
    return target


def find(state: Path, sha256: str) -> Document | None:
    """Return the report with a digest if its text is kept, else None.

    Raises:
        UnreadableError: If what is kept is damaged.
    """
    if not _DIGEST.fullmatch(sha256):
        return None
    path = state / FOLDER / f"{sha256}.json"
    try:
        return _document(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise UnreadableError(
            "The text that is kept here is damaged.",
            hint="Add the report again: neagraph source add FILE",
            where=str(path),
        ) from error


def _document(fields: dict[str, Any]) -> Document:
    spans = {name: tuple(tuple(span) for span in fields[name]) for name in ("headings", "margins")}
    lists = {"pages": tuple(fields["pages"]), "warnings": tuple(fields.get("warnings", ()))}
    return Document(**{**fields, **spans, **lists})


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
