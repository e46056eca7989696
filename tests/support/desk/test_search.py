"""Search: every word, in both languages, in messages, notes and tags; page by page, the newest first."""

from __future__ import annotations

from bot.support.desk.message_search import PAGE, SNIPPET, snippet
from bot.support.handoff import agent_side
from tests.support.desk.conftest import World


async def test_words_notes_tags(world: World) -> None:
    handoff = world.waits("service", "我想退那条红色连衣裙", "and the plum55 shoes too")
    other = world.waits("orders", "plum55 in another group")
    agent_side.add_note(handoff.id, world.people["anna"].id, "apricot66 was promised")
    agent_side.set_tags(handoff.id, world.people["anna"].id, ["cherry77"])
    agent_side.add_note(other.id, world.people["carl"].id, "apricot66 elsewhere")
    async with world.page("anna") as anna, world.page("lea") as lea:
        for query in ("红色连衣裙", "plum55", "PLUM55 shoes", "apricot66 promised", "cherry77"):
            found = await anna.get("search", q=query)
            assert [each["conversation"] for each in found["results"]] == [handoff.conversation], query
            assert found["results"][0]["handoff"]["id"] == handoff.id and not found["more"]
        assert (await anna.get("search", q="plum55 sandals"))["results"] == []
        assert len((await lea.get("search", q="plum55"))["results"]) == 2


async def test_what_was_said_in_a_group_that_is_not_ones_own(world: World) -> None:
    """Passed on to another group: what was noted there is not found by the first one."""
    handoff = world.waits("service", "fig88 please")
    agent_side.transfer_to_group(handoff.id, world.people["anna"].id, "orders", 1)
    async with world.page("anna") as anna, world.page("carl") as carl:
        assert (await anna.get("search", q="fig88"))["results"] == []
        assert len((await carl.get("search", q="fig88"))["results"]) == 1


async def test_pages(world: World) -> None:
    made = [world.waits("service", f"quince99 number {number}").conversation for number in range(PAGE + 5)]
    async with world.page("anna") as anna:
        first = await anna.get("search", q="quince99")
        second = await anna.get("search", q="quince99", page=2)
        assert first["more"] and not second["more"]
        found = [each["conversation"] for each in first["results"] + second["results"]]
        assert found == made[::-1], "the newest first, each once"
        assert (await anna.get("search", q="quince99", page=0)).status == 400
        assert (await anna.get("search", q="quince99", page=99))["results"] == []


def test_snippets() -> None:
    long = "x " * 300 + "needle" + " y" * 300
    piece = snippet(long, "NEEDLE")
    assert "needle" in piece and piece.startswith("…") and piece.endswith("…") and len(piece) <= SNIPPET + 2
    assert snippet("a\nb", "zz") == "a b"
