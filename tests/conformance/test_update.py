"""SPARQL 1.1 Update: what the dataset is after each update."""

from __future__ import annotations

from .cases import cases, suite
from .comparing import same_dataset
from .loading import Server, quads_of, text_of
from .manifests import Entry

UPDATE = "application/sparql-update"


@suite("update")
@cases("sparql11/manifest-sparql11-update.ttl", kinds={"UpdateEvaluationTest"})
def test_update(server: Server, entry: Entry):
    server.fill(entry.data, kept=False)
    headers = {"Content-Type": UPDATE}
    answer = server.client.post("/update", content=text_of(entry).encode(), headers=headers)
    assert answer.is_success, answer.text
    assert same_dataset(server.holds(), quads_of(entry.expected))
