"""Settings: one table, one loader; the only place that reads the environment."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import platformdirs

from neagraph.errors import UsageError
from neagraph.model import Limits

PREFIX = "NEAGRAPH_"
MEGA = 1024 * 1024
"""Bytes of what settings call a megabyte."""
_MOST_DIGITS: Final = 15
_NOT_OURS = frozenset({"NEAGRAPH_SHARED"})  # read by the tests alone


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table of settings.

    Args:
        name: Name of the field of `Settings`, of the option (`--name`), if there is one, and, in
            capitals behind `NEAGRAPH_`, of the environment variable.
        default: Text of the default, as in the environment.
        parse: Text to value; raises ValueError for what it cannot read.
        help: One line for the manual.
        option: Whether commands have an option for it.
    """

    name: str
    default: str
    parse: Callable[[str], Any]
    help: str
    option: bool = False

    @property
    def variable(self) -> str:
        """The environment variable of this setting."""
        return PREFIX + self.name.upper()

    @property
    def origin(self) -> str:
        """Where its value comes from, as people read it."""
        return f"--{self.name} or {self.variable}" if self.option else self.variable


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ValueError("it must be a number above 0")
    return value


def _port(text: str) -> int:
    value = _whole(text)
    if not 0 <= value < 1 << 16:
        raise ValueError("it must be a whole number from 0 to 65535")
    return value


def _whole(text: str) -> int:
    """Return the number that a text tells; -1 where it tells none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else -1


def _reasoner(text: str) -> str:
    if text not in {"rules", "owlrl"}:
        raise ValueError("it must be rules or owlrl")
    return text


def _count(text: str) -> int:
    value = _whole(text)
    if value < 1:
        raise ValueError("it must be a whole number above 0")
    return value


def _origin(text: str) -> str:
    """Return the address of a site, without a slash at its end; empty for none."""
    try:
        parts = urlsplit(text)
        beyond = (parts.path.strip("/"), parts.query, parts.fragment, parts.username)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(beyond)
    except ValueError:
        usable = False
    if text and not usable:
        raise ValueError(
            "it must be the address of a site without a path, such as https://graph.example.org"
        )
    return text.rstrip("/")


def _log_form(text: str) -> str:
    if text not in {"text", "json"}:
        raise ValueError("it must be text or json")
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


TABLE: tuple[Setting, ...] = (
    Setting("state", "", lambda text: Path(text or platformdirs.user_state_dir("neagraph")),
            "Folder for everything that is written: snapshots, history, tokens.", option=True),
    Setting("host", "127.0.0.1", str, "Address that the service listens on.", option=True),
    Setting("port", "8000", _port, "Port that the service listens on; 0 takes a free one.",
            option=True),
    Setting("public_url", "", _origin,
            "Where the service is reached from outside; empty trusts the Host header."),
    Setting("timeout", "30", _positive, "Seconds that one query or write may take.", option=True),
    Setting("memory", "2048", _count, "Megabytes that one query may use beyond the dataset."),
    Setting("answer", "256", _count, "Megabytes that one answer may have."),
    Setting("workers", str(os.cpu_count() or 1), _count, "Queries that run at once."),
    Setting("queue", "64", _count, "Requests that may wait for a worker; more get 503."),
    Setting("cache", "64", _count, "Megabytes of answers that are kept for repeated questions."),
    Setting("remote", "", _words,
            "Servers that SERVICE and LOAD may ask, such as https://example.org; none by default."),
    Setting("remote_timeout", "10", _positive,
            "Seconds that other servers have for all that one request asks of them."),
    Setting("remote_answer", "16", _count, "Megabytes that one answer of another server may have."),
    Setting("finish", "10", _positive,
            "Seconds that requests may go on when the service is told to stop."),
    Setting("log", "text", _log_form, "Form of the log on standard error: text or json."),
    Setting("slow", "5", _positive, "Seconds above which a query is written to the log."),
    Setting("reasoner", "rules", _reasoner,
            "Who works out entailed triples: rules (compiled to SPARQL) or owlrl (the referee).",
            option=True),
)  # fmt: skip
"""Every setting there is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run; fields as in `TABLE`."""

    state: Path
    host: str
    port: int
    public_url: str
    timeout: float
    memory: int
    answer: int
    workers: int
    queue: int
    cache: int
    remote: tuple[str, ...]
    remote_timeout: float
    remote_answer: int
    finish: float
    log: str
    slow: float
    reasoner: str

    def limits(self) -> Limits:
        """Return what one query may use."""
        return Limits(
            seconds=self.timeout, answer_bytes=self.answer * MEGA, memory_bytes=self.memory * MEGA
        )


def load_settings(
    environment: Mapping[str, str] | None = None, /, **options: str | None
) -> Settings:
    """Return the settings: options first, then the environment, then the defaults.

    Args:
        environment: Environment variables; those of the process where it is None.
        options: Values of command-line options as text; None where an option was not given.

    Raises:
        UsageError: For a value that cannot be read, or a `NEAGRAPH_…` variable that is no setting.
    """
    environment = os.environ if environment is None else environment
    _refuse_unknown(environment)
    return Settings(**{s.name: _value(s, environment, options.get(s.name)) for s in TABLE})


def _value(setting: Setting, environment: Mapping[str, str], option: str | None) -> Any:  # noqa: ANN401  as the table says
    text = environment.get(setting.variable, setting.default) if option is None else option
    try:
        return setting.parse(text)
    except ValueError as error:
        raise UsageError(
            f'"{text}" cannot be used for {setting.name}: {error}.',
            hint=f"{setting.help} It comes from {setting.origin}.",
        ) from error


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = [setting.variable for setting in TABLE]
    for name in environment:
        if name.startswith(PREFIX) and name not in known and name not in _NOT_OURS:
            near = difflib.get_close_matches(name, known, n=1)
            raise UsageError(
                f"The environment variable {name} is no setting.",
                hint=f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(known) + ".",
            )


def project_root() -> Path:
    """Return the folder that holds `ontology/`, `data/` and `queries/`.

    It is inside the installed package, or the checkout that the package runs from.

    Raises:
        UsageError: If neither is there, which means a broken installation.
    """
    package = Path(__file__).resolve().parent
    for root in (package / "project", package.parents[1]):
        if all((root / name).is_dir() for name in ("ontology", "data", "queries")):
            return root
    raise UsageError(
        "The ontology and the data are not where the package expects them.",
        where=str(package),
        hint="Install neagraph again.",
    )
