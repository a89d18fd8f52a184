"""Column types that read the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator

#: Autoincrementing keys: SQLite only counts by itself in a column of exactly the type INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware UTC moment, stored as milliseconds since 1970; naive values are refused, finer parts are cut off."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """From Python to the column."""
        return None if value is None else to_milliseconds(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - SQLAlchemy's signature
        """From the column to Python."""
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


class Word(TypeDecorator[StrEnum]):
    """A member of a StrEnum, stored as its value: a new member needs no migration."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """From Python to the column; a word that the enum does not know is refused."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> StrEnum | None:  # noqa: ANN401 - SQLAlchemy's signature
        """From the column to Python."""
        return None if value is None else self.words(value)


def to_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware moment.

    Raises:
        ValueError: the moment has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no zone; the store keeps aware UTC moments only.")
    seconds = int(moment.replace(microsecond=0).timestamp())
    return seconds * 1000 + moment.microsecond // 1000
