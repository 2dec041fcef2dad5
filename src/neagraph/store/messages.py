"""How requests and outcomes travel between the processes of the store."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import IO, Any

from neagraph.errors import NeagraphError, QueryError, WorkerError
from neagraph.model import Answer, Limits, QueryRequest, Scope

HINT_AGAIN = "Ask again; if it happens again, simplify the query."


def write_outcome(file: IO[bytes], outcome: Answer | NeagraphError) -> None:
    """Write an outcome: one line of JSON, then the body of the answer."""
    if isinstance(outcome, Answer):
        head: dict[str, Any] = {"media_type": outcome.media_type, "size": len(outcome.body)}
        body = outcome.body
    else:
        head, body = {"error": describe_error(outcome)}, b""
    file.write(json.dumps(head).encode() + b"\n" + body)
    file.flush()


def read_outcome(file: IO[bytes]) -> Answer:
    """Return the answer in a file of `write_outcome`, or raise the error in it."""
    head = json.loads(file.readline() or b"{}")
    if "error" in head:
        raise revive_error(head["error"])
    body = file.read()
    if len(body) != head.get("size"):
        raise WorkerError("The process of this query left no whole answer.", hint=HINT_AGAIN)
    return Answer(body, head["media_type"])


def describe_error(error: NeagraphError) -> dict[str, Any]:
    """Return an error as plain values, for `revive_error` in another process."""
    return {"code": error.code, **vars(error)}


def revive_error(fields: dict[str, Any]) -> NeagraphError:
    """Return the error that `describe_error` took apart."""
    fields = dict(fields)
    classes = {cls.code: cls for cls in _error_classes(NeagraphError)}
    cls = classes[fields.pop("code")]
    fields["details"] = tuple(fields.get("details", ()))
    if issubclass(cls, QueryError):
        del fields["details"]
    return cls(fields.pop("message"), **fields)


def request_to_json(request: QueryRequest, limits: Limits) -> bytes:
    """Return a request and its limits as one line of JSON."""
    return json.dumps({"request": asdict(request), "limits": asdict(limits)}).encode() + b"\n"


def request_from_json(line: bytes) -> tuple[QueryRequest, Limits]:
    """Return what `request_to_json` wrote."""
    fields = json.loads(line)
    request = fields["request"]
    for name in ("default_graphs", "named_graphs"):
        request[name] = tuple(request[name])
    request["scope"] = Scope(request["scope"])
    request["substitutions"] = tuple((n, t) for n, t in request["substitutions"])
    return QueryRequest(**request), Limits(**fields["limits"])


def _error_classes(cls: type[NeagraphError]) -> list[type[NeagraphError]]:
    return [cls, *(sub for child in cls.__subclasses__() for sub in _error_classes(child))]
