"""Puts the pages of the settings on the screen: drawn from the rows, laid on the first page, updated in place."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.admin import changes, channel_views, channels, setting_forms, settings, team_views, teams, views
from bot.features.admin.shown import Page
from bot.features.announcements.service import Means
from bot.features.teams import rights
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork


def page_view(
    uow: UnitOfWork, place: dict[str, Any], means: Means, *, person_id: str, now: datetime, notice: str = ""
) -> dict[str, Any]:
    """A page as it stands now. ``place``: which, and where in it, as its metadata say."""
    rights.require_admin(uow, person_id)
    page, offset = Page(place["page"]), int(place.get("offset", 0))
    chosen, levels = uow.settings.preferences(), settings.levels_of(means)
    match page:
        case Page.CHANNELS if place.get("found"):
            return channel_views.page(channels.found(uow, str(place["found"]), person_id=person_id))
        case Page.CHANNELS:
            return channel_views.page(channels.page(uow, offset, person_id=person_id))
        case Page.TEAMS:
            return team_views.page(*teams.page(uow, offset, person_id=person_id), notice=notice)
        case Page.CHANGES:
            return views.changes(changes.latest(uow, person_id=person_id), levels)
        case Page.WARNING:
            return setting_forms.warning_form(chosen, levels, settings.preview(uow, means, now=now))
    return setting_forms.form(page, chosen, levels)


def first_view(uow: UnitOfWork, means: Means, *, person_id: str) -> dict[str, Any]:
    """The first page as it stands now."""
    return views.overview(settings.overview(uow, means, person_id=person_id))


@dataclass(frozen=True, slots=True)
class Screen:
    """One admin's stack of modals: the first page, and what lies on it."""

    client: AsyncWebClient
    db: Database
    eyes: Scope
    means: Means
    person_id: str
    now: datetime

    async def push(self, trigger_id: str, place: dict[str, Any]) -> None:
        """Lay a page on what is open."""
        await self.client.views_push(trigger_id=trigger_id, view=await self._drawn(place))

    async def show(self, view_id: str, root_id: str, place: dict[str, Any], *, notice: str = "") -> None:
        """Let an open page show what is so now, and the first page beneath it."""
        await self._update(view_id, await self._drawn(place, notice=notice))
        await self.show_first(root_id)

    async def show_first(self, root_id: str) -> None:
        """Let the first page show what is so now."""
        await self._update(root_id, await self.db.read(self.eyes, first_view, self.means, person_id=self.person_id))

    async def _drawn(self, place: dict[str, Any], *, notice: str = "") -> dict[str, Any]:
        return await self.db.read(
            self.eyes, page_view, place, self.means, person_id=self.person_id, now=self.now, notice=notice
        )

    async def _update(self, view_id: str, view: dict[str, Any]) -> None:
        # Who has closed a page meanwhile needs no new one: what was chosen is kept, and the next opening shows it.
        with suppress(SlackApiError):
            await self.client.views_update(view_id=view_id, view=view)


def screen_of(context: AsyncBoltContext, client: AsyncWebClient, eyes: Scope) -> Screen:
    """The screen of whoever acts."""
    return Screen(client, context["db"], eyes, context["means"], context["person_id"], context["now"])
