"""What a statement is about, in the words of the vocabulary of topics."""

from __future__ import annotations

from neagraph.reports.document import Paragraph
from neagraph.reports.extraction.lexicon import Lexicon
from neagraph.reports.spelling import key_of


def topic_of(lexicon: Lexicon, paragraph: Paragraph, words: str) -> str | None:
    """Return the topic of a clause: that of its paragraph's own heading, else of its words.

    Args:
        lexicon: Labels of topics.
        paragraph: The paragraph.
        words: The clause.
    """
    heading = _first(lexicon, paragraph.heading)
    if heading and not paragraph.heading_inherited:
        return heading
    return _first(lexicon, words) or heading


def _first(lexicon: Lexicon, words: str) -> str | None:
    """Return the topic whose label stands first, the longest one at its place."""
    key = key_of(words)
    for place, word in enumerate(key):
        for length in range(lexicon.topic_starts.get(word, 0), 0, -1):
            topic = lexicon.topics.get(key[place : place + length])
            if topic is not None:
                return topic
    return None
