"""What no linter knows: the manifest is valid, the docs say what the code does, links lead somewhere. Part of `make check`."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

from bot.__main__ import parser
from bot.config import Settings
from bot.features.home.views import ADMIN_COMMANDS, COMMANDS

ROOT: Final = Path(__file__).parent.parent
#: Slack's own schema, where the checkout has it beside it.
SCHEMA: Final = ROOT.parent / "shared" / "manifest.schema.2.0.0.json"
PAGES: Final = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LIMITS: Final = {"name": 35, "description": 140}


def main() -> int:
    """Print every fault; 1 if there is any."""
    faults = [*manifest(), *documentation(), *links(), *lock_files()]
    for fault in faults:
        print(f"✗ {fault}")
    print(f"{len(faults)} faults" if faults else "Manifest, docs and lock files agree with the code.")
    return bool(faults)


def manifest() -> Iterator[str]:
    """`manifest.yml` is complete, within Slack's limits, and valid by Slack's schema."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text())
    for field, limit in LIMITS.items():
        if len(loaded["display_information"][field]) > limit:
            yield f"manifest.yml: {field} is longer than {limit} characters."
    if not 175 <= len(loaded["display_information"]["long_description"]) <= 4000:
        yield "manifest.yml: the long description must have 175 to 4,000 characters."
    for shortcut in loaded["features"]["shortcuts"]:
        if len(shortcut["name"]) > 24 or len(shortcut["description"]) > 150:
            yield f"manifest.yml: shortcut {shortcut['name']!r} is too long."
    scopes = loaded["oauth_config"]["scopes"]
    for scope in scopes["bot_optional"]:
        if scope not in scopes["bot"]:
            yield f"manifest.yml: optional scope {scope} must stand among the bot's scopes too."
    if SCHEMA.exists():
        validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
        for error in validator.iter_errors(loaded):
            yield f"manifest.yml: {error.json_path}: {error.message[:200]}"
    else:
        print("Slack's manifest schema is not beside this checkout, so only the limits above were checked.")


def documentation() -> Iterator[str]:
    """Every setting, command and scope is told in the docs."""
    operations, readme = (ROOT / "docs/operations.md").read_text(), (ROOT / "README.md").read_text()
    for name, field in Settings.model_fields.items():
        variable = field.alias or name.upper()
        if f"`{variable}`" not in operations:
            yield f"docs/operations.md does not tell of `{variable}`."
    for variable in set(re.findall(r"`(ROWBOT_[A-Z_]+)`", operations)):
        known = {field.alias for field in Settings.model_fields.values()} | {"ROWBOT_FAILPOINT", "ROWBOT_FAILPOINT_LOG"}
        if variable not in known:
            yield f"docs/operations.md tells of `{variable}`, which nothing reads."
    for word in next(action.choices for action in parser()._actions if action.choices):
        if f"python -m bot {word}" not in operations:
            yield f"docs/operations.md does not tell of `python -m bot {word}`."
    for command, _ in (*COMMANDS, *ADMIN_COMMANDS):
        if command.split("|")[0] not in readme + (ROOT / "docs/tour.md").read_text():
            yield f"Neither README.md nor docs/tour.md tells of `{command}`."
    for scope in yaml.safe_load((ROOT / "manifest.yml").read_text())["oauth_config"]["scopes"]["bot"]:
        if f"`{scope}`" not in operations:
            yield f"docs/operations.md does not say what `{scope}` is for."


def links() -> Iterator[str]:
    """Links between files lead to files; `code paths` in decision records exist."""
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", page.read_text()):
            if not (page.parent / target).exists():
                yield f"{page.relative_to(ROOT)} links to {target}, which is not there."


def lock_files() -> Iterator[str]:
    """Everything is locked by hash, and names no host."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        if re.search(r"https?://|--(extra-)?index-url|--find-links", text):
            yield f"{name} names a host; lock by version and hash only."
        for block in re.split(r"\n(?=\S)", text.strip()):
            if "==" in block and "--hash=" not in block:
                yield f"{name}: {block.split()[0]} has no hash."


if __name__ == "__main__":
    sys.exit(main())
