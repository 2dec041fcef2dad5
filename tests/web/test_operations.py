"""Health, figures, and what an administrator sees and ends."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from neagraph.errors import WorkerError
from neagraph.model import Changeset, Limits
from neagraph.queries import load_catalogue
from neagraph.service import Service
from neagraph.settings import project_root
from neagraph.store.process import ProcessStore, StoreSource
from neagraph.tokens import Role, TokenStore
from neagraph.vocab import RDF_TYPE

ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p . ?q ?r ?s }"
)
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def kept(snapshot, tmp_path_factory, serving):
    """A client of a service with two workers, the service, and headers of each role."""
    store = ProcessStore(StoreSource(snapshot), workers=2)
    store.wait()
    tokens = TokenStore(tmp_path_factory.mktemp("tokens") / "tokens.json")
    headers = {
        role: {"Authorization": f"Bearer {tokens.add(role, role)}"}
        for role in (Role.EDITOR, Role.ADMIN)
    }
    service = Service(
        store,
        snapshot=snapshot,
        catalogue=load_catalogue(project_root() / "queries"),
        limits=Limits(seconds=20.0),
        tokens=tokens,
    )
    with serving(service) as client:
        yield client, service, headers


def figures(client):
    """Figures by name and labels as they are written."""
    lines = [line for line in client.get("/metrics").text.splitlines() if line[:1] != "#"]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def wait_for(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    return found


def listed(client, headers):
    return client.get("/admin/queries", headers=headers).json()["queries"]


def test_health_counts_what_there_is_now(kept):
    client, service, _ = kept
    before = client.get("/health").json()["counts"]
    graph = "https://w3id.org/neagraph/id/graph/report/new"
    triple = f"<urn:s> <{RDF_TYPE}> <https://w3id.org/neagraph/ontology#Meeting>"
    change = Changeset((f"{triple} <{graph}> .",))
    service.store.apply(change)
    try:
        after = client.get("/health").json()["counts"]
    finally:
        service.store.apply(change.inverse())
    names = ("triples", "asserted", "entailed", "meetings")
    assert [after[name] - before[name] for name in names] == [1, 1, 0, 1]
    assert "statements" in client.get("/", headers={"Accept": "text/html"}).text


def test_health_tells_the_version(kept):
    client, service, _ = kept
    told = client.get("/health").json()
    assert (told["status"], told["version"]) == ("ok", service.version.number)
    assert told["digest"] == service.version.digest


@pytest.mark.parametrize("address", ["/health", "/health/live", "/health/ready", "/metrics"])
def test_what_is_told_of_now_is_not_stored(kept, address):
    client, _, _ = kept
    for answer in (client.get(address), client.head(address)):
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


def test_who_is_not_ready_says_so_and_stays_alive(kept, monkeypatch):
    client, service, _ = kept

    def fail(*_, **__):
        raise WorkerError("The store process is gone.")

    monkeypatch.setattr(service, "query", fail)
    answer = client.get("/health/ready", headers={"Accept": PROBLEM})
    assert (answer.status_code, answer.headers["retry-after"] != "") == (503, True)
    assert client.get("/health/live").status_code == 200


def test_a_slow_store_is_not_ready_after_a_second(kept, monkeypatch):
    client, service, _ = kept
    address, held = str(client.base_url.join("/health/ready")), Event()
    monkeypatch.setattr(service, "query", lambda *_, **__: held.wait(60))
    with ThreadPoolExecutor() as executor:
        try:
            answers = list(executor.map(lambda _: httpx.get(address, timeout=30), range(5)))
        finally:
            held.set()
    assert [answer.status_code for answer in answers] == [503] * 5


def test_figures_count_requests_and_the_cache(kept):
    client, service, _ = kept
    query = {"query": "SELECT * { ?figures ?p ?o } LIMIT 2"}
    before = figures(client)
    for _ in range(3):
        client.get("/sparql", params=query)
    after = figures(client)
    labels = '{method="GET",place="/sparql",status="200"}'
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert grown[f"neagraph_requests_total{labels}"] == 3
    assert grown[f"neagraph_request_seconds_count{labels}"] == 3
    assert grown['neagraph_cache_requests_total{outcome="miss"}'] == 1
    assert grown['neagraph_cache_requests_total{outcome="hit"}'] == 2
    assert grown["neagraph_cache_entries"] == 1
    assert grown["neagraph_cache_bytes"] > 100
    assert after["neagraph_up"] == 1
    assert after["neagraph_version"] == service.version.number
    assert after["neagraph_triples"] > 10


def test_paths_of_clients_do_not_multiply_the_figures(kept):
    client, _, _ = kept
    for n in range(5):
        client.get(f"/no-such-place-{n}")
        client.get(f"/doc/no/{n}")
    places = {name for name in figures(client) if name.startswith("neagraph_requests_total")}
    assert not [name for name in places if "no-such" in name or "/no/" in name]
    assert '{method="GET",place="other",status="404"}' in " ".join(places)


def test_open_metrics_is_spoken_to_those_who_ask(kept):
    client, _, _ = kept
    answer = client.get("/metrics", headers={"Accept": "application/openmetrics-text"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_figures_are_told_while_the_store_is_gone(kept, monkeypatch):
    client, service, _ = kept

    def fail():
        raise WorkerError("The store process is gone.")

    monkeypatch.setattr(service.store, "running", fail)
    told = figures(client)
    assert told["neagraph_up"] == 0
    assert "neagraph_version" not in told


def test_queries_that_end_at_their_limit_are_counted(kept):
    client, _, _ = kept
    name = 'neagraph_queries_ended_total{reason="timeout"}'
    before = figures(client)[name]
    assert client.get("/sparql", params={"query": ENDLESS, "timeout": 0.2}).status_code == 503
    assert figures(client)[name] == before + 1


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("editor", 403), ("admin", 200)])
def test_only_administrators_see_queries(kept, role, status):
    client, _, headers = kept
    asked = headers.get(role, {})
    assert client.get("/admin/queries", headers=asked).status_code == status
    told = client.delete("/admin/queries/none", headers=asked).status_code
    assert told == (404 if role == "admin" else status)


def test_an_administrator_ends_a_query(kept):
    client, _, headers = kept
    with ThreadPoolExecutor() as executor:
        address = str(client.base_url.join("/sparql"))
        asked = executor.submit(httpx.get, address, params={"query": ENDLESS}, timeout=30)
        (query,) = wait_for(lambda: listed(client, headers["admin"]))
        assert (query["query"], query["state"]) == (ENDLESS, "running")
        cancelled = client.delete(f"/admin/queries/{query['id']}", headers=headers["admin"])
        assert cancelled.status_code == 200
        answer = asked.result()
    assert answer.status_code == 503
    assert answer.headers["x-query-id"] == query["id"]
    assert not listed(client, headers["admin"])


def test_a_client_that_goes_away_has_its_query_ended(kept):
    client, _, headers = kept
    with pytest.raises(httpx.ReadTimeout):
        client.get("/sparql", params={"query": ENDLESS + "# left"}, timeout=0.5)
    wait_for(lambda: not listed(client, headers["admin"]), seconds=15)


def test_a_client_that_goes_away_in_the_middle_of_its_request_is_no_failure(kept, caplog):
    client, _, _ = kept
    head = "POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
    name = 'neagraph_requests_total{method="POST",place="/sparql",status="499"}'
    before = figures(client).get(name, 0)
    for length in (100, 100_000):
        with socket.create_connection((client.base_url.host, client.base_url.port)) as connection:
            connection.sendall(f"{head}Content-Length: {length}\r\n\r\nASK".encode())
    wait_for(lambda: figures(client).get(name, 0) == before + 2)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_query_goes_on_while_one_of_its_clients_stays(kept):
    client, _, headers = kept
    query = ENDLESS + "# shared"
    with ThreadPoolExecutor() as executor:
        address = str(client.base_url.join("/sparql"))
        staying = executor.submit(httpx.get, address, params={"query": query}, timeout=30)
        wait_for(lambda: listed(client, headers["admin"]))
        with pytest.raises(httpx.ReadTimeout):
            client.get("/sparql", params={"query": query}, timeout=0.5)
        (running,) = listed(client, headers["admin"])
        assert not staying.done()
        client.delete(f"/admin/queries/{running['id']}", headers=headers["admin"])
        assert staying.result().status_code == 503


def test_answers_are_packed_for_those_who_take_it(kept):
    client, _, _ = kept
    query = {"query": "SELECT * { ?s ?p ?o }", "format": "csv"}
    packed = client.get("/sparql", params=query, headers={"Accept-Encoding": "gzip"})
    plain = client.get("/sparql", params=query, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert packed.text == plain.text
    assert packed.headers["etag"] != plain.headers["etag"]


def test_kept_answers_may_be_read_by_scripts_of_every_site(kept):
    client, _, _ = kept
    query = {"query": "ASK { ?origin ?p ?o }"}
    client.get("/sparql", params=query)
    answer = client.get("/sparql", params=query, headers={"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "address", ["/doc/state/japan", "/doc/state/japan.ttl", "/ontology.ttl", "/dump.nq.gz"]
)
def test_documents_are_answered_with_304_to_those_who_have_them(kept, address):
    client, service, _ = kept
    first = client.get(address)
    if first.status_code == 404:
        pytest.skip("this dataset has no such document")
    assert first.headers["etag"].startswith(f'"{service.version.etag}~')
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
