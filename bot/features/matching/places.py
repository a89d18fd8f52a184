"""Where each entry is: its slot by its id, in four bytes where ids lie close together, as a table's do."""

from array import array
from typing import Final

# Ids of one page: small enough that a workspace with few of a table's rows wastes little.
_PAGE: Final = 256
_NOWHERE: Final = -1


class Places:
    """Slots by the entry's id. A dictionary takes a hundred bytes an entry. Not safe between threads: its index holds the lock."""

    def __init__(self) -> None:
        self._pages: dict[int, array[int]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, entry: int) -> bool:
        return self.get(entry) is not None

    def get(self, entry: int) -> int | None:
        """The entry's slot; None where there is no such entry."""
        number, place = divmod(entry, _PAGE)
        page = self._pages.get(number)
        if page is None or page[place] == _NOWHERE:
            return None
        return page[place]

    def put(self, entry: int, slot: int) -> None:
        """Notes the slot of an entry that has none."""
        number, place = divmod(entry, _PAGE)
        page = self._pages.get(number)
        if page is None:
            page = self._pages[number] = array("i", [_NOWHERE]) * _PAGE
        page[place] = slot
        self._count += 1

    def pop(self, entry: int) -> int | None:
        """Forgets an entry; the slot that it had."""
        slot = self.get(entry)
        if slot is not None:
            number, place = divmod(entry, _PAGE)
            self._pages[number][place] = _NOWHERE
            self._count -= 1
        return slot
