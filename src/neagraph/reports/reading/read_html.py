"""Reads HTML as a reader sees it: no scripts, no styles, lists with their numbers and bullets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from neagraph.reports.document import Content
from neagraph.reports.reading.composing import Composer, bullet, letters, roman
from neagraph.reports.reading.html_tags import Tag, tags_and_text
from neagraph.reports.reading.read_text import decoded, title_of
from neagraph.reports.segmentation.numbering import marks_of
from neagraph.reports.words import words

_UNSEEN = words(
    """script style noscript template svg math iframe object canvas select button textarea
    audio video title datalist"""
)
_MARGINS = frozenset({"nav", "header", "footer", "aside"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BOLD = frozenset({"b", "strong"})
_LISTS = frozenset({"ul", "ol", "menu"})
_BLOCKS = (
    words(
        """address article blockquote body caption center dd details dialog div dl dt fieldset
        figcaption figure form hr html li main p pre section summary table tbody tfoot thead
        tr"""
    )
    | _HEADINGS
    | _LISTS
    | _MARGINS
)
_DEEPEST = 8  # levels of lists that are told apart
_LONGEST_NUMBER = 16  # characters
_VOID = words("area base br col embed hr img input link meta source track wbr")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_COUNTS: dict[str, Callable[[int], str]] = {
    "a": letters,
    "A": lambda number: letters(number).upper(),
    "i": roman,
    "I": lambda number: roman(number).upper(),
}


def read_html(data: bytes) -> Content:
    """Return the content of an HTML page.

    Scripts, styles and hidden parts are left out; navigation, page heads and footers are margins.
    Headings and bold words at the beginning of a block are headings.
    """
    reader = _Reader()
    for part in tags_and_text(_text_of(data)):
        reader.take(part)
    reader.flush()
    content = reader.composer.content()
    return reader.composer.content(reader.title or title_of(content.text))


def _text_of(data: bytes) -> str:
    named = _CHARSET.search(data[:4096])
    if named and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(named[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decoded(data)


@dataclass(slots=True)
class _List:
    """A list that is open: its kind of numbers, None for bullets, and the next number."""

    count: Callable[[int], str] | None
    number: int = 1


class _Reader:
    """Turns tags into blocks."""

    def __init__(self) -> None:
        self.composer = Composer()
        self.title = ""
        self._block: list[str] = []
        self._length = 0
        self._is_blank = True
        self._mark = ""
        self._lists: list[_List] = []
        self._unseen: list[str] = []
        self._margins: list[str] = []
        self._heading = ""
        self._is_pre = False
        self._bold_from: int | None = None
        self._bold: tuple[int, int] | None = None

    def take(self, part: Tag | str) -> None:
        """Take the next tag or text."""
        if isinstance(part, str):
            if not self._unseen:
                self._put(part if self._is_pre else _SPACE.sub(" ", part))
        elif self._unseen:
            self._pass_over(part)
        elif part.is_end:
            self._close(part.name)
        else:
            self._open(part)

    def _pass_over(self, tag: Tag) -> None:
        """Count the elements inside one that is not seen, to know where it ends."""
        if tag.name == self._unseen[-1]:
            if tag.is_end:
                self._unseen.pop()
            else:
                self._unseen.append(tag.name)

    def _open(self, tag: Tag) -> None:
        is_empty = tag.name in _VOID or tag.rest.endswith("/")
        if tag.name in _UNSEEN or _is_hidden(tag):
            self._unseen.extend([] if is_empty else [tag.name])
        elif tag.name in _BLOCKS:
            self._open_block(tag)
        elif tag.name == "br":
            self._put("\n")
        elif tag.name in _BOLD and self._begins():
            self._bold_from = self._length

    def _close(self, name: str) -> None:
        if name in _BLOCKS:
            self._close_block(name)
        elif name in {"td", "th"}:
            self._put("\t")
        elif name in _BOLD and self._bold_from is not None:
            self._bold = (self._bold_from, self._length)
            self._bold_from = None

    def _put(self, text: str) -> None:
        self._block.append(text)
        self._length += len(text)
        self._is_blank = self._is_blank and not text.strip()

    def _begins(self) -> bool:
        """Return whether nothing but a number stands in the block that is open."""
        if self._is_blank or self._length > _LONGEST_NUMBER:
            return self._is_blank
        said = "".join(self._block).strip()
        return any(mark.end == len(said) for mark in marks_of(said, 0, len(said)))

    def flush(self) -> None:
        """Close the block that is open."""
        text = "".join(self._block)
        said = text.strip()
        if self._bold_from is not None:
            self._bold = (self._bold_from, self._length)
        if said:
            self._add(said, len(text) - len(text.lstrip()))
        self._block, self._length, self._is_blank = [], 0, True
        self._bold, self._bold_from = None, None

    def _add(self, said: str, cut: int) -> None:
        mark, self._mark = self._mark, ""
        start = self.composer.add(mark + said, is_margin=bool(self._margins)) + len(mark)
        if self._heading:
            self.composer.headings.append((start, start + len(said)))
            if self._heading == "h1" and not self.title and not self._margins:
                self.title = " ".join(said.split())
        elif self._bold:
            begin, end = (max(place - cut, 0) for place in self._bold)
            self.composer.headings.append((start + begin, start + min(end, len(said))))

    def _open_block(self, opened: Tag) -> None:
        self.flush()
        tag = opened.name
        if tag in _HEADINGS:
            self._heading = tag
        elif tag in _MARGINS:
            self._margins.append(tag)
        elif tag in _LISTS:
            self._lists.append(_list_of(opened))
        elif tag == "li":
            self._open_item(opened)
        elif tag == "pre":
            self._is_pre = True

    def _open_item(self, opened: Tag) -> None:
        depth = min(max(len(self._lists) - 1, 0), _DEEPEST)
        inner = self._lists[-1] if self._lists else _List(None)
        inner.number = _integer(opened.attributes().get("value"), inner.number)
        if inner.count is None:
            self._mark = bullet(depth)
        else:
            self._mark = f"{'  ' * depth}{inner.count(inner.number)}. "
        inner.number += 1

    def _close_block(self, tag: str) -> None:
        self.flush()
        if tag == self._heading:
            self._heading = ""
        elif tag in _MARGINS and tag in self._margins:
            self._margins.remove(tag)
        elif tag in _LISTS and self._lists:
            self._lists.pop()
            self._mark = ""
        elif tag == "pre":
            self._is_pre = False


def _is_hidden(tag: Tag) -> bool:
    if "hidden" not in tag.rest and "style" not in tag.rest:
        return False
    attributes = tag.attributes()
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "")))


def _list_of(tag: Tag) -> _List:
    if tag.name != "ol":
        return _List(None)
    attributes = tag.attributes()
    count = _COUNTS.get(attributes.get("type") or "1", str)
    return _List(count, _integer(attributes.get("start"), 1))


def _integer(text: str | None, default: int) -> int:
    """Return a number above nought; the default for anything else."""
    said = (text or "").strip()
    return int(said) if said.isascii() and said.isdigit() and 0 < int(said) < 10**6 else default
