"""The lead's figures, against hand-overs whose times are known."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.support.accounts import agents
from bot.support.accounts.roles import Agent
from bot.support.desk import figures
from storage import database
from tests.support.desk.conftest import PASSWORD, World

# (hours ago, wait until accepted, until the first reply, handling, rating, state), in seconds from the asking
PAST: list[tuple[int, int | None, int | None, int | None, int | None, str]] = [
    (100, 10, 20, 100, 5, "closed"),
    (100, 30, 40, 300, 2, "returned"),
    (100, 50, 60, 200, None, "closed"),
    (50, None, None, None, None, "offline_ticket"),
    (50, None, None, None, None, "bot"),
]


@pytest.fixture(scope="module")
def quinn(world: World) -> Iterator[Agent]:
    """An agent with a past."""
    agent = agents.add("quinn", "Quinn", PASSWORD, groups=["style"], max_load=9)
    with database.session() as connection:
        for hours, wait, reply, handling, rating, state in PAST:
            connection.execute(
                sa.text(
                    """
                    INSERT INTO handoffs (conversation, channel, state, reason, "group", agent, rating, asked, queued,
                        accepted, first_reply, ended)
                    SELECT 'past', 'web', :state, 'asked', 'style', :agent, :rating, t, t,
                        t + make_interval(secs => :wait), t + make_interval(secs => :reply),
                        t + make_interval(secs => :end)
                    FROM (SELECT date_trunc('hour', clock_timestamp()) - make_interval(hours => :hours) AS t) AS past
                    """
                ),
                {
                    "state": state,
                    "agent": agent.id if wait is not None else None,
                    "rating": rating,
                    "wait": wait,
                    "reply": reply,
                    "end": (wait + handling) if wait is not None and handling is not None else 77,
                    "hours": hours,
                },
            )
    yield agent
    with database.session() as connection:
        connection.execute(sa.text("DELETE FROM handoffs WHERE conversation = 'past'"))
    agents.deactivate(agent.id)


def of(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    return next(row for row in rows if all(row[name] == value for name, value in wanted.items()))


async def test_an_agents_figures(world: World, quinn: Agent) -> None:
    async with world.page("lea") as lea:
        week = await lea.get("lead", hours=168)
        mine = of(week["agents"], id=quinn.id)
        assert mine["handled"] == 3 and mine["name"] == "Quinn" and mine["status"] == "offline"
        assert mine["first_reply"] == 40 and mine["handling"] == 200
        assert mine["satisfaction"] == 3.5 and mine["ratings"] == 2 and mine["max_load"] == 9
        today = await lea.get("lead", hours=24)
        assert of(today["agents"], id=quinn.id)["handled"] == 0, "another day's"


async def test_hours(world: World, quinn: Agent) -> None:
    async with world.page("lea") as lea:
        week = await lea.get("lead", hours=168)
        hours = week["by_hour"]
        assert len(hours) == week["hours"] == 168
        starts = [datetime.fromisoformat(hour["from"]) for hour in hours]
        assert all(later - one == timedelta(hours=1) for one, later in itertools.pairwise(starts))
        now = datetime.fromisoformat(week["at"])
        assert starts[-1] <= now < starts[-1] + timedelta(hours=1)
        row = of(hours, **{"from": (starts[-1] - timedelta(hours=100)).isoformat()})
        assert (row["asked"], row["handled"], row["longest_wait"]) == (3, 3, 50)
        assert (row["first_reply"], row["handling"], row["satisfaction"]) == (40, 200, 3.5)
        assert row["first_reply_p90"] == 56
        quiet = of(hours, **{"from": (starts[-1] - timedelta(hours=99)).isoformat()})
        assert quiet["asked"] == 0 and quiet["first_reply"] is None


async def test_the_period_and_now(world: World, quinn: Agent) -> None:
    async with world.page("lea") as lea, world.page("anna") as anna:
        before = await lea.get("lead", hours=168)
        week = before["period"]
        assert (
            week["tickets"] >= 1 and week["cancelled"] >= 1 and week["closed"] >= 2 and week["returned"] >= 1
        )
        assert week["first_reply"] is not None and week["first_reply_p90"] >= week["first_reply"]
        handoff = world.waits("style")
        after = await lea.get("lead", hours=24)
        assert after["now"]["waiting"] == before["now"]["waiting"] + 1
        assert after["now"]["longest_wait"] >= 0
        assert after["now"]["online"] >= 3 and after["now"]["capacity"] >= 120  # the ghost, too
        waiting = world.waits("service")
        await anna.do("claim", handoff=waiting.id, version=1)
        now = await lea.get("lead")
        assert now["now"]["active"] == before["now"]["active"] + 1
        assert of(now["agents"], id=anna.me["id"])["load"] >= 1
        assert handoff.id != waiting.id


def test_bounds(world: World) -> None:
    assert figures.figures(10_000)["hours"] == figures.MOST_HOURS
    assert figures.figures(0)["hours"] == 1


async def test_wrong_hours(world: World) -> None:
    async with world.page("lea") as lea:
        for hours in ("x", "-1", "0", "1e3"):
            assert (await lea.get("lead", hours=hours)).status == 400
