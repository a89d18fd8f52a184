"""Labelled messages: "*Title:* …", "Team: …", one label a line, as workflows and tidy people post them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["Form", "form_of"]

_LABELS: dict[str, str] = {
    "title": "title, name, initiative, initiative name, initiative title, new initiative, project, project name, project title, new project, working title",
    "team": "team, squad, group, owning team, team name, responsible team, org, department",
    "lead": "lead, leads, owner, owners, dri, contact, point of contact, led by, driver, lead(s), owner(s), who, people, initiative lead, project lead, tech lead",
    "summary": "summary, description, what, goal, goals, objective, overview, scope, about, tl;dr, tldr, idea, proposal, short description, what is it",
    "why": "why, motivation, problem, background, reason, why now, problem statement, rationale, context",
    "status": "status, stage, phase, state",
    "url": "link, links, url, doc, docs, design doc, rfc, ticket, repo, epic, document, project page, more, details, design, one-pager, spec",
    "system": "system, replaces, component, builds on, affected system, tool, service, existing system",
    "when": "when, timeline, start, starts, start date, started, started on, eta, dates, target date, kick-off, kickoff, timing, duration",
    "audience": "audience, users, who benefits, customers, stakeholders, for whom",
}
_FIELD = {label.strip(): field for field, labels in _LABELS.items() for label in labels.split(",")}
_LABEL_LINE = re.compile(r"^[\s•\-–*>]{0,4}([A-Za-z][A-Za-z;() /-]{1,29}?)\s*(?::|\s[–—-]\s|=)\s*(.*)$")
_LONE_LABEL = re.compile(r"^[\s•\-–*]{0,4}([A-Za-z][A-Za-z;() /-]{1,29}?)\s*:?$")


@dataclass(frozen=True, slots=True)
class Form:
    """What the labels of a message say: field → value (still in the markup it was given in), and the other lines."""

    fields: Mapping[str, str]
    rest: str

    @property
    def is_announcement(self) -> bool:
        """Whether it names work and says at least two more things about it."""
        return "title" in self.fields and len(self.fields) >= 3 and bool({"summary", "why"} & set(self.fields))


def form_of(text: str) -> Form:
    """The labelled lines of a text without signs of style (`*`, `_`). A value may follow on the next lines until another label."""
    fields: dict[str, str] = {}
    rest: list[str] = []
    current = ""
    for line in text.splitlines():
        label, value = _label(line)
        if label and label not in fields:
            current = label
            fields[label] = value
        elif not line.strip():
            current = current if current and not fields[current] else ""
        elif current:
            fields[current] = f"{fields[current]}\n{line.strip()}".strip()
        else:
            rest.append(line)
    return Form(MappingProxyType({field: value for field, value in fields.items() if value}), "\n".join(rest).strip())


def _label(line: str) -> tuple[str, str]:
    match = _LABEL_LINE.match(line[:400])
    if match is not None:
        field = _FIELD.get(" ".join(match.group(1).lower().split()))
        if field is not None:
            return field, line[match.start(2) :].strip()
    lone = _LONE_LABEL.match(line[:60])
    if lone is not None and len(line) < 40:
        field = _FIELD.get(" ".join(lone.group(1).lower().split()))
        if field is not None:
            return field, ""
    return "", ""
