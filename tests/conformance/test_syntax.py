"""Which queries and updates are well-formed: the others are 400 with a problem document."""

from __future__ import annotations

import httpx

from .cases import cases, suite
from .loading import Server, text_of
from .manifests import Entry

SYNTAX = {
    "PositiveSyntaxTest",
    "NegativeSyntaxTest",
    "PositiveSyntaxTest11",
    "NegativeSyntaxTest11",
    "PositiveUpdateSyntaxTest11",
    "NegativeUpdateSyntaxTest11",
}
CANNOT_BE_RUN = "cannot be run"


@suite("syntax query 1.0")
@cases("sparql10/manifest-syntax.ttl", kinds=SYNTAX)
def test_syntax_10(server: Server, entry: Entry):
    check(server, entry)


@suite("syntax query 1.1")
@cases(
    "sparql11/manifest-sparql11-query.ttl",
    "sparql11/manifest-sparql11-update.ttl",
    kinds={"PositiveSyntaxTest11", "NegativeSyntaxTest11"},
)
def test_syntax_11(server: Server, entry: Entry):
    check(server, entry)


@suite("syntax update")
@cases(
    "sparql11/manifest-sparql11-update.ttl",
    kinds={"PositiveUpdateSyntaxTest11", "NegativeUpdateSyntaxTest11"},
)
def test_syntax_update(server: Server, entry: Entry):
    check(server, entry)


@suite("syntax federation")
@cases("sparql11/manifest-sparql11-fed.ttl", kinds=SYNTAX)
def test_syntax_federation(server: Server, entry: Entry):
    check(server, entry)


def check(server: Server, entry: Entry) -> None:
    """A well-formed text is answered, or refused for what it asks; a malformed one is 400."""
    is_update = entry.action is not None and entry.action.suffix == ".ru"
    path = "/update" if is_update else "/sparql"
    if is_update:
        server.loaded = None
    headers = {"Content-Type": f"application/sparql-{'update' if is_update else 'query'}"}
    answer = server.client.post(path, content=text_of(entry).encode(), headers=headers)
    if entry.kind.startswith("Negative"):
        assert is_malformed(answer), answer.text
    elif answer.status_code == 403:  # SERVICE and LOAD are understood, and not permitted
        assert answer.json()["type"].endswith("/refused")
        assert {"service", "load"} & set(text_of(entry).lower().split())
    else:  # what is well-formed may name a function or a graph that does not exist
        assert answer.is_success or CANNOT_BE_RUN in answer.json()["detail"], answer.text


def is_malformed(answer: httpx.Response) -> bool:
    problem = answer.json()
    told = answer.status_code == 400 and problem["type"].endswith("/query")
    return told and CANNOT_BE_RUN not in problem["detail"]
