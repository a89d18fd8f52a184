"""Our own YAML files (manifest, taxonomy, the demo's organisation), read at every start."""

from typing import Any, Final

import yaml

#: libyaml's parser where it is built in: ten times as fast. These files take it 0.02 s instead of 0.2.
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:  # noqa: ANN401 - whatever stands there
    """What a file of ours says. A stranger's file is read by `features/imports/yaml_documents.py`.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - safe, either of them
