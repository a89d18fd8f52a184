"""Draws the page of channels: how loud the bot is in each, changed where it stands."""

from collections.abc import Mapping
from typing import Any, Final

from bot.features.admin import views
from bot.features.admin.setting_forms import RESET
from bot.features.admin.shown import PER_PAGE, ChannelPage, Page
from bot.features.announcements.views import MODE_WORDS
from bot.slack import blocks as b
from storage.channels import Channel, ChannelMode
from storage.digests import Digest
from storage.preferences import Preferences

SET_MODE: Final = "admin.channel_mode"
SET_DEFAULT: Final = "admin.default_mode"
FIND: Final = "admin.find_channel"
TURN: Final = "admin.turn_page"
PAGE: Final = "admin.channels"

#: "No mode of its own" among the options of a channel.
AS_DEFAULT: Final = "default"


def page(state: ChannelPage) -> dict[str, Any]:
    """The channels, each with its mode; the mode where nobody chose one; and the way to one of many."""
    default = Preferences().channel_mode
    options = [b.option(mode.value, mode.value, description=words) for mode, words in MODE_WORDS.items()]
    meanings = " · ".join(f"`{mode.value}`: {words}" for mode, words in MODE_WORDS.items())
    drawn: list[b.Block] = [
        b.section(f"*Where nobody chose a mode*\nAlso in channels that I come into later. Default: `{default.value}`.",
                  accessory=b.select(SET_DEFAULT, options, initial=state.default.value), block_id=f"default.{state.default.value}"),
    ]  # fmt: skip
    drawn.append(b.context(meanings))
    if state.default is not default:
        drawn.append(
            b.actions(b.button(f"Reset to {default.value}", RESET, value="channel_mode"), block_id="reset.channel_mode")
        )
    drawn += [
        b.actions(
            _finder(), *([b.button("Show all", TURN, value="0")] if state.found else []), block_id=f"find.{state.found}"
        ),
        b.divider(),
        *(_row(channel, mode, state.default, state.digests.get(channel.id)) for channel, mode in state.channels),
    ]
    if not state.channels:
        drawn.append(b.section("I am in no channel yet. Invite me with `/invite @Rowbot`."))
    if not state.found:
        drawn += turning(state.offset, len(state.channels), state.total)
    drawn.append(b.context("Private channels are listed for their own members only. Any member can choose with `/rowbot channel`, and have a digest with `/rowbot digest`; "
                           "in channels shared with another organisation only an admin, and I am never louder than `quiet` there."))  # fmt: skip
    return b.modal(views.TITLES[Page.CHANNELS], drawn, callback_id=PAGE, close="Back",
                   metadata=views.metadata(Page.CHANNELS, offset=state.offset, found=state.found))  # fmt: skip


def _finder() -> b.Element:
    """A menu of channels, shared ones too: their mode is chosen here."""
    everywhere = {"filter": {"include": ["public", "private"], "exclude_bot_users": True}}
    return b.channel_select(FIND, placeholder="Find a channel…") | everywhere


def _row(channel: Channel, mode: ChannelMode, default: ChannelMode, digest: Digest | None) -> b.Block:
    shown = {ChannelMode.OFF, ChannelMode.QUIET} if channel.is_shared else set(ChannelMode)
    options = [b.option(each.value, each.value, description=MODE_WORDS[each]) for each in ChannelMode if each in shown]
    chosen = mode.value
    if not channel.is_shared:
        options.insert(0, b.option(f"as the default ({default.value})", AS_DEFAULT))
        chosen = channel.mode.value if channel.mode is not None else AS_DEFAULT
    about = [b.channel(channel.id)]
    if channel.is_shared or channel.is_private:
        about.append("shared with another organisation" if channel.is_shared else "private")
    if digest is not None:
        about.append(f"digest on {views.DAYS[digest.weekday]}s")
    text = " · ".join(about)
    return b.section(
        text, accessory=b.select(SET_MODE, options, initial=chosen), block_id=f"channel.{channel.id}.{chosen}"
    )


def turning(offset: int, shown: int, total: int) -> list[b.Block]:
    """Where in a long list this page stands, and the pages beside it."""
    if total <= PER_PAGE:
        return []
    buttons = []
    if offset:
        buttons.append(b.button("Previous", TURN, value=str(max(0, offset - PER_PAGE))))
    if offset + shown < total:
        buttons.append(b.button("Next", f"{TURN}_on", value=str(offset + PER_PAGE)))
    place = b.context(f"{offset + 1} to {offset + shown} of {total}")
    return [place, b.actions(*buttons, block_id=f"turn.{offset}")] if buttons else [place]


def read_channel(action: Mapping[str, Any]) -> tuple[str, ChannelMode | None]:
    """Which channel was given which mode."""
    value = action["selected_option"]["value"]
    return action["block_id"].split(".")[1], None if value == AS_DEFAULT else ChannelMode(value)
