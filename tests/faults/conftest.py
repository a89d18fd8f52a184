"""What the killing tests start from."""

from collections.abc import Iterator

import pytest

from tests.faults.lives import Template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """The process that every life of a bot is a copy of."""
    template = Template(tmp_path_factory.mktemp("template"))
    yield template
    template.close()
