"""How requests and outcomes travel between the processes of the store.

A request is one line of JSON, its head, and as many bytes of JSON as the head says, which only
the child that does the work reads. An outcome is one line of JSON and the body of the answer.

Jobs and replies of a child that has been lent out are shorter: each begins with its size. A job is
written as the interpreter keeps values of its own, which both processes are of.
"""

from __future__ import annotations

import base64
import json
import marshal
import os
import socket
import struct
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import IO, Any

from neagraph.errors import NeagraphError, QueryError, WorkerError
from neagraph.model import (
    Answer,
    Changeset,
    Limits,
    QueryRequest,
    RunningQuery,
    Scope,
    Version,
    Write,
    WriteKind,
)

HINT_AGAIN = "Ask again; if it happens again, simplify the query."
_CHUNK = 1 << 16
_JOB = struct.Struct("!I")
"""The size of a job."""
_REPLY = struct.Struct("!??BQ")
"""Whether a reply is an answer, and the last; the sizes of its media type and its body."""
_LONGEST_HEAD = 1 << 16  # bytes of the first line of an outcome that is an answer
_CHANGESET = "text/x-changeset"
_RUNNING = "application/json"


class Do(StrEnum):
    """What a message asks for."""

    QUERY = "query"
    TRIAL = "trial"
    CHECK = "check"
    APPLY = "apply"
    RUNNING = "running"
    LEND = "lend"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to the store process.

    Args:
        do: What it asks for.
        id: Query id; may be empty.
        limits: What the work may use.
        scope: The scope of a query.
        once: Whether the work changes the copy of the dataset that it is done on.
        payload: The request, the write or the changeset, as the functions below write it.
    """

    do: Do
    id: str = ""
    limits: Limits = field(default_factory=Limits)
    scope: Scope = Scope.ALL
    once: bool = False
    payload: bytes = field(default=b"", repr=False)


def write_message(message: Message) -> bytes:
    """Return the bytes of a message."""
    head = {
        "do": message.do,
        "id": message.id,
        "limits": asdict(message.limits),
        "scope": message.scope,
        "once": message.once,
        "size": len(message.payload),
    }
    return json.dumps(head).encode() + b"\n" + message.payload


def message_size(received: bytes | bytearray) -> int | None:
    """Return how many bytes the message has that begins so; None as long as its head is cut.

    Raises:
        WorkerError: If it is no message.
    """
    end = received.find(b"\n")
    if end < 0:
        return None
    return end + 1 + _head(received[:end])[1]


def read_message(received: bytes | bytearray) -> Message:
    """Return the message of `write_message`.

    Raises:
        WorkerError: If it is none.
    """
    head, _, payload = received.partition(b"\n")
    return replace(_head(head)[0], payload=bytes(payload))


def _head(line: bytes | bytearray) -> tuple[Message, int]:
    """Return the message that a head is of, without its payload, and the size of that."""
    try:
        fields = json.loads(line)
        do, scope, limits = Do(fields["do"]), Scope(fields["scope"]), Limits(**fields["limits"])
        message = Message(do, str(fields["id"]), limits, scope, bool(fields["once"]))
        return message, int(fields["size"])
    except (ValueError, KeyError, TypeError) as error:
        raise WorkerError("The store was sent what is no message.") from error


def query_message(request: QueryRequest, limits: Limits) -> Message:
    """Return the message that asks a query."""
    payload = json.dumps(asdict(request)).encode()
    once = request.undo is not None
    return Message(Do.QUERY, request.id, limits, request.scope, once, payload)


def request_of(message: Message) -> QueryRequest:
    """Return the request in a message of `query_message`."""
    fields = json.loads(message.payload)
    for name in ("default_graphs", "named_graphs"):
        fields[name] = tuple(fields[name])
    fields["scope"] = Scope(fields["scope"])
    fields["substitutions"] = tuple((n, t) for n, t in fields["substitutions"])
    if fields["undo"] is not None:
        fields["undo"] = Changeset(tuple(fields["undo"]["added"]), tuple(fields["undo"]["removed"]))
    return QueryRequest(**fields)


def trial_message(write: Write, limits: Limits, *, query_id: str) -> Message:
    """Return the message that asks to try a write."""
    bodies = [(base64.b64encode(body).decode(), name) for body, name in write.bodies]
    payload = json.dumps({**asdict(write), "bodies": bodies}).encode()
    return Message(Do.TRIAL, query_id, limits, once=True, payload=payload)


def write_of(message: Message) -> Write:
    """Return the write in a message of `trial_message`."""
    fields = json.loads(message.payload)
    fields["kind"] = WriteKind(fields["kind"])
    fields["bodies"] = tuple((base64.b64decode(body), name) for body, name in fields["bodies"])
    for name in ("using_graphs", "using_named_graphs"):
        fields[name] = tuple(fields[name])
    return Write(**fields)


def check_message(request: bytes, limits: Limits, *, query_id: str) -> Message:
    """Return the message that asks to check data, in the words of whoever does that."""
    return Message(Do.CHECK, query_id, limits, once=True, payload=request)


def apply_message(changeset: Changeset) -> Message:
    """Return the message that asks to apply a changeset."""
    return Message(Do.APPLY, payload=_changeset_text(changeset))


def changeset_of(message: Message) -> Changeset:
    """Return the changeset in a message of `apply_message`."""
    return _read_changeset(message.payload)


def changeset_answer(changeset: Changeset) -> Answer:
    """Return a changeset as the outcome of a trial."""
    return Answer(_changeset_text(changeset), _CHANGESET)


def answered_changeset(answer: Answer) -> Changeset:
    """Return the changeset in an answer of `changeset_answer`."""
    return _read_changeset(answer.body)


def running_answer(queries: list[RunningQuery], version: Version) -> Answer:
    """Return the list of what is being worked on as an outcome."""
    return Answer(json.dumps([asdict(query) for query in queries]).encode(), _RUNNING, version)


def answered_running(answer: Answer) -> tuple[RunningQuery, ...]:
    """Return the list in an answer of `running_answer`."""
    return tuple(RunningQuery(**fields) for fields in json.loads(answer.body))


def text_of(message: Message) -> str:
    """Return what a person recognises a query, a write or a check by."""
    if message.do is Do.QUERY:
        return request_of(message).text
    if message.do is Do.CHECK:
        return "VALIDATE"
    write = write_of(message)
    return write.text or f"{write.kind.value.upper()} {write.graph or 'default graph'}"


def _changeset_text(changeset: Changeset) -> bytes:
    """Return one line for each quad, begun with + or -; N-Quads have no line end inside."""
    added = (f"+{line}\n" for line in changeset.added)
    removed = (f"-{line}\n" for line in changeset.removed)
    return "".join([*added, *removed]).encode()


def _read_changeset(text: bytes) -> Changeset:
    lines = text.decode().split("\n")[:-1]
    return Changeset(
        tuple(line[1:] for line in lines if line[0] == "+"),
        tuple(line[1:] for line in lines if line[0] == "-"),
    )


def write_outcome(file: IO[bytes], outcome: Answer | NeagraphError) -> None:
    """Write an outcome: one line of JSON, then the body of the answer."""
    if isinstance(outcome, Answer):
        head: dict[str, Any] = {"media_type": outcome.media_type, "size": len(outcome.body)}
        if outcome.version is not None:
            head["version"] = asdict(outcome.version)
        body = outcome.body
    else:
        head, body = {"error": describe_error(outcome)}, b""
    file.write(json.dumps(head).encode() + b"\n")
    file.write(body)
    file.flush()


def read_outcome(file: IO[bytes]) -> Answer:
    """Return the answer in a file of `write_outcome`, or raise the error in it."""
    head = json.loads(file.readline() or b"{}")
    if "error" in head:
        raise revive_error(head["error"])
    body = file.read()
    if len(body) != head.get("size"):
        raise WorkerError("The process of this query left no whole answer.", hint=HINT_AGAIN)
    version = head.get("version")
    return Answer(body, head["media_type"], None if version is None else Version(**version))


def write_job(request: QueryRequest, limits: Limits) -> bytes:
    """Return the bytes of a query for a child that has been lent out.

    It has one scope and undoes nothing; nobody there asks for the id.
    """
    asked = (request.text, request.results_format, request.graph_format, request.default_graphs,
             request.named_graphs, request.substitutions, request.base)  # fmt: skip
    allowed = limits.seconds, limits.answer_bytes, limits.memory_bytes
    job = marshal.dumps((asked, allowed))
    return _JOB.pack(len(job)) + job


def receive_job(connection: socket.socket) -> tuple[QueryRequest, Limits] | None:
    """Return the next query that comes through a connection; None when it closes."""
    received = connection.recv(_CHUNK)
    while len(received) < _JOB.size or len(received) < _JOB.size + _JOB.unpack_from(received)[0]:
        more = connection.recv(_CHUNK)
        if not more:
            return None
        received += more
    (text, results, graph, *rest), allowed = marshal.loads(received[_JOB.size :])  # noqa: S302  our own
    return QueryRequest(text, results, graph, Scope.ALL, *rest), Limits(*allowed)


def send_reply(connection: socket.socket, outcome: Answer | NeagraphError, *, last: bool) -> None:
    """Send the outcome of a job.

    Args:
        connection: Where to.
        outcome: The outcome.
        last: Whether the child takes no further job.
    """
    good = isinstance(outcome, Answer)
    if isinstance(outcome, Answer):
        kind, body = outcome.media_type.encode(), outcome.body
    else:
        kind, body = b"", json.dumps(describe_error(outcome)).encode()
    head = _REPLY.pack(good, last, len(kind), len(body)) + kind
    if len(body) <= _CHUNK:
        connection.sendall(head + body)
    else:
        connection.sendall(head)
        connection.sendall(body)


class Reply:
    """A reply as it comes in, piece by piece."""

    def __init__(self) -> None:
        self._received = bytearray()

    def take(self, data: bytes) -> bool:
        """Take a piece; True if the reply is whole with it."""
        self._received += data
        if len(self._received) < _REPLY.size:
            return False
        kind, size = _REPLY.unpack_from(self._received)[2:]
        whole: int = _REPLY.size + kind + size
        return len(self._received) >= whole

    @property
    def last(self) -> bool:
        """Whether the child takes no further job."""
        return bool(_REPLY.unpack_from(self._received)[1])

    def outcome(self, version: Version) -> Answer | NeagraphError:
        """Return the outcome, answered from a version."""
        good, _, kind, _ = _REPLY.unpack_from(self._received)
        with memoryview(self._received) as view:
            media_type = bytes(view[_REPLY.size : _REPLY.size + kind])
            body = bytes(view[_REPLY.size + kind :])
        if good:
            return Answer(body, media_type.decode(), version)
        return revive_error(json.loads(body))


def outcome_version(file: IO[bytes]) -> Version | None:
    """Return the version in a file of `write_outcome`, without moving in it.

    Its position is shared with whoever it is handed to.
    """
    head = os.pread(file.fileno(), _LONGEST_HEAD, 0).partition(b"\n")[0]
    version = json.loads(head).get("version")
    return None if version is None else Version(**version)


def describe_error(error: NeagraphError) -> dict[str, Any]:
    """Return an error as plain values, for `revive_error` in another process."""
    return {"code": error.code, **vars(error)}


def revive_error(fields: dict[str, Any]) -> NeagraphError:
    """Return the error that `describe_error` took apart."""
    fields = dict(fields)
    classes = {cls.code: cls for cls in reversed(_error_classes(NeagraphError))}
    cls = classes[fields.pop("code")]
    fields["details"] = tuple(fields.get("details", ()))
    if issubclass(cls, QueryError):
        del fields["details"]
    return cls(fields.pop("message"), **fields)


def _error_classes(cls: type[NeagraphError]) -> list[type[NeagraphError]]:
    return [cls, *(sub for child in cls.__subclasses__() for sub in _error_classes(child))]
