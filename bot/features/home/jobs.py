"""Wakes: open App Homes follow what happens."""

from datetime import datetime

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.home import service, views
from bot.features.home.lookers import Lookers
from bot.features.matching.matcher import Matcher
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope


async def redraw_open_homes(
    client: AsyncWebClient,
    db: Database,
    directory: Directory,
    scope: Scope,
    lookers: Lookers,
    matcher: Matcher,
    *,
    now: datetime,
) -> int:
    """Publish the Home of everybody who has theirs open and for whom it says something new; how many."""
    published = 0
    for person_id in lookers.followed(now=now):
        eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
        view = views.home(await db.read(eyes, service.desk, matcher, person_id, now))
        if not lookers.is_news(person_id, view):
            continue
        try:
            await client.views_publish(user_id=person_id, view=view)
        except SlackApiError as fault:
            if fault.response.get("error") != "hash_conflict":
                raise
        lookers.shown(person_id, view)
        published += 1
    return published
