"""Results of a search as a reply: cards, what may come next, and a way out where nothing was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from actions.common import open_question
from actions.common.turn import Turn
from actions.replies.cards import Button, Card, card, payload
from shop.search import queries
from shop.search.criteria import Criteria
from shop.search.criteria_phrases import describe
from shop.search.queries import Hit, Relaxation, Results

PAGE = 6  # cards of one reply
MAX_RELAXATIONS = 3


def show(
    turn: Turn,
    results: Results,
    sentence: str,
    *,
    mode: str,
    product: str | None = None,
    offset: int = 0,
    buttons: list[Button] | None = None,
    **facts: Any,
) -> None:
    """Say the sentence with a card for each hit, and remember what is shown so that ordinals and "more" find
    it.

    `mode` (search, photo, similar, suggestions, look) and `product` say how "more" and "cheaper" search
    again.
    """
    cards = _cards(turn, results)
    end = offset + len(cards)
    more: list[Button] = []
    if end < results.total:
        more = [{"title": turn.words.button("more"), "payload": "/show_more"}]
    turn.say(
        sentence, cards=cards, buttons=more + (buttons or []), shown=len(cards), total=results.total, **facts
    )
    _remember(turn, results.hits, mode=mode, product=product, next=end, total=results.total)


@dataclass(frozen=True)
class ResultSection:
    """One of several lists of one reply: what is said over it, its hits, its own buttons."""

    text: str
    results: Results
    buttons: list[Button] = field(default_factory=list)


def show_sections(turn: Turn, rows: Sequence[ResultSection], *, mode: str, seen: Sequence[str] = ()) -> None:
    """A bubble for each row. Ordinals count through all of them; `seen` are the ids shown before."""
    hits = [hit for row in rows for hit in row.results.hits]
    for row in rows:
        turn.say_text(row.text, cards=_cards(turn, row.results), buttons=row.buttons)
    total = sum(row.results.total for row in rows)
    _remember(turn, hits, mode=mode, product=None, next=len(seen) + len(hits), total=total)
    turn.set("shown", {**turn.shown, "rows": len(rows), "seen": [*seen, *(hit.product.id for hit in hits)]})


def _cards(turn: Turn, results: Results) -> list[Card]:
    cards = [card(hit.product, turn.language, reasons=hit.reasons) for hit in results.hits]
    for each in cards:
        each["reason"] = each["reason"] or turn.words.say("why_fits")
    return cards


def _remember(
    turn: Turn, hits: Sequence[Hit], *, mode: str, product: str | None, next: int, total: int
) -> None:
    turn.set(
        "shown",
        {
            "ids": [hit.product.id for hit in hits],
            "why": {hit.product.id: list(hit.reasons) for hit in hits},
            "mode": mode,
            "product": product,
            "next": next,
            "total": total,
            "stepped": bool(turn.shown.get("stepped")) and mode == turn.shown.get("mode"),
        },
    )
    # One product shown is the one in hand; among several none is.
    turn.set("focus", hits[0].product.id if len(hits) == 1 else None)


async def nothing_found(
    turn: Turn, results: Results, criteria: Criteria, *, mode: str = "search", product: str | None = None
) -> None:
    """Say that nothing fits, and offer the wishes that could be dropped, each as a button with what it would
    bring.

    The products shown before stay in reach of ordinals; `mode` and `product` say how to search again.
    """
    turn.set("shown", {**turn.shown, "mode": mode, "product": product, "next": 0})
    wanted = describe(criteria, turn.language)
    ways = list(results.relaxed)
    if criteria.categories and all("categories" in way.fields for way in ways):
        # Whoever wants shoes wants shoes rather than anything pink: all other wishes go before the kind does.
        ways = await _only_the_kind(turn, criteria) + ways
    ways = ways[:MAX_RELAXATIONS]
    if not ways:
        popular = {"title": turn.words.button("popular"), "payload": "/recommend"}
        again = {"title": turn.words.button("start_over"), "payload": "/start_over"}
        turn.say("nothing", wanted=wanted, buttons=[popular, again])
        return
    buttons = [
        {
            "title": f"{drop_title(turn, tuple(way.fields), criteria)} ({way.count})",
            "payload": payload("drop_wish", wish=",".join(way.fields)),
        }
        for way in ways
    ]
    best = ways[0]
    turn.say(
        "nothing_but",
        wanted=wanted,
        offer=drop_title(turn, tuple(best.fields), criteria),
        count=best.count,
        buttons=buttons,
    )
    open_question.ask(turn, "yes", "drop_wish", wish=",".join(best.fields))


async def _only_the_kind(turn: Turn, criteria: Criteria) -> list[Relaxation]:
    """Dropping all wishes but the kind, and for whom if that leaves anything."""
    kind = Criteria(categories=criteria.categories)
    for kept in dict.fromkeys((replace(kind, genders=criteria.genders), kind)):
        found = await turn.call(queries.by_criteria, kept, limit=1)
        if found.hits:
            dropped = tuple(wish for wish in criteria.wishes() if wish not in kept.wishes())
            return [Relaxation(dropped, found.total, None, kept)]
    return []


def drop_title(turn: Turn, fields: tuple[str, ...], criteria: Criteria) -> str:
    """What a search without these wishes is called: "any colour", "any price"."""
    return turn.words.join(dict.fromkeys(turn.words.wish(field) for field in fields))
