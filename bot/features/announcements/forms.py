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
    "summary": "summary, description, what, what is it, what is it about, what is this about, goal, goals, objective, overview, scope, about, tl;dr, tldr, idea, proposal, short description, in one sentence, elevator pitch",
    "why": "why, motivation, problem, background, reason, why now, problem statement, rationale, context",
    "status": "status, stage, phase, state",
    "url": "link, links, url, doc, docs, design doc, rfc, ticket, repo, epic, document, project page, more, details, design, one-pager, spec",
    "system": "system, replaces, component, builds on, affected system, tool, service, existing system",
    "when": "when, timeline, start, starts, begin, begins, since, start date, started, started on, eta, dates, target date, kick-off, kickoff, timing, duration",
    "audience": "audience, users, who benefits, customers, stakeholders, for whom",
}
_FIELD = {label.strip(): field for field, labels in _LABELS.items() for label in labels.split(",")}
_LABEL_LINE = re.compile(r"^[\s•\-–*>]{0,4}([A-Za-z][A-Za-z;() /-]{1,29}?)\s*(?:\??:|\s[–—-]\s|=)\s*(.*)$")
_LONE_LABEL = re.compile(r"^[\s•\-–*]{0,4}([A-Za-z][A-Za-z;() /-]{1,29}?)\s*[:?]{0,2}$")
_TICKET = re.compile(
    r"^[\s•\-–*>]{0,4}(?:priority|severity|assignee|reporter|steps to reproduce|expected|actual|impact|version|environment|environments|component/s|fix version"
    r"|changelog|changes|release|incident|ticket id|issue|build|branch|commit|pull request|reviewers?|merged|due|blockers?|progress|this week|last week|done)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_TICKET_STATUS = re.compile(
    r"^\W*(?:open|closed|in progress|in review|wip|done|resolved|fixed|blocked|on track|green|amber|yellow|red|at risk|delayed|live|shipped|released|completed?|finished|\d+ ?%)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Form:
    """What the labels of a message say: field → value (still in the markup it was given in), and the other lines."""

    fields: Mapping[str, str]
    rest: str

    @property
    def is_ticket(self) -> bool:
        """Whether it reports a bug, an incident or the state of a task, which have titles and owners, too."""
        return bool(_TICKET.search(self.rest) or _TICKET_STATUS.match(self.fields.get("status", "")))

    @property
    def names_work(self) -> bool:
        """Whether it names work and says at least two more things about it."""
        if "title" in self.fields:
            return len(self.fields) >= 3 and bool({"summary", "why"} & set(self.fields))
        return (
            "summary" in self.fields
            and bool({"team", "lead"} & set(self.fields))
            and bool({"when", "why"} & set(self.fields))
        )


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
        elif _TICKET.match(line) or (current == "title" and fields[current]):
            current = ""
            rest.append(line)
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
