"""Forms of RDF documents, split at their boundary and nowhere else."""

import pytest

from neagraph.errors import UsageError
from neagraph.web.multipart import format_of, parts_of
from neagraph.web.problems import MediaTypeError

TYPE = "multipart/form-data; boundary=b"
HEAD = b"Content-Type: text/turtle\r\n\r\n"


def test_parts_have_their_bytes_and_formats():
    body = (
        b"before\r\n--b\r\n" + HEAD + b"one\r\n\r\ntwo\r\n--b \r\n"
        b'content-disposition: form-data; filename="x.rdf"\r\n\r\n\xff\n--bb\r\n--b--\r\nafter'
    )
    assert parts_of(body, TYPE) == ((b"one\r\n\r\ntwo", "turtle"), (b"\xff\n--bb", "rdfxml"))


def test_line_ends_may_be_plain():
    body = b"--b\nContent-Type: application/n-triples\n\nx\n--b--"
    assert parts_of(body, TYPE) == ((b"x", "ntriples"),)


def test_nested_forms_are_not_looked_into():
    body = b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n--b--\r\n"
    with pytest.raises(MediaTypeError):
        parts_of(body, TYPE)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", TYPE),
        (b"--b--", TYPE),
        (b"--c\r\n" + HEAD, TYPE),
        (b"--b\r\n" + HEAD + b"x\r\n--b--", "multipart/form-data"),
        (b"--b\r\n" + HEAD + b"x\r\n--b--", "multipart/form-data; boundary="),
    ],
)
def test_what_is_no_form_is_told(body, content_type):
    with pytest.raises(UsageError):
        parts_of(body, content_type)


def test_a_body_needs_a_type_that_is_read():
    assert format_of("TEXT/Turtle ; charset=UTF-8").name == "turtle"
    with pytest.raises(UsageError):
        format_of("")
    for content_type in ("text/plain", "application/trig", "text/turtle; charset=latin-1"):
        with pytest.raises(MediaTypeError):
            format_of(content_type)
