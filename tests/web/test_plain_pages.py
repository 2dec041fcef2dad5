"""The pages of a plain SPARQL server promise nothing that it does not have."""

import httpx
import pytest

HTML = {"Accept": "text/html,*/*;q=0.1"}  # as browsers have it


def test_the_start_page_is_that_of_a_sparql_server(plain):
    answer = plain.get("/", headers=HTML)
    assert answer.status_code == 200
    assert "A SPARQL server" in answer.text
    for absent in ("North-East Asia", "/ontology", "/shapes", "/review"):
        assert absent not in answer.text


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void", "/dump.nq.gz", "/validate"])
def test_what_it_links_to_is_there(plain, path):
    assert f'"{path}"' in plain.get("/", headers=HTML).text
    assert plain.get(path, headers=HTML).status_code == httpx.codes.OK
