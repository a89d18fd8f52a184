"""Write a new migration from what the tables say now: python tools/new_revision.py 0002 "what it is for"."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from storage.migrate import MIGRATIONS


def main(number: str, message: str) -> None:
    """Compare an empty database at the newest revision with the tables and write the difference."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'new.db'}")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            command.revision(config, message, rev_id=number, autogenerate=True)
        engine.dispose()
    print(
        f"Written. Read it, format it, set HEAD in storage/migrate.py to {number!r}, run the tests on both databases."
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
