"""The server: it listens, and it stops in order."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from neagraph.errors import UsageError
from neagraph.settings import load_settings
from neagraph.web import server as web

SERVE = """
import sys
from pathlib import Path
from neagraph.model import Limits
from neagraph.queries import load_catalogue
from neagraph.service import Service
from neagraph.settings import load_settings, project_root
from neagraph.store.process import ProcessStore, StoreSource
from neagraph.web.app import create_app
from neagraph.web.server import run_server

snapshot = Path(sys.argv[1])
store = ProcessStore(StoreSource(snapshot), workers=1)
store.wait()
catalogue = load_catalogue(project_root() / "queries")
service = Service(store, snapshot=snapshot, catalogue=catalogue, limits=Limits())
settings = load_settings({}, port="0", log="json", slow="0.2", finish=sys.argv[2])
app = create_app(service, settings=settings)
tell = lambda address: print(address, flush=True)
run_server(app, settings=settings, on_ready=tell)
"""
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p . ?q ?r ?s }"
)


@contextmanager
def served(snapshot, *, seconds):
    """A server process and its address; it is killed if it does not end by itself."""
    command = [sys.executable, "-c", SERVE, str(snapshot), str(seconds)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as server:
        try:
            yield server, server.stdout.readline().strip()
        finally:
            server.kill()


def lines_of(server):
    """The lines that a server has written to its log, once it has ended."""
    _, told = server.communicate(timeout=60)
    return [json.loads(line) for line in told.splitlines()]


def test_it_tells_its_address_once_it_listens(monkeypatch):
    told = []
    monkeypatch.setattr(web.uvicorn.Server, "run", lambda _, sockets: told.append(len(sockets)))
    monkeypatch.setattr(web, "configure_logging", lambda **_: None)
    app = FastAPI()
    app.state.close = app.state.fast_lane = app.state.express = None
    web.run_server(app, settings=load_settings({}, port="0"), on_ready=told.append)
    address, listeners = told
    assert urlsplit(address).hostname == "127.0.0.1"
    assert urlsplit(address).port
    assert listeners == 1


def test_it_says_when_the_port_is_taken(client):
    taken = str(client.base_url.port)
    with pytest.raises(UsageError, match="cannot be listened on"):
        web.run_server(None, settings=load_settings({}, port=taken))


def test_what_ends_in_time_is_finished_when_it_is_told_to_stop(snapshot):
    asked = {"query": ENDLESS, "timeout": 1.5}
    with served(snapshot, seconds=10) as (server, address), ThreadPoolExecutor() as executor:
        waiting = executor.submit(httpx.get, address + "sparql", params=asked, timeout=30)
        time.sleep(0.5)
        server.terminate()
        time.sleep(0.3)
        with pytest.raises(httpx.TransportError):
            httpx.get(address + "health/live")
        answer = waiting.result()
        assert answer.status_code == 503
        assert "1.5 s" in answer.json()["detail"]
        lines_of(server)
    assert server.returncode in {0, -15}


def test_what_goes_on_for_too_long_is_answered_and_ended(snapshot):
    with served(snapshot, seconds=0.5) as (server, address), ThreadPoolExecutor() as executor:
        waiting = executor.submit(
            httpx.get, address + "sparql", params={"query": ENDLESS}, timeout=20
        )
        time.sleep(1)
        server.terminate()
        assert waiting.result().status_code == 503
        lines = lines_of(server)
    request, slow = lines
    assert (request["path"], request["status"]) == ("/sparql", 503)
    assert (slow["message"], slow["query"]) == ("slow query", ENDLESS)
    assert slow["query_id"] == request["query_id"] == waiting.result().headers["x-query-id"]


def test_hits_are_in_the_log_even_if_it_stops_at_once(snapshot):
    with served(snapshot, seconds=5) as (server, address):
        with httpx.Client(base_url=address) as client:
            for _ in range(3):
                assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        server.terminate()
        told = [line["cache"] for line in lines_of(server)]
    assert told == ["miss", "hit", "hit"]
