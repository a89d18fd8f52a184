"""Decides who leads what when a lead was named by address only."""

from collections.abc import Mapping

from storage.unit_of_work import UnitOfWork


def leads_by_address(uow: UnitOfWork) -> dict[str, str]:
    """Addresses of leads without a Slack id, each with the id of the person who has it; "" where nobody is known."""
    found: dict[str, str] = {}
    for initiative in uow.machine.initiatives.without_lead_id(limit=1000):
        address = initiative.lead_email.lower()
        if address not in found:
            person = uow.people.by_email(address)
            found[address] = person.id if person is not None else ""
    return found


def name_leads(uow: UnitOfWork, ids: Mapping[str, str]) -> int:
    """Give initiatives whose lead is known by address the lead's Slack id; how many."""
    rows = [row for row in uow.machine.initiatives.without_lead_id(limit=1000) if ids.get(row.lead_email.lower())]
    if not rows:
        return 0
    version = uow.workspaces.raise_version()
    for row in rows:
        person_id = ids[row.lead_email.lower()]
        if row.audience == row.lead_email:
            row.audience = person_id
        row.lead_id, row.version = person_id, version
    uow.session.flush()
    return len(rows)
