"""What travels between the processes of the store."""

from __future__ import annotations

from neagraph.model import Changeset
from neagraph.store.messages import apply_message


def test_a_message_is_shown_without_its_payload() -> None:
    """To write out megabytes, as an error message about a client may do, stops the loop."""
    message = apply_message(Changeset(("<a:s> <a:p> <a:o> .",)))
    assert "a:s" not in repr(message)
