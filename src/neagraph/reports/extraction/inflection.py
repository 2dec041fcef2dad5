"""What form of a verb a label of the vocabulary is, told by its ending and its fellows."""

from __future__ import annotations

from neagraph.reports.spelling import Key

_WAS = frozenset({"was", "were", "be", "been"})


def form_kind(words: Key, base: str, firsts: frozenset[str], nouns: frozenset[str]) -> str:
    """Return the kind of form that a hidden label of a verb is.

    Args:
        words: The label's words, in lower case.
        base: First word of the verb's preferred label.
        firsts: First words of all its labels.
        nouns: Nouns that tell its act.

    Returns:
        `base`, `third`, `past`, `ing`, `noun`, or `adjective` for a phrase such as `pleased to
        note`, which is none of the verb's own forms.
    """
    first = words[0]
    settled = not _WAS.isdisjoint(words[1:])
    if settled or (len(words) > 1 and first in _thirds(base)):
        return "past" if settled else "third"
    if len(words) == 1 and first in nouns - _thirds(base):
        return "noun"
    if first == "of" or (len(words) > 1 and words[1] == "to" and first[:2] != base[:2]):
        return "adjective"
    if first.endswith("ing") and not base.startswith(first):
        return "ing"
    if _thirds(first) & firsts or _british(first) == _british(base):
        return "base"
    return "third" if first.endswith("s") and not first.endswith("ss") else "past"


def _thirds(word: str) -> frozenset[str]:
    """Return what the third person of a word can be."""
    return frozenset({word + "s", word + "es", word[:-1] + "ies"}) - {word}


def _british(word: str) -> str:
    return word.replace("ise", "ize").replace("our", "or")
