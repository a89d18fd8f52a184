"""Decides who leads what when a lead was named by address only."""

from collections.abc import Mapping

from storage.unit_of_work import UnitOfWork


def leads_by_address(uow: UnitOfWork) -> dict[str, str]:
    """Addresses of leads without a Slack id, each with the id of the member who has it; "" where nobody is known."""
    addresses = uow.machine.initiatives.lead_addresses()
    known = uow.people.members_by_address(addresses)
    return {address: known.get(address, "") for address in addresses}


def name_leads(uow: UnitOfWork, ids: Mapping[str, str]) -> int:
    """Give initiatives whose lead is known by address the lead's Slack id; how many. Work kept to the lead follows."""
    rows = uow.machine.initiatives.led_by_address(list(ids))
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
