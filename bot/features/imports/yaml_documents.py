"""Reading YAML that strangers wrote: document by document, each with its line, nothing executed and nothing multiplied. Pure.

A document that is broken costs itself alone. Texts stay texts (no dates, no numbers); an alias is the same object again, so
that a "bomb" of aliases stays as small as it was written; nesting and self-reference are bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

#: libyaml's parser where it is built in: ten times as fast. Its composer recurses without a bound, so only its events are used.
LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST: Final = 32
_MARKER: Final = re.compile(r"^---(?=[ \t\n]|\Z)", re.MULTILINE)
_END: Final = re.compile(r"^\.\.\.(?=[ \t\n]|\Z)", re.MULTILINE)
#: Lines that hold nothing of a document: blank, a comment, a directive.
_NOTHING: Final = re.compile(r"(?:[ \t]*(?:#[^\n]*)?|%[^\n]*|---[ \t]*(?:#[^\n]*)?)")
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
#: Tags that say of a text, list or mapping that it is one; "!" says that it is not to be guessed.
_PLAIN: Final = frozenset(
    {
        None,
        "!",
        *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")),
    }
)


@dataclass(frozen=True, slots=True)
class Document:
    """One document. Mappings are dicts with texts as keys, sequences lists, scalars texts or None."""

    #: Where its content starts in the file, counted from 1.
    line: int
    content: Any


@dataclass(frozen=True, slots=True)
class Broken:
    """A document that cannot be read, the line of the fault, and why (the part of the sentence after the line)."""

    line: int
    problem: str


class _Refused(Exception):
    """The document is YAML, and not of a kind that is read here."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.problem = line, problem


def documents(text: str) -> Iterator[Document | Broken]:
    """Every document of a text that is not empty."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    starts = [0, *(found.start() for found in _MARKER.finditer(text) if found.start())]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end]
        closed = _END.search(part)
        part = part[: closed.start()] if closed else part
        lines = part.split("\n")
        if not all(_NOTHING.fullmatch(line) for line in lines):
            offset = text.count("\n", 0, start)
            first = next(number for number, line in enumerate(lines) if not _NOTHING.fullmatch(line))
            yield _document(part, offset=offset, line=offset + first + 1)


def _document(part: str, *, offset: int, line: int) -> Document | Broken:
    try:
        return Document(line, _Composer(part).compose())
    except yaml.reader.ReaderError as fault:
        position = fault.position if isinstance(fault.position, int) else 0
        return Broken(offset + part.count("\n", 0, position) + 1, "a character stands here that YAML does not allow.")
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        where = offset + mark.line + 1 if mark is not None else line
        return Broken(where, f"this is not YAML ({fault.problem or fault.context}).")
    except yaml.YAMLError:
        return Broken(line, "this is not YAML.")
    except _Refused as fault:
        return Broken(offset + fault.line + 1, fault.problem)


class _Composer:
    """Makes plain objects of the events of one document."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=LOADER))
        self._anchors: dict[str, Any] = {}

    def compose(self) -> Any:  # noqa: ANN401 - whatever the document holds
        """The document's content."""
        for event in self._events:
            if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                content = self._value(event, 0)
                rest = [type(each) for each in self._events]
                if rest != [yaml.DocumentEndEvent, yaml.StreamEndEvent]:
                    raise _Refused(event.start_mark.line, "a second document begins without a line of ---.")
                return content
        return None

    def _value(self, event: Any, depth: int) -> Any:  # noqa: ANN401 - an event of PyYAML, and what it stands for
        line = event.start_mark.line
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _Refused(line, f"*{event.anchor} refers to nothing before it, or to itself.")
            return self._anchors[event.anchor]
        if depth > DEEPEST:
            raise _Refused(line, f"it is nested more than {DEEPEST} levels deep.")
        if event.tag not in _PLAIN:
            raise _Refused(line, f"it uses the tag {event.tag}, which is not read here.")
        if isinstance(event, yaml.ScalarEvent):
            value: Any = None if event.implicit[0] and event.value in _NULLS else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(depth)
        else:
            value = self._mapping(depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _sequence(self, depth: int) -> list[Any]:
        values = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            values.append(self._value(event, depth + 1))
        return values

    def _mapping(self, depth: int) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = event.start_mark.line
            key = self._value(event, depth + 1)
            value = self._value(next(self._events), depth + 1)
            if key is not None and not isinstance(key, str):
                raise _Refused(line, "a key is no text.")
            if key == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
                # https://yaml.org/type/merge.html: the first mapping that has a key wins, and the mapping's own keys over all.
                for each in value if isinstance(value, list) else [value]:
                    merged = (each if isinstance(each, dict) else {}) | merged
            elif key in own:
                raise _Refused(line, f"the key {key} stands twice.")
            else:
                own[key or ""] = value
        return merged | own
