"""Which blocks of a report make a paragraph: numbers in sequence, headings, lists."""

from __future__ import annotations

import re

from neagraph.reports.segmentation.blocks import (
    Block,
    begins_clause,
    is_capitals,
    is_heading_like,
    is_title,
    is_unfinished,
    leads_in,
)
from neagraph.reports.segmentation.counting import (
    ARTICLE,
    MOST_MISSING,
    Count,
    can_follow,
    is_deeper,
    is_named,
    next_value,
)
from neagraph.reports.segmentation.drafts import Draft, Item, Piece
from neagraph.reports.segmentation.numbering import Mark
from neagraph.reports.segmentation.views import readable

_MOST_MISSING_SET_OFF = 30  # the same where a blank line is before the number
_PROSE_WORDS = 8
_HEADING_WORDS = 10
_LABEL_WORDS = 4
_CLAUSE_WORDS = 4
_PART = re.compile(
    r"(?:annex|appendix|part|chapter|section|agenda item)\b"
    r"|(?:decision|resolution|recommendation)\s+(?:no\.?\s*)?[A-Z]{0,4}[.-]?\d+[/.-]\w+",
    re.IGNORECASE,
)
_ANNEX = re.compile(r"annex|appendix", re.IGNORECASE)
_NAME = re.compile(r"[.,]|\s{2}")  # a line with these is a name with its place or office
_ADDRESS = re.compile(r"(?:the|we|[A-Z]\w+(?:ing|ed|ly)) .*,$", re.IGNORECASE | re.DOTALL)
_UPPER = frozenset({"I.", "A.", "(I)", "(A)", "I)", "A)"})


class Gathering:
    """Puts blocks into paragraphs, one after the other."""

    def __init__(self, raw: str, count: Count, title: str = "") -> None:
        self.raw = raw
        self.main = count.style
        self._is_titled = count.is_titled
        self._sections = count.sections
        self.drafts: list[Draft] = []
        self._title = title
        self._last: tuple[int, ...] = ()
        self._unnumbered = 0
        self._outer = ""
        self._lead = ""
        self._items: list[Item] = []
        self._bullets: list[tuple[int, str]] = []
        self._section = ""
        self._heading = ""
        self._heading_used = False
        self._restarts = True
        self._counts_anew = True
        self._before_numbers = count.style is not None

    def take(self, block: Block, following: Block | None) -> None:
        """Add the next block."""
        mark = self._main_mark(block)
        if mark is None and self._is_heading(block, following):
            self._open_heading(block)
        elif mark is not None:
            self._open_numbered(block, mark, following)
        elif block.bullet:
            self._add_bullet(block)
        elif not self._open_item(block):
            self._add_plain(block, following)

    def _text(self, block: Block) -> str:
        return self.raw[block.text_start : block.end]

    def _main_mark(self, block: Block) -> Mark | None:
        """Return the reading of a block's number that goes on with the main numbers."""
        for mark in block.marks:
            if mark.style != self.main:
                continue
            if not self._last or (mark.value == (1,) and self._counts_anew):
                return mark
            missing = _MOST_MISSING_SET_OFF if block.after_gap else MOST_MISSING
            if can_follow(self._last, mark.value, missing):
                return None if self._goes_on_inside(mark) else mark
        return None

    def _goes_on_inside(self, mark: Mark) -> bool:
        """Return whether a number goes on with a list inside the paragraph instead."""
        inner = [item for item in self._items if item.style == mark.style]
        return bool(inner) and mark.value == next_value(inner[-1].value) != next_value(self._last)

    def _is_heading(self, block: Block, following: Block | None) -> bool:
        text = self._text(block)
        bare = text.strip(":- \u2013\u2014")
        if block.bullet or not (block.is_heading or is_title(bare) or (block.marks and not bare)):
            return False
        if block.is_heading or is_capitals(text) or _PART.match(self.raw, block.start):
            return True
        if block.marks:
            style = block.marks[0].style
            is_upper = self.main not in _UPPER and style in _UPPER
            return is_named(style) or is_upper or self._is_section(block)
        if text.endswith(":") and not self._is_label(bare, following):
            return False
        return self._is_bare_heading(block, following)

    def _is_label(self, bare: str, following: Block | None) -> bool:
        """Return whether a title with a colon stands above text instead of leading into a list."""
        if following is None or following.marks or following.bullet or self.main is not None:
            return False
        is_short = len(bare.split()) <= _LABEL_WORDS and is_heading_like(bare)
        return is_short and not begins_clause(bare) and _is_prose(self._text(following))

    def _is_section(self, block: Block) -> bool:
        """Return whether the number of a title is that of a section of several paragraphs."""
        counts = any(mark.style == self._sections for mark in block.marks)
        return counts and is_heading_like(self._text(block))

    def _is_bare_heading(self, block: Block, following: Block | None) -> bool:
        """Return whether a short line that nothing marks stands above what follows."""
        if following is None or not block.after_gap or not self._is_set_off(block, following):
            return False
        text = self._text(block)
        if len(text.split()) > _HEADING_WORDS or text[0].isdigit() or self._is_broken_off():
            return False
        if self._leads_into(block, following) and not text.endswith(":"):
            return False
        if self.main is None:
            return not self.raw[following.text_start].islower()
        return self._stands_between(text, following)

    def _is_set_off(self, block: Block, following: Block) -> bool:
        """Return whether a gap, the first number or an item of a list is below a title."""
        begins = any(mark.style == self.main and mark.value == (1,) for mark in following.marks)
        is_list = self.main is None and bool(following.bullet)
        return following.after_gap or begins or (is_list and is_heading_like(self._text(block)))

    def _stands_between(self, text: str, following: Block) -> bool:
        """Return whether a title in a report with numbers stands above a number or prose."""
        if any(mark.style == self.main for mark in following.marks):
            return True
        is_plain = not (following.marks or following.bullet or _NAME.search(text))
        return is_plain and is_heading_like(text) and _is_prose(self._text(following))

    def _leads_into(self, block: Block, following: Block | None) -> bool:
        """Return whether a block without a stop goes on in the items of the list below it."""
        if following is None or not (following.bullet or following.marks):
            return False
        goes_on = self.raw[following.text_start : following.text_start + 1].islower()
        return leads_in(self._text(block)) or (goes_on and bool(following.bullet))

    def _is_broken_off(self) -> bool:
        if not self.drafts or self._restarts:
            return False
        last = self.drafts[-1].pieces[-1]
        return is_unfinished(self.raw[last.start : last.end]) and last.level == 0

    def _open_heading(self, block: Block) -> None:
        is_article = bool(block.marks) and is_named(block.marks[0].style)
        is_counted = bool(block.marks) and not self._is_section(block)
        is_part = not is_article and (is_counted or is_capitals(self._text(block)))
        said = self._readable(block.start if is_article else block.text_start, block.end)
        if said == self._title:
            said = ""
        if is_part or _PART.match(self.raw, block.start):
            self._section, self._heading = said, ""
        else:
            self._heading = said
        self._heading_used = False
        self._restarts = self._counts_anew = True
        self._before_numbers = self.main is not None and not _ANNEX.match(self.raw, block.start)
        self._lead = ""
        self._items, self._bullets = [], []

    def _readable(self, start: int, end: int) -> str:
        return readable(self.raw, start, end).strip(" #:.-")

    def _open_numbered(self, block: Block, mark: Mark, following: Block | None) -> None:
        self._last = mark.value
        self._counts_anew = self._before_numbers = False
        self._items = []
        if mark.style == ARTICLE:
            self._heading = ""
        self._unnumbered = 0
        is_title_like = block.is_heading or is_heading_like(self._text(block))
        is_heading = is_title_like and self._stands_above(block, mark, following)
        if is_heading:
            self._heading, self._heading_used = self._readable(mark.end, block.end), False
        if is_heading and is_deeper(mark, following):
            self._restarts = False
            return
        text_start = block.end if is_heading else mark.end
        self._lead = self._lead_before()
        self._open(mark.label, block, text_start, parent=self._lead, level=int(bool(self._lead)))
        self._outer = mark.label

    def _lead_before(self) -> str:
        """Return the number of the paragraph whose last block, without number, leads into a list.

        Such as "The Meeting:" before numbered paragraphs that begin with a verb.
        """
        if self._lead or self._restarts or not self.drafts:
            return self._lead
        last = self.drafts[-1]
        is_plain = len(last.pieces) > 1 or last.number.startswith("0-")
        return last.number if is_plain and self.raw[last.pieces[-1].end - 1] == ":" else ""

    def _stands_above(self, block: Block, mark: Mark, following: Block | None) -> bool:
        """Return whether a numbered title stands above blocks of its own.

        A single one among numbered text is more likely text that a page cuts.
        """
        if following is None or following.bullet:
            return False
        if not (self._is_titled or block.is_heading):
            return is_deeper(mark, following)
        text = self._text(following)
        first = next((sign for sign in text if sign.isalnum()), "")
        is_text = first.isupper() and not following.marks and not is_unfinished(text)
        return is_text or is_deeper(mark, following)

    def _open(
        self, number: str, block: Block, text_start: int, *, parent: str = "", level: int = 0
    ) -> None:
        if block.run_in:
            self._heading = self._readable(*block.run_in[:2])
            self._heading_used = False
            text_start = block.run_in[2]
        draft = Draft(
            number=number,
            heading=self._heading,
            heading_inherited=bool(self._heading) and self._heading_used,
            section=self._section,
            parent=parent,
            depth=level,
            pieces=[Piece(block.start, text_start, block.end, level, opens=True)],
        )
        self.drafts.append(draft)
        self._heading_used, self._restarts, self._bullets = True, False, []

    def _open_item(self, block: Block) -> bool:
        """Open a paragraph for an item of a numbered list; return whether the block is one."""
        if not self.drafts or self._restarts:
            return False
        for mark in block.marks:
            for depth in range(len(self._items), 0, -1):
                item = self._items[depth - 1]
                if item.style == mark.style and mark.value == next_value(item.value):
                    del self._items[depth - 1 :]
                    return self._add_item(block, mark)
        for mark in block.marks:
            known = {item.style for item in self._items}
            if mark.value == (1,) and mark.style not in known:
                return self._add_item(block, mark)
        return False

    def _add_item(self, block: Block, mark: Mark) -> bool:
        parent = self._items[-1].number if self._items else self._outer
        number = f"{parent}({mark.label})"
        self._items.append(Item(mark.style, mark.value, number))
        self._open(number, block, mark.end, parent=parent, level=len(self._items))
        return True

    def _add_bullet(self, block: Block) -> None:
        level = self._bullet_level(block)
        if self._restarts or not self.drafts or (self._is_free_list() and level == 1):
            self._open_unnumbered(block, level=1)
            self._bullets = [(block.indent, block.bullet)]
            return
        draft = self.drafts[-1]
        draft.pieces.append(
            Piece(block.start, block.text_start, block.end, draft.depth + level, opens=True)
        )

    def _is_free_list(self) -> bool:
        """Return whether no text leads into the list, so that its items are paragraphs."""
        if self.main is not None:
            return False
        first = self.drafts[-1].pieces[0]
        return first.level > 0

    def _bullet_level(self, block: Block) -> int:
        """Return the depth of a bullet: by its indent, or where that tells nothing by its sign."""
        key = (block.indent, block.bullet)
        stack = self._bullets
        while stack and block.indent < stack[-1][0]:
            stack.pop()
        signs = [sign for indent, sign in stack if indent == block.indent]
        if block.bullet in signs:
            while stack[-1] != key:
                stack.pop()
        else:
            stack.append(key)
        return len(stack)

    def _add_plain(self, block: Block, following: Block | None) -> None:
        if self._is_continued(block):
            draft = self.drafts[-1]
            last = draft.pieces[-1]
            opens = self._opens_anew(block, last)
            level = draft.depth if opens else last.level
            draft.pieces.append(Piece(block.start, block.start, block.end, level, opens=opens))
        elif self.main is None or self._restarts or not self.drafts or self._before_numbers:
            is_signature = following is None and self.drafts and is_title(self._text(block))
            if not is_signature:
                is_cut = _goes_on(self.raw, following) or self._leads_into(block, following)
                self._open_unnumbered(block, is_cut=is_cut)

    def _is_continued(self, block: Block) -> bool:
        """Return whether a block without a number belongs to the paragraph before it."""
        if not self.drafts or self._restarts:
            return False
        if self._is_preamble(block):
            return False
        if self.main is not None or not block.after_gap:
            return True
        return self._goes_on_from(block, self.drafts[-1].pieces[-1])

    def _goes_on_from(self, block: Block, last: Piece) -> bool:
        """Return whether a block behind a gap belongs to what was said before it."""
        said = self.raw[last.start : last.end]
        is_address = last.level == 0 and _ADDRESS.match(said) is not None
        is_other = self._opens_anew(block, last) or (is_address and self.raw[block.start].isupper())
        return not is_other and is_unfinished(said)

    def _is_preamble(self, block: Block) -> bool:
        """Return whether a block is one of those before the first number."""
        last = self.drafts[-1].pieces[-1]
        is_ended = self.raw[last.end - 1] == "," or not self._goes_on_from(block, last)
        is_own = last.level == 0 and self.raw[last.end - 1] != ":"
        return self._before_numbers and block.after_gap and is_ended and is_own

    def _opens_anew(self, block: Block, last: Piece) -> bool:
        """Return whether a sentence must begin with a block, whatever stands before it."""
        if self.raw[block.start].islower():
            return False
        is_bullet = last.level > self.drafts[-1].depth
        return self.raw[last.end - 1] == ":" or (is_bullet and block.after_gap)

    def _open_unnumbered(self, block: Block, *, level: int = 0, is_cut: bool = False) -> None:
        """Open a paragraph for a block without a number, unless it is cover, list or table."""
        loose = self.main is not None or not self.drafts
        if loose and not (block.bullet or is_cut or _is_prose(self._text(block))):
            if not self.drafts:
                self._heading = self._section = ""
            return
        self._items = []
        self._unnumbered += 1
        number = str(self._unnumbered)
        if self.main is not None:
            number = f"{'.'.join(map(str, self._last)) or 0}-{number}"
        self._open(number, block, block.text_start, level=level)
        self._outer = number


def _goes_on(raw: str, following: Block | None) -> bool:
    """Return whether a block goes on, without a capital, with what stands before it."""
    return following is not None and not following.marks and raw[following.start].islower()


def _is_prose(text: str) -> bool:
    """Return whether a block is a sentence or leads into a list, not a line of a cover."""
    said = len(text.split())
    long = said >= _PROSE_WORDS or (said >= _CLAUSE_WORDS and begins_clause(text))
    if text.endswith(":") or _ADDRESS.match(text):
        return True
    return long and (text.endswith(",") or not is_unfinished(text))
