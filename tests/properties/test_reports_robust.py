"""What a report says does not depend on its layout or on the format of its file."""

from __future__ import annotations

import html
import io
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from neagraph.reports.document import Document
from neagraph.reports.extraction.extract import extract
from neagraph.reports.extraction.lexicon import Lexicon, read_lexicon
from neagraph.reports.reading.readers import REPORT_FORMATS, read_document
from neagraph.reports.segmentation.segments import segment
from neagraph.sources import read_sources

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("NEAGRAPH_SHARED", ROOT.parent / "shared"))
SOM24 = SHARED / "reports" / "neaspec-som-24.txt"
DEVELOPMENT = sorted((ROOT / "tests" / "golden" / "sentences" / "dev").glob("*.txt"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FORMATS = {form.name: form for form in REPORT_FORMATS}

Growth = Callable[[float, Callable[[int], None], int, int], None]
Said = list[tuple[str, str, list[str]]]  # number, heading, sentences

OPENINGS = ("The Meeting", "The Chair", "Delegates", "The Republic of Korea", 'The "Forum"')
VERBS = ("noted", "agreed on", "welcomed", "requested the Secretariat to prepare", "adopted")
THINGS = (
    "the mid-term review of the Work Plan 2021-2025",
    "the members' report on transboundary air pollution, as proposed by the SPC-2",
    "a contribution of US$ 44,985 (about 40,000 euros) from China",
    "the offer of the Government of Mongolia to host the 15th session in May 2021",
    "cooperation among cities, e.g. on low-carbon transport; and on waste",
)
TITLES = ("Air Quality", "Marine Protected Areas", "Core Fund", "Other Issues")

sentence = st.builds(
    "{} {} {}.".format,
    st.sampled_from(OPENINGS),
    st.sampled_from(VERBS),
    st.sampled_from(THINGS),
)
paragraph = st.tuples(
    st.one_of(st.none(), st.sampled_from(TITLES)), st.lists(sentence, min_size=1, max_size=4)
)


def report_of(parts: list[tuple[str | None, list[str]]]) -> str:
    """A numbered report in the manner of a plain text with bold headings."""
    blocks = ["FORUM OF TESTS", "**REPORT OF THE FORUM**"]
    for number, (title, sentences) in enumerate(parts, start=1):
        heading = f"**{title}:** " if title else ""
        blocks.append(f"{number}. {heading}{' '.join(sentences)}")
    return "\n\n".join(blocks)


reports = st.lists(paragraph, min_size=2, max_size=6).map(report_of)
numbered = [
    path for path in (SOM24, *DEVELOPMENT) if path.is_file() and "\n2. " in path.read_text()
]
reports_of_all_kinds = st.one_of(reports, st.sampled_from(numbered).map(Path.read_text))


def said(document: Document) -> Said:
    return [
        (
            part.number,
            part.heading,
            [part.view.text[found.start : found.end] for found in part.sentences],
        )
        for part in segment(document).paragraphs
    ]


def read(text: str) -> Document:
    return read_document(text.encode(), FORMATS["text"])


def breaks(text: str) -> list[tuple[int, int]]:
    """The spaces between words at which a page may end: behind number and heading."""
    return [
        (block.start("said") + match.start(), block.start("said") + match.end())
        for block in re.finditer(
            r"^\d+\. (?:\*\*.*?\*\* |[^.:]{2,60}: )?(?P<said>.*)$", text, re.MULTILINE
        )
        for match in re.finditer(r"(?<=[\w,.;)]) (?=[\w(])", block["said"])
    ]


FOOTERS = ("\n\n{}\n\n", "\n\f", "\n{}\n\f", "\n\n- {} -\n\n\f", "\n\nPage {} of 9\n\n")


@settings(
    derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
@given(reports_of_all_kinds, st.data())
def test_page_breaks_change_nothing(report: str, data: st.DataObject) -> None:
    places = breaks(report)
    chosen = sorted(data.draw(st.sets(st.sampled_from(places), max_size=4)), reverse=True)
    assume(all(after[0] - before[0] < -80 for before, after in pairwise(chosen)))
    footer = data.draw(st.sampled_from(FOOTERS))
    paged = report
    for number, (start, end) in zip(range(len(chosen), 0, -1), chosen, strict=True):
        paged = paged[:start] + footer.format(number) + paged[end:]
    assert said(read(paged)) == said(read(report))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(reports, st.data())
def test_blank_lines_line_ends_and_space_change_nothing(report: str, data: st.DataObject) -> None:
    gaps = st.sampled_from(["\n\n", "\n\n\n", "\n \n\t\n\n", "\r\n\r\n"])
    spaces = st.sampled_from([" ", "  ", "\n", "\u00a0", " \t"])
    blocks = report.split("\n\n")
    blocks = [
        block.replace(" ", data.draw(spaces)) if number > 1 else block
        for number, block in enumerate(blocks)
    ]
    spread = "".join(block + data.draw(gaps) for block in blocks)
    assert said(read(spread)) == said(read(report))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(reports)
def test_smart_quotes_dashes_ligatures_and_escapes_change_nothing(report: str) -> None:
    smart = re.sub(r'"(\w+)"', "\u201c\\1\u201d", report).replace("'", "\u2019")
    smart = re.sub(r"(?<=\d)-(?=\d)", "\u2013", smart).replace("ff", "\ufb00")
    smart = re.sub(r"([$()])", r"\\\1", smart)
    assume(smart != report)
    assert said(read(smart)) == said(read(report))


@settings(derandomize=True, deadline=None, max_examples=40)
@given(reports, st.integers(20, 60))
def test_the_width_of_lines_changes_nothing(report: str, width: int) -> None:
    """Lines end between words, or behind the hyphen of a compound."""
    lines = []
    for block in report.split("\n\n"):
        line = ""
        wrapped = []
        for word in re.findall(r"[^\s-]+-?|-", block.replace(" ", " \x00")):
            said_word = word.replace("\x00", " ")
            if len(line + said_word) > width and line:
                wrapped.append(line.rstrip())
                line = said_word.lstrip()
            else:
                line += said_word
        lines.append("\n".join([*wrapped, line]))
    assert said(read("\n\n".join(lines))) == said(read(report))


# --- formats ---

BULLET = re.compile(r"[-*\u2022] ")


def lines_of(block: str) -> list[str]:
    """The lines of a block, one for each item; other lines are joined."""
    return re.sub(r"\n(?![-*\u2022] |\(\w\)|\d)", "\u2028", block).split("\n")


def marked_up(line: str) -> str:
    """A line as HTML: bold where it is bold, without escapes."""
    plain = html.escape(re.sub(r"\\([$*])", r"\1", line)).replace("\u2028", " ")
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", plain)


def as_html(text: str, style: str = "") -> bytes:
    """The report as a page with paragraphs and lists; with a style, for print, without lists.

    A browser draws the bullets of its lists, and word processors write them.
    """
    body = []
    for block in re.split(r"\n\s*\n", text.strip()):
        for line in lines_of(block):
            item = None if style else BULLET.match(line)
            body.append(
                f"<ul><li>{marked_up(line[item.end() :])}</ul>" if item else f"<p>{marked_up(line)}"
            )
    return f"<!doctype html><meta charset=utf-8><style>{style}</style>{''.join(body)}".encode()


def as_docx(text: str) -> bytes:
    """The report as a DOCX file with styles for lists."""
    file = docx.Document()
    for block in re.split(r"\n\s*\n", text.strip()):
        for line in lines_of(block):
            plain = re.sub(r"\\([$*])", r"\1", line).replace("\u2028", " ")
            item = BULLET.match(plain)
            style = "List Bullet" if item else None
            into = file.add_paragraph(style=style)
            for number, part in enumerate(plain[item.end() if item else 0 :].split("**")):
                into.add_run(part).bold = number % 2 == 1 or None
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def as_pdf(text: str, folder: Path, style: str) -> bytes:
    """The report as a browser prints it."""
    if CHROMIUM is None:
        pytest.skip("no chromium to print PDF files with")
    page, target = folder / "page.html", folder / "page.pdf"
    page.write_bytes(as_html(text, style))
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile")
    printed = subprocess.run(
        [CHROMIUM, *options, f"--print-to-pdf={target}", str(page)],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert target.is_file(), printed.stderr.decode()
    return target.read_bytes()


SOURCES = [
    pytest.param(
        SOM24,
        id="som-24",
        marks=pytest.mark.skipif(
            not SOM24.is_file(), reason=f"{SOM24.name} is missing; set NEAGRAPH_SHARED"
        ),
    ),
    *(pytest.param(path, id=path.stem) for path in DEVELOPMENT),
]


@pytest.mark.parametrize("path", SOURCES)
@pytest.mark.parametrize("name", ["markdown", "html", "docx"])
def test_another_format_gives_the_same_sentences(path: Path, name: str) -> None:
    text = path.read_text(encoding="utf-8")
    data = {"html": as_html, "docx": as_docx, "markdown": str.encode}[name](text)
    assert said(read_document(data, FORMATS[name])) == said(read(text))


Told = list[tuple[str, str, str, str, str | None, int]]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return read_lexicon(read_sources(ROOT).triples())


def told(document: Document, lexicon: Lexicon) -> Told:
    """The statements: paragraph, level, type, trigger, actor and number of commitments."""
    found = extract(document, segment(document), lexicon)
    return [
        (
            statement.paragraph,
            statement.level,
            statement.type,
            " ".join(document.text[statement.trigger_start : statement.trigger_end].split()),
            statement.actor if "/provisional/" not in (statement.actor or "") else "provisional",
            len(statement.commitments),
        )
        for statement in found.statements
    ]


@pytest.mark.parametrize("path", SOURCES)
@pytest.mark.parametrize("name", ["html", "docx"])
def test_another_format_gives_the_same_statements(path: Path, name: str, lexicon: Lexicon) -> None:
    text = path.read_text(encoding="utf-8")
    data = as_html(text) if name == "html" else as_docx(text)
    wanted = told(read(text), lexicon)
    assert told(read_document(data, FORMATS[name]), lexicon) == wanted
    assert wanted


LAYOUTS = {
    "A4": "@page{size:A4;margin:2.5cm} body{font:12pt/1.3 serif}",
    "narrow": "@page{size:10cm 15cm;margin:1cm} body{font:10pt serif;text-align:justify}",
    "large": "@page{size:letter;margin:2cm} body{font:16pt/1.6 sans-serif}",
    "columns": "@page{size:A4;margin:2cm} body{font:11pt serif;columns:2;text-align:justify}",
}
PRINTED = [
    pytest.param(*source.values, layout, id=f"{layout}-{source.id}", marks=source.marks)
    for number, source in enumerate(SOURCES)
    for place, layout in enumerate(LAYOUTS)
    if (number + place) % len(LAYOUTS)
]
"""Each report in all layouts but one."""


@pytest.mark.slow
@pytest.mark.parametrize(("path", "layout"), PRINTED)
def test_a_printed_pdf_gives_the_same_sentences_and_statements(
    path: Path, layout: str, tmp_path: Path, lexicon: Lexicon
) -> None:
    text = path.read_text(encoding="utf-8")
    document = read_document(as_pdf(text, tmp_path, LAYOUTS[layout]), FORMATS["pdf"])
    assert said(document) == said(read(text))
    assert told(document, lexicon) == told(read(text), lexicon)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(reports)
def test_any_report_is_the_same_in_html_and_docx(report: str) -> None:
    wanted = said(read(report))
    assert said(read_document(as_html(report), FORMATS["html"])) == wanted
    assert said(read_document(as_docx(report), FORMATS["docx"])) == wanted


HOSTILE = (
    *("a", ".", " ", "*", "(", "1. ", "ab\n", "Mr. ", "ab-\n", "\\", "_a", "**a ", "1-", "- a\n"),
    *("(a) x\n", "1\n\f", "HEAD LINE\n\n", "\u200b", "a\x02", '."', "Abc def: "),
)


@pytest.mark.parametrize("part", HOSTILE)
def test_time_grows_no_faster_than_the_text(part: str, grows_at_most: Growth) -> None:
    def work(size: int) -> None:
        text = f"1. The Meeting {part * (size // len(part))} x.\n\n2. The Meeting noted it."
        segment(Document(text, "0" * 64))

    work(1000)
    grows_at_most(32, work, 15_000, 120_000)  # eightfold in linear time, 64-fold in quadratic time
