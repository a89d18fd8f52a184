"""Every message and form, as people may fill it, against Slack's rules: the sandbox's, and a second checker's where it is at hand."""

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from bot.features.initiatives.examples import Words
from bot.sandbox.blockkit import message_faults, view_faults
from bot.slack import blocks as b
from tests.world import ROOT

FEATURES: Final = ROOT / "bot" / "features"
DRAWING: Final = sorted(path.parent.name for path in FEATURES.glob("*/views.py"))
HOSTILE: Final = (
    "<!channel> <@U123> <https://evil.example|x> *bold* _i_ ~s~ `c` & <script> \u202eturned\u200b @here :fire: "
)
WORDS: Final = {
    "plain": Words(),
    "empty": Words(text="", name="", link=""),
    "long": Words(title="Feature " * 60, text="Serves fresh features to the ranking models. " * 70, name="Search and ranking " * 10, link="https://wiki.example.com/" + "a" * 960),
    "hostile": Words(title=HOSTILE * 2, text=HOSTILE * 30, name=HOSTILE, link="https://evil.example/?<a>|b"),
    "ampersands": Words(title="&" * 150, text="<&>" * 1000, name="&" * 80, link="https://x.example/?" + "&" * 900),
    "right to left": Words(title="מחסן תכונות לדירוג", text="مخزن الميزات للترتيب. " * 20, name="צוות חיפוש"),
    "emoji": Words(title="🚣" * 150, text="👩‍🚀🏳️‍🌈" * 500, name="🚣 Row ML 👩‍🚀"),
}  # fmt: skip

_SECOND: Final = ROOT.parent / "shared" / "blockkit" / "blockkit_check.py"


def examples(feature: str) -> ModuleType:
    """The examples of a feature."""
    return importlib.import_module(f"bot.features.{feature}.examples")


@pytest.fixture(scope="session")
def second_check() -> Callable[[str, Any], list[str]]:
    """Another checker of Block Kit, where it is at hand."""
    if not _SECOND.exists():
        pytest.skip("The second checker of Block Kit is not on this machine.")
    spec = importlib.util.spec_from_file_location("blockkit_check", _SECOND)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["blockkit_check"] = module
    spec.loader.exec_module(module)
    check: Callable[[str, Any], list[str]] = module.check
    return check


def test_every_feature_that_draws_has_examples() -> None:
    assert [feature for feature in DRAWING if not (FEATURES / feature / "examples.py").exists()] == []


@pytest.mark.parametrize("feature", DRAWING)
def test_every_builder_of_a_message_or_form_has_an_example(feature: str) -> None:
    views = "\n".join(path.read_text() for path in sorted((FEATURES / feature).glob("*views.py")))
    builders = set(
        re.findall(r"^def ([a-z]\w*)\((?:[^)]|\n)*?\) -> (?:b\.Message|dict\[str, Any\]):", views, re.MULTILINE)
    )
    builders -= {name for name in builders if name.startswith(("read_", "values_"))}
    shown = Path(examples(feature).__file__ or "").read_text()
    assert {name for name in builders if f"views.{name}(" not in shown} == set()


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("feature", DRAWING)
def test_slack_takes_every_message(feature: str, words: str) -> None:
    for name, message in examples(feature).messages(WORDS[words]).items():
        assert message_faults(list(message.blocks), files=()) == [], name
        assert len(message.blocks) <= b.MESSAGE_BLOCKS, name
        assert message.text.strip(), name
        assert len(message.text) <= 4000, name


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("feature", DRAWING)
def test_slack_takes_every_form(feature: str, words: str) -> None:
    for name, view in examples(feature).forms(WORDS[words]).items():
        assert view_faults(view, kind=view["type"], files=()) == [], name


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("feature", DRAWING)
def test_the_second_checker_takes_everything(
    feature: str, words: str, second_check: Callable[[str, Any], list[str]]
) -> None:
    for name, message in examples(feature).messages(WORDS[words]).items():
        assert second_check("MessageBlocks", list(message.blocks)) == [], name
    for name, view in examples(feature).forms(WORDS[words]).items():
        assert second_check("HomeView" if view["type"] == "home" else "ModalView", view) == [], name


def markup(part: Any) -> list[str]:
    """Every text that Slack reads as markup."""
    if isinstance(part, dict):
        own = [part["text"]] if part.get("type") == "mrkdwn" else []
        return own + [text for value in part.values() for text in markup(value)]
    return [text for value in part for text in markup(value)] if isinstance(part, list | tuple) else []


@pytest.mark.parametrize("words", ["hostile", "ampersands", "long", "right to left"])
@pytest.mark.parametrize("feature", DRAWING)
def test_peoples_words_never_ping_never_link_and_never_turn_a_line(feature: str, words: str) -> None:
    drawn: dict[str, Any] = {
        name: [{"type": "mrkdwn", "text": message.text}, *message.blocks]
        for name, message in examples(feature).messages(WORDS[words]).items()
    }
    drawn |= {name: view["blocks"] for name, view in examples(feature).forms(WORDS[words]).items()}
    for name, blocks in drawn.items():
        for text in markup(blocks):
            assert not re.search(r"<!(?!date\^)|<@U123|<https?://evil|<script", text), (name, text)
            assert not re.search(r"[\u202a-\u202e]", text), (name, text)
            assert text.count("\u2068") == text.count("\u2069"), (name, text)
            without = re.sub(r"<(?:https?://[^<>|]+\|[^<>|]*|[@#][A-Z0-9]+|!date\^[^<>]*)>", "", text)
            assert "<" not in without, (name, text)
            assert ">" not in without, (name, text)
            assert not re.search(r"&(?!(?:amp|lt|gt);)", text), (name, text)
            if words == "hostile":
                assert not re.search(r"(?<![\w*])\*bold\*(?!\w)|(?<!\w)_i_(?!\w)|(?<!~)~s~|(?<!`)`c`", text), (
                    name,
                    text,
                )


@pytest.mark.parametrize("feature", DRAWING)
def test_every_text_of_ours_keeps_the_voice(feature: str) -> None:
    for name, message in examples(feature).messages(Words()).items():
        said = "\n".join([message.text, *markup(list(message.blocks))])
        assert not re.search(r"Oops|Successfully|!(?!date)|\bplease\b", said), (name, said)
        assert "  " not in said, (name, said)
        assert ".." not in said, (name, said)
