"""Which language a text is in, as far as the passes must know: English, or another one.

Counts the commonest words of some languages; no model.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from neagraph.errors import UnreadableError
from neagraph.reports.words import words

_SAMPLE = 200_000  # characters from the start that are looked at
_FEW_WORDS = 25  # fewer of them tell only what they tell clearly
_CLEAR_WORDS = 3  # common words of another language that are clear
_CLEAR_SHARE = 0.2  # the least share of all words that these must be
_CLEAR_TIMES = 2  # times the common words of English that they must be
_LEAST_ENGLISH = 0.06  # share of its commonest words below which a text is not English
_LEAST_OTHER = 0.1  # the same for another language to be named
_MOST_FOREIGN = 0.3  # share of letters outside the Latin script above which it is not
_LETTERS = re.compile(r"[^\W\d_]+")

_COMMON: dict[str, frozenset[str]] = {
    "English": words(
        """the of and to in a for on that by with was is be as at from its which this it were
        are also an or not their has have been will had should they would"""
    ),
    "French": words(
        """le la les de des du et un une en au aux par pour dans sur que qui est ont sont avec
        ce cette il elle leur se ne pas plus"""
    ),
    "Spanish": words(
        """el la los las de del y un una en al por para con que se su sus es son fue como lo
        sobre entre ha han no más"""
    ),
    "Portuguese": words(
        """o os as de do da dos das e um uma em no na nos nas ao por para com que se seu sua
        são foi como mais não"""
    ),
    "German": words(
        """der die das und in den von zu mit dem des auf für ist im nicht ein eine als auch es
        an werden aus er hat dass sie nach wird bei einer"""
    ),
    "Italian": words(
        """il lo la i gli le di del della dei e un una in nel nella per con che si è sono non
        come più da dal alla al"""
    ),
    "Indonesian": words(
        """yang dan di dari untuk dengan pada ini itu dalam tidak akan oleh ke sebagai"""
    ),
}
_SCRIPTS = {
    "CYRILLIC": "Russian, Mongolian or another language in Cyrillic script",
    "CJK": "Chinese or Japanese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "MONGOLIAN": "Mongolian",
    "ARABIC": "a language in Arabic script",
    "THAI": "Thai",
}


def check_language(text: str) -> None:
    """Check that a text is in English; one of a few words that tell nothing passes.

    Raises:
        UnreadableError: If it is in another language; names it where it can be told.
    """
    words = [word.casefold() for word in _LETTERS.findall(text[:_SAMPLE])]
    script = _foreign_script(words)
    if script:
        raise _not_english(script)
    counts = Counter(words)
    shares = {name: sum(counts[word] for word in known) for name, known in _COMMON.items()}
    best = max(shares, key=shares.__getitem__)
    if len(words) < _FEW_WORDS:
        clear = max(_CLEAR_WORDS, _CLEAR_SHARE * len(words), _CLEAR_TIMES * shares["English"])
        if shares[best] >= clear and best != "English":
            raise _not_english(best)
        return
    if best != "English" and shares[best] > _LEAST_OTHER * len(words):
        raise _not_english(best)
    if shares["English"] < _LEAST_ENGLISH * len(words):
        raise _not_english("")


def _foreign_script(words: list[str]) -> str:
    """Return the language or languages of the script of a text; empty if it is Latin."""
    letters = Counter("".join(words))
    foreign = Counter[str]()
    for letter, count in letters.items():
        script = unicodedata.name(letter, "").partition(" ")[0]
        if script not in {"LATIN", "FULLWIDTH", "FEMININE", "MASCULINE", "MICRO", "MODIFIER"}:
            foreign[script] += count
    if foreign.total() <= _MOST_FOREIGN * letters.total():
        return ""
    scripts = [name for name, _ in foreign.most_common() if name in _SCRIPTS]
    if {"HIRAGANA", "KATAKANA"} & set(scripts):
        return _SCRIPTS["HIRAGANA"]
    return _SCRIPTS[scripts[0]] if scripts else "another script"


def _not_english(language: str) -> UnreadableError:
    seems = f" but seems to be in {language}" if language else ""
    return UnreadableError(
        f"This report is not in English{seems}.",
        hint="Statements can be found in English text only; take the English edition.",
    )
