"""The lead's figures: how the desk stands now, and how it did in the last hours. Two queries, no counting
kept.

All durations are seconds. An answer's time runs from the asking to the first words of a person (not where an
agent stepped in unasked), the handling from the acceptance to the end. What happened counts for the hour and
the agent in which and with whom it happened.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.support.accounts import agents, presence
from storage import database

MOST_HOURS = 7 * 24

_NOW = sa.text(
    """
    SELECT clock_timestamp() AS at, date_trunc('hour', clock_timestamp()) AS hour,
        count(*) FILTER (WHERE state = 'queued') AS waiting,
        extract(epoch FROM clock_timestamp() - min(queued) FILTER (WHERE state = 'queued')) AS longest_wait,
        count(*) FILTER (WHERE state <> 'queued') AS active,
        (SELECT coalesce(jsonb_object_agg(agent, load), '{}') FROM (
            SELECT agent, count(*) AS load FROM handoffs WHERE state IN ('assigned', 'human') GROUP BY agent
        ) AS each) AS loads
    FROM handoffs WHERE state IN ('queued', 'assigned', 'human')
    """
)
_PERIOD = sa.text(
    """
    WITH known AS (
        SELECT * FROM handoffs WHERE asked >= :start OR ended >= :start OR first_reply >= :start
    ),
    facts AS (
        SELECT 'asked' AS what, NULL AS agent, asked AS at, CAST(
            extract(epoch FROM coalesce(accepted, ended, clock_timestamp()) - asked) AS float8) AS value
            FROM known WHERE asked >= :start AND reason <> 'stepped_in'
        UNION ALL
        SELECT 'reply', agent, first_reply, extract(epoch FROM first_reply - asked) FROM known
            WHERE first_reply >= :start AND reason <> 'stepped_in'
        UNION ALL
        SELECT state, agent, ended, extract(epoch FROM ended - accepted) FROM known WHERE ended >= :start
        UNION ALL
        SELECT 'rating', agent, ended, rating FROM known WHERE ended >= :start AND rating IS NOT NULL
    )
    SELECT date_trunc('hour', at) AS hour, agent,
        grouping(date_trunc('hour', at)) AS no_hour, grouping(agent) AS no_agent,
        count(*) FILTER (WHERE what = 'asked') AS asked,
        count(*) FILTER (WHERE what = 'closed') AS closed,
        count(*) FILTER (WHERE what = 'returned') AS returned,
        count(*) FILTER (WHERE what = 'offline_ticket') AS tickets,
        count(*) FILTER (WHERE what = 'bot') AS cancelled,
        max(value) FILTER (WHERE what = 'asked') AS longest_wait,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY value) FILTER (WHERE what = 'reply') AS first_reply,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY value) FILTER (WHERE what = 'reply') AS first_reply_p90,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY value)
            FILTER (WHERE what IN ('closed', 'returned') AND value IS NOT NULL) AS handling,
        avg(value) FILTER (WHERE what = 'rating') AS satisfaction,
        count(*) FILTER (WHERE what = 'rating') AS ratings
    FROM facts GROUP BY GROUPING SETS ((), (date_trunc('hour', at)), (agent))
    """
)
_COUNTS = ("asked", "closed", "returned", "tickets", "cancelled", "ratings")
_MEANS = ("longest_wait", "first_reply", "first_reply_p90", "handling", "satisfaction")


def figures(hours: int = 24) -> dict[str, Any]:
    """The figures of now and of the last `hours` full and begun hours. Call it in a thread."""
    hours = max(1, min(hours, MOST_HOURS))
    with database.session() as connection:
        now = connection.execute(_NOW).one()
        start = now.hour - timedelta(hours=hours - 1)
        rows = connection.execute(_PERIOD, {"start": start}).all()
    total, by_hour, by_agent = _sorted(rows)
    there = presence.everyone()
    people = agents.listing()
    loads = {int(agent): load for agent, load in now.loads.items()}
    online = [each for each in people if there.get(each.id) == "online"]
    return {
        "at": now.at.isoformat(timespec="milliseconds"),
        "hours": hours,
        "now": {
            "waiting": now.waiting,
            "longest_wait": _rounded(now.longest_wait),
            "active": now.active,
            "online": len(online),
            "away": sum(status == "away" for status in there.values()),
            "capacity": sum(each.max_load for each in online),
        },
        "period": total,
        "agents": [
            {
                "id": each.id,
                "name": each.name,
                "status": there.get(each.id, "offline"),
                "load": loads.get(each.id, 0),
                "max_load": each.max_load,
                **by_agent.get(each.id, _EMPTY),
            }
            for each in people
            if each.active or each.id in by_agent
        ],
        "by_hour": [
            {"from": hour.isoformat(), **by_hour.get(hour, _EMPTY)}
            for hour in (start + timedelta(hours=number) for number in range(hours))
        ],
    }


def _sorted(
    rows: list[Any],
) -> tuple[dict[str, Any], dict[datetime, dict[str, Any]], dict[int, dict[str, Any]]]:
    total, by_hour, by_agent = _EMPTY, {}, {}
    for row in rows:
        if not row.no_hour:
            by_hour[row.hour] = _figures(row)
        elif row.no_agent:
            total = _figures(row)
        elif row.agent is not None:
            by_agent[row.agent] = _figures(row)
    return total, by_hour, by_agent


def _figures(row: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _COUNTS},
        **{name: _rounded(getattr(row, name)) for name in _MEANS},
        "handled": row.closed + row.returned,
    }


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 2)


_EMPTY: dict[str, Any] = {
    **dict.fromkeys(_COUNTS, 0),
    **dict.fromkeys(_MEANS),
    "handled": 0,
}
