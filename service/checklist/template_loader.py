"""`gis_data/tracks/*.toml`, read and checked: every fault names file, line and what is wrong, all at once. Pure."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from service.checklist.template import Template, from_json
from service.checklist.template_faults import Fault, faults_between, faults_of
from service.core.errors import GongdiError

FOLDER = Path(__file__).resolve().parents[2] / "gis_data" / "tracks"

_HEAD = {"key": str, "version": int, "title": str, "title_en": str, "source": str, "source_en": str}
_TABLES = ("tracks", "items", "traditional")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_BEGINS = re.compile(r"\s*\[\[\s*(\w+)\s*\]\]")


class BrokenTemplate(GongdiError):
    """A template can't be used; the message names file, line and fault, one a line."""

    code, title_zh, title_en = "broken-template", "清单模板有误", "Broken checklist template"


@cache
def templates() -> Mapping[str, Template]:
    """Return the newest version of every template, by its key. Raises BrokenTemplate.

    >>> sorted(templates())
    ['standard_land', 'zhengdong']
    """
    found = [read(path) for path in sorted(FOLDER.glob("*.toml"))]
    return MappingProxyType({template.key: template for template in found})


def read(path: Path) -> Template:
    """Read a template; raise BrokenTemplate with all faults at once. The file is called after the template's key."""
    try:
        content = path.read_text(encoding="utf-8")
        document = tomllib.loads(content)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise BrokenTemplate(en=f"{path.name}: {wrong}") from None
    places = _Places(content)
    faults = [f"{path.name}:{places.line(fault)}: {fault.text}" for fault in _faults(document, path.stem)]
    if faults:
        raise BrokenTemplate(en="\n".join(faults))
    return from_json(document)


def _faults(document: Mapping[str, Any], name: str) -> Iterator[Fault]:
    head = list(_head_faults(document, name))
    yield from head
    if any(fault.key in _TABLES for fault in head):
        return
    sound = True
    for table in _TABLES:
        for number, entry in enumerate(document[table]):
            for key, text in faults_of(table, entry):
                sound = False
                yield Fault(table, number, key, f"{_name(entry)}: {text}")
    if sound:
        yield from faults_between(document)


def _head_faults(document: Mapping[str, Any], name: str) -> Iterator[Fault]:
    for key in sorted(document.keys() - _HEAD.keys() - set(_TABLES)):
        yield Fault("", 0, key, f"{key} is unknown")
    for key, kind in _HEAD.items():
        value = document.get(key)
        if type(value) is not kind or not value or (isinstance(value, int) and value < 1):
            yield Fault("", 0, key, f"{key} is missing or no {'number from 1' if kind is int else 'text'}")
    if not _KEY.fullmatch(name):
        yield Fault("", 0, "key", f"the file is called {name!r}, must be a word in small letters")
    if isinstance(document.get("key"), str) and document["key"] != name:
        yield Fault("", 0, "key", f"the key is {document['key']!r}, the file is called {name}")
    for table in _TABLES:
        entries = document.get(table)
        if not isinstance(entries, list) or not entries or not all(isinstance(each, dict) for each in entries):
            yield Fault("", 0, table, f"there is no [[{table}]]")


def _name(entry: Mapping[str, Any]) -> str:
    return str(entry.get("key", entry.get("number", "?")))


class _Places:
    """On which line of a file an entry begins, and its keys stand."""

    def __init__(self, content: str) -> None:
        self._lines = content.splitlines()
        self._begins: dict[str, list[int]] = {table: [] for table in _TABLES}
        self._all: list[int] = []
        for number, line in enumerate(self._lines):
            match = _BEGINS.match(line)
            if match:
                self._all.append(number)
                self._begins.setdefault(match[1], []).append(number)

    def line(self, fault: Fault) -> int:
        """Return the line of a fault: of its key within its entry, else of the entry's beginning."""
        begins = self._begins.get(fault.table, [])
        begin = begins[fault.number] if fault.number < len(begins) else 0
        end = next((each for each in self._all if each > begin), len(self._lines))
        pattern = re.compile(rf"\s*(\[\[?\s*)?{re.escape(fault.key)}\b")
        return next((number for number in range(begin, end) if pattern.match(self._lines[number])), begin) + 1


templates()  # a fault in the data stops the start
