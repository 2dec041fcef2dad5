"""The marks that blocks begin with: numbers in several styles, bullets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from neagraph.reports.segmentation.lines import BULLETS

_WORDS = (
    r"(?:Articles?|Art\.|Paragraph|Para\.?|Rule|Decision|Recommendation|Resolution|Outcome|"
    r"Action|Commitment|Conclusion|Measure|Point)"
)
_CORES = (
    r"(?-i:[A-Z]{1,2})\.?\d{1,2}",  # A1, OP1, B.1
    r"\d{1,3}\([a-z]\)",
    r"\d{1,3}(?:\.\d{1,3}){0,3}",
    r"[ivxl]{1,6}",
    r"[a-z]",
)
_TITLE = r"(?-i:[A-Z][a-z])"
_EMPHASIS = r"[*_]{0,3}"
_MARK = re.compile(
    rf"{_EMPHASIS}"
    rf"(?P<open>\\?[(\[]|\u00a7{{1,2}}\s?|{_WORDS}\s)?"
    rf"(?P<core>{'|'.join(_CORES)})"
    rf"(?P<close>(?<=\d)\s[\u2013\u2014-](?=\s+{_TITLE})|\\?[.)\]:/]{{0,2}}){_EMPHASIS}"
    rf"(?P<space>\s+|$|(?={_TITLE}))",
    re.IGNORECASE,
)
_SET_OFF = re.compile(rf"(?:\t| {{2,}})\s*(?={_TITLE}|[A-Z]\b)")
_PREFIXED = re.compile(r"([A-Z]{1,2})(\.?)(\d+)")
_LETTERED = re.compile(r"(\d+)\(([a-zA-Z])\)")
_NAME = re.compile(r"[A-Za-z]+")
_BULLET = re.compile(rf"(?:[{re.escape(BULLETS)}]|o(?=\s+[A-Z]))\s+|[\u2022\u25cf\uf0b7\uf0a7]\s*")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True, slots=True)
class Mark:
    """A number at the beginning of a block, as one way to read it.

    Args:
        style: How it is written, such as `1.`, `(a)`, `I.` or `article 1`; letters and Roman
            numerals that could be both give two readings.
        value: The number; several parts for `2.1`.
        label: The number as written: `3`, `2.1`, `a`.
        end: Raw offset behind it and the space after it.
    """

    style: str
    value: tuple[int, ...]
    label: str
    end: int


def marks_of(raw: str, start: int, end: int) -> tuple[Mark, ...]:
    """Return the readings of the number that the block `raw[start:end]` begins with."""
    match = _MARK.match(raw, start, end)
    if match is None:
        return ()
    opening = _opening(match["open"])
    closing = match["close"].lstrip("\\").strip()
    core = match["core"]
    is_set_off = core.isdigit() and _SET_OFF.match(raw, match.end("core"), end)
    if not (_is_mark(opening, core, closing) or is_set_off):
        return ()
    closing = "." if core[0].isdigit() and not opening and not closing else closing[:1]
    return tuple(
        Mark(f"{opening}{kind}{'' if opening[-1:] == ' ' else closing}", value, core, match.end())
        for kind, value in _values(core)
    )


def bullet_end(raw: str, start: int, end: int) -> int | None:
    """Return the raw offset behind the bullet that a block begins with; None if it has none."""
    match = _BULLET.match(raw, start, end)
    return match.end() if match and not raw.startswith("**", start) else None


def _opening(text: str | None) -> str:
    """Return the sign or the word before a number in one spelling."""
    opening = (text or "").strip().lstrip("\\").lower()
    if opening.startswith("art"):
        return "article "
    return f"{opening.rstrip('.')} " if _NAME.match(opening) else opening[:1]


def _is_mark(opening: str, core: str, closing: str) -> bool:
    """Return whether a number with these signs is one that blocks begin with."""
    if opening in {"(", "["}:
        return closing[:1] in {")", "]"}
    if opening:
        return core[0].isdigit() and closing[:1] not in {")", "]"}
    if closing[:1] in {":", "\u2013", "\u2014", "-", "/"}:
        return (closing[0] != ":" and core.isdigit()) or _PREFIXED.fullmatch(core) is not None
    if closing[:1] == "]":
        return False
    return bool(closing) or "." in core or _LETTERED.fullmatch(core) is not None


def _values(core: str) -> list[tuple[str, tuple[int, ...]]]:
    """Return the ways to read a number: the kind of its signs, and its value."""
    lettered, prefixed = _LETTERED.fullmatch(core), _PREFIXED.fullmatch(core)
    if lettered:
        return [("1", (int(lettered[1]), ord(lettered[2].lower()) - ord("a") + 1))]
    if prefixed and prefixed[2]:
        return [("a.1", (ord(prefixed[1][0]) - ord("A") + 1, int(prefixed[3])))]
    if prefixed:
        return [(f"{prefixed[1].lower()}1", (int(prefixed[3]),))]
    if core[0].isdigit():
        return [("1", tuple(int(part) for part in core.split(".")))]
    case = str.upper if core.isupper() else str.lower
    if core not in {core.lower(), core.upper()}:
        return []
    ways: list[tuple[str, tuple[int, ...]]] = []
    if len(core) == 1:
        ways.append((case("a"), (ord(core.lower()) - ord("a") + 1,)))
    roman = _roman(core.lower())
    if roman:
        ways.append((case("i"), (roman,)))
    return ways


def _roman(text: str) -> int:
    """Return the value of a Roman numeral in small letters; 0 if it is none."""
    if not re.fullmatch(r"(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})", text):
        return 0
    values = [_ROMAN[sign] for sign in text]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))
