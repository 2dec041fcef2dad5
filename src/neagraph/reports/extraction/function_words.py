"""Function words of English, and how a token reads among its neighbours."""

from __future__ import annotations

from typing import Final

from neagraph.reports.words import words

BE: Final = frozenset({"be", "is", "are", "was", "were", "been", "being", "'re"})
HAVE: Final = frozenset({"has", "have", "had", "having", "'ve"})
DO: Final = frozenset({"do", "does", "did"})
MODALS: Final = frozenset(
    {"will", "would", "shall", "should", "may", "might", "can", "could", "must", "'ll"}
)
NOT: Final = frozenset({"not", "never", "n't", "neither"})
AUXILIARIES: Final = BE | HAVE | DO | MODALS | NOT

ADVERBS: Final = words(
    """also further then therefore thus hence thereby moreover however again once already still
    now subsequently finally both so too newly well always together meanwhile instead
    accordingly hereby herewith yet only even just likewise furthermore"""
)
_NO_ADVERBS: Final = words("supply apply reply family assembly early italy july")

ARTICLES: Final = frozenset({"the", "a", "an"})
POSSESSIVES: Final = words("its their his her our your my")
DETERMINERS: Final = (
    ARTICLES
    | POSSESSIVES
    | words("""this that these those such any some each every no all several many most few other
        another various both""")
)
PRONOUNS: Final = words("it they he she we i")
PREPOSITIONS: Final = words(
    """of by to for from on in at with without within under upon into through throughout during
    among between across against towards toward regarding concerning about over after before
    until since as per via including than beyond despite following like along around"""
)
RELATIVES: Final = words("which who whom whose where")
SUBORDINATORS: Final = words(
    """while whereas although though because since if when whenever unless until whether once
    after before provided"""
)
CONTRASTS: Final = frozenset({"while", "whereas", "although", "though"})
"""Words that begin a clause which tells something of its own."""
COORDINATES: Final = frozenset({"and", "or", "nor", "but", ","})


def is_adverb(low: str) -> bool:
    """Return whether a word in lower case reads as an adverb that may stand beside a verb."""
    return low in ADVERBS or (
        low.endswith("ly") and len(low) > len("only") and low not in _NO_ADVERBS
    )


def is_word(low: str) -> bool:
    """Return whether a token is a word or a number, not a sign."""
    return low[:1].isalnum()
