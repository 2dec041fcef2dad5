"""Whose turn it is."""

from __future__ import annotations

import pytest

from neagraph.errors import BusyError
from neagraph.store.turns import Turn, Turns


def turn(name: str, came: list[str]) -> Turn:
    return Turn(name, lambda: f"text of {name}", lambda: came.append(name))


def test_places_go_to_those_who_wait_in_order_of_arrival() -> None:
    came: list[str] = []
    turns = Turns(1, 2)
    first, second, third = (turn(name, came) for name in "abc")
    assert [turns.take(t) for t in (first, second, third)] == [True, False, False]
    turns.leave(first)
    assert (came, turns.working(), turns.waiting()) == (["b"], [second], [third])
    turns.leave(second)
    turns.leave(third)
    assert turns.take(turn("d", came))


def test_who_gives_up_while_waiting_costs_nobody_a_place() -> None:
    came: list[str] = []
    turns = Turns(1, 2)
    first, second, third = (turn(name, came) for name in "abc")
    for each in (first, second, third):
        turns.take(each)
    turns.leave(second)
    turns.leave(second)
    turns.leave(first)
    assert came == ["c"]


def test_who_comes_to_a_full_queue_is_sent_away() -> None:
    turns = Turns(1, 1)
    turns.take(turn("a", []))
    turns.take(turn("b", []))
    with pytest.raises(BusyError, match="1 requests are waiting"):
        turns.take(turn("c", []))


def test_only_who_works_has_been_at_it_for_some_time() -> None:
    turns = Turns(1, 1)
    works, waits = turn("a", []), turn("b", [])
    turns.take(works)
    turns.take(waits)
    now = (works.since or 0) + 1.5
    assert (works.told(now).seconds, waits.told(now).seconds) == (1.5, 0.0)
    assert works.told(now).text == "text of a"
