"""From files to statements: one report, 200 pages, a folder of 1,000 reports.

Run by hand: `python tests/benchmarks/reports.py [--reports 1000] [--pages 200]`. The folder is made
of the invented reports of `tests/golden/sentences`, each with changes of its own. The report of the
24th SOM is read where the folder in `NEAGRAPH_SHARED` has it; 200 pages are that one many times, or
the invented ones. Memory is the most that all processes of a command hold together, what they share
counted once.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from neagraph.curating.finding import find, search_for
from neagraph.curating.project import Project
from neagraph.reports.reading.readers import read_report
from neagraph.settings import project_root

ROOT = Path(__file__).parents[2]
INVENTED = sorted((ROOT / "tests" / "golden" / "sentences").glob("*/*.txt"))
SHARED = Path(os.environ.get("NEAGRAPH_SHARED", ROOT.parent / "shared"))
SOM24 = SHARED / "reports" / "neaspec-som-24.txt"
NEAGRAPH = Path(sys.executable).with_name("neagraph")
PAGE = 3000  # characters
ROUNDS = 7
STEP = 0.05  # seconds between two looks at the memory


def one_report(path: Path) -> float:
    """Return the median of the seconds that one report takes, from file to statements."""
    search = search_for(Project(project_root(), Path()))
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        find(read_report(path), search)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def pages_of(count: int) -> str:
    """Return a text of so many pages, numbered through."""
    sources = [SOM24] if SOM24.is_file() else INVENTED
    bodies = [path.read_text(encoding="utf-8").split("\n\n") for path in sources]
    blocks = ["REPORT OF MANY MEETINGS"]
    length = 0
    while length < count * PAGE:
        for body in bodies:
            for block in body:
                said = re.sub(r"^\d+\.", f"{len(blocks)}.", block)
                blocks.append(said)
                length += len(said) + 2
    return "\n\n".join(blocks)


def varied(text: str, chance: random.Random) -> str:
    """Return a report with other years and without one of its paragraphs."""
    blocks = text.split("\n\n")
    if len(blocks) > 4:
        del blocks[chance.randrange(2, len(blocks))]
    years = re.compile(r"\b20[12]\d\b")
    return years.sub(lambda _: str(chance.randint(2010, 2029)), "\n\n".join(blocks))


def make_folder(folder: Path, count: int, *, seed: int) -> None:
    """Write so many reports."""
    chance = random.Random(seed)
    texts = [path.read_text(encoding="utf-8") for path in INVENTED]
    for number in range(count):
        said = varied(chance.choice(texts), chance)
        (folder / f"report-{number:04}.txt").write_text(said, encoding="utf-8")


def command(*reports: Path) -> tuple[float, float, str]:
    """Run `neagraph extract`; return seconds, megabytes and what it told on standard error."""
    start, most = time.perf_counter(), 0.0
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as told:
        process = subprocess.Popen(
            [str(NEAGRAPH), "extract", *map(str, reports)],
            stdout=output,
            stderr=told,
            start_new_session=True,
        )
        while process.poll() is None:
            most = max(most, sum(_megabytes(process.pid)))
            time.sleep(STEP)
        seconds = time.perf_counter() - start
        told.seek(0)
        return seconds, most, told.read().decode().strip()


def _megabytes(session: int) -> Iterator[float]:
    """Yield the share of the memory that each process of a session has."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(place.name)) == session:
                found = re.search(r"Pss:\s+(\d+) kB", (place / "smaps_rollup").read_text())
                yield int(found[1]) / 1000 if found else 0.0
        except OSError:  # it has ended
            continue


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--seed", type=int, default=24)
    options = parser.parse_args()
    single = SOM24 if SOM24.is_file() else INVENTED[0]
    print(f"{single.name}: {one_report(single):.3f} s", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        long = folder / "long.txt"
        long.write_text(pages_of(options.pages), encoding="utf-8")
        alone = one_report(long)
        seconds, megabytes, _ = command(long)
        print(
            f"{options.pages} pages: {alone:.2f} s; the command {seconds:.2f} s, {megabytes:.0f} MB"
        )
        long.unlink()
        make_folder(folder, options.reports, seed=options.seed)
        seconds, megabytes, told = command(folder)
        each = seconds / options.reports * 1000
        print(f"{options.reports:,} reports: {seconds:.1f} s, {each:.0f} ms each")
        print(f"  at most {megabytes:.0f} MB; {told}")


if __name__ == "__main__":
    main()
