"""Which capabilities a workspace speaks of: the shipped taxonomy and its own additions."""

from collections.abc import Iterable
from functools import lru_cache

from bot.features.capabilities.taxonomy import Capability, Taxonomy, shipped
from storage.unit_of_work import UnitOfWork


@lru_cache(maxsize=64)
def _extended(own: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Taxonomy:
    if not own:
        return shipped()
    return shipped().extended(Capability(key=key, name=name, synonyms=synonyms) for key, name, synonyms in own)


def taxonomy(uow: UnitOfWork) -> Taxonomy:
    """The workspace's taxonomy."""
    return _extended(tuple((row.key, row.name, tuple(row.synonyms)) for row in uow.capabilities.all()))


def recognise(uow: UnitOfWork, text: str, *, title: str = "") -> list[str]:
    """Keys of the capabilities that a text speaks of, best first."""
    return [capability.key for capability in taxonomy(uow).recognise(text, title=title)]


def names(uow: UnitOfWork, keys: Iterable[str]) -> dict[str, str]:
    """What people read for each of these keys; unknown keys are left out."""
    known = taxonomy(uow)
    found = {key: known.by_key(key) for key in keys}
    return {key: capability.name for key, capability in found.items() if capability is not None}


def choices(uow: UnitOfWork) -> list[tuple[str, str]]:
    """Every capability as (key, name), by name: for menus."""
    return sorted(
        ((capability.key, capability.name) for capability in taxonomy(uow)), key=lambda pair: pair[1].casefold()
    )
