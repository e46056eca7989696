"""The packet of a conversation in a real shop: cart, order, photo, products shown, profile."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bot.conversation import messages
from bot.conversation.messages import Draft
from bot.support import handoff
from bot.support.handoff import context, rules
from shop.cart import cart
from shop.customers import photos, profile
from shop.importing import importer
from shop.orders import checkout
from shop.search.criteria import Criteria
from storage import personal_data
from tests.actions import analyses
from tests.shop.conftest import ColourEyes, make_records, write_catalogue
from tests.support.handoff.world import World, sql
from vision.predictions import PhotoAnalysis


@pytest.fixture
def shop(world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = write_catalogue(tmp_path_factory.mktemp("catalogue"), make_records()[:24])
    importer.import_catalogue(folder, eyes=ColourEyes())
    return world


def in_stock(count: int) -> list[tuple[str, str]]:
    rows = sql(
        "SELECT id, sizes_in_stock[1] FROM products WHERE cardinality(sizes_in_stock) > 0 ORDER BY id LIMIT :n",
        n=count,
    )
    assert len(rows) == count
    return [(row[0], row[1]) for row in rows]


def test_everything_is_in_it(shop: World) -> None:
    shop.agent("Anna")
    (one, size), (two, other_size), (three, _) = in_stock(3)
    conversation = f"web-{uuid4().hex}"
    long = "我的鞋坏了，" + "非常" * 1500 + "失望"
    shop.says(conversation, "an old message")
    messages.add(
        conversation,
        [Draft("bot", {"text": "look", "cards": [{"id": one, "title": "A"}, {"id": two, "title": "B"}]})],
    )
    messages.add(
        conversation,
        [Draft("bot", {"text": "and", "cards": [{"id": three, "title": "C"}, {"id": one, "title": "A"}]})],
    )
    photo = photos.put(conversation, b"jpeg", 10, 10)
    # The eyes' own record of a sight, without running them.
    sql(
        "UPDATE photos SET look = CAST(:look AS jsonb) WHERE id = :id",
        look='{"findings": [{"look": {"caption": {"en": "black boots", "zh": "黑色靴子"}}}]}',
        id=photo,
    )
    photos.put("somebody else", b"jpeg", 10, 10)
    messages.receive(conversation, Draft("customer", {"text": "these", "photo": photo}, answered=False))
    messages.receive(
        conversation, Draft("customer", {"payload": "/x", "again": {"text": long}}, answered=False)
    )
    cart.add(conversation, one, size)
    order = checkout.place(checkout.link(conversation).split("cart=")[1], "Ann@Example.com")
    cart.add(conversation, two, other_size)
    profile.learn(conversation, Criteria(sizes=("42",)), height=180)

    found = handoff.request(
        conversation,
        channel="web",
        reason="asked",
        detail=long,
        language="zh",
        packet={"wishes": {"colours": ["Red"]}},
    ).handoff.packet
    assert [turn["seq"] for turn in found["turns"]] == [1, 2, 3, 4, 5] and found["earlier"] == 0
    assert found["turns"][4]["text"] == long and found["detail"] == long, "no text of the customer is cut"
    assert found["turns"][3]["photo"] == photo and found["turns"][4]["pressed"]
    assert found["turns"][1]["cards"] == [one, two]
    assert [(each["id"], each["seen"]) for each in found["photos"]] == [
        (photo, {"en": "black boots", "zh": "黑色靴子"})
    ]
    assert [each["id"] for each in found["shown"]] == [three, one, two] and found["shown"][0]["title"]["zh"]
    assert found["cart"]["count"] == 1 and found["cart"]["lines"][0]["id"] == two
    assert [each["id"] for each in found["orders"]] == [order.id] and found["orders"][0]["items"][0][
        "id"
    ] == one
    assert found["mood"] == "unhappy" and found["language"] == "zh" and found["channel"] == "web"
    assert found["profile"]["height"] == 180 and "42" in found["summary"]["en"]
    assert found["wishes"] == {"colours": ["Red"]} and found["before"] == 0
    for words in (
        "Asked for a person.",
        "Sounds unhappy.",
        "black boots",
        order.id,
        "Writes Chinese.",
        "Cart: 1 pcs",
    ):
        assert words in found["summary"]["en"], words
    assert "黑色靴子" in found["summary"]["zh"]
    assert "ann@example.com" not in repr(found).casefold(), "the order's address is no part of it"
    exported = personal_data.export(conversation)["handoffs"]
    assert exported[0]["packet"] == found


@pytest.mark.parametrize(
    ("rule", "reason", "consented", "seen"),
    [
        ("asked", "asked", None, True),
        ("asked", "complaint", None, False),
        ("asked", "complaint", True, True),
        ("asked", "asked", False, False),
        ("asked", "stepped_in", None, False),
        ("always", "vip", None, True),
        ("never", "asked", True, False),
    ],
)
def test_the_profile_as_far_as_consented(
    world: World, rule: str, reason: str, consented: bool | None, seen: bool
) -> None:
    world.settings(profile=rule)
    conversation = world.conversation()
    assert context.build(conversation, reason=reason, consented=consented)["profile"] is None
    profile.learn(conversation, Criteria(brands=("Veyra",)), weight=70)
    found = context.build(conversation, reason=reason, consented=consented)
    assert (found["profile"] is not None) is seen and bool(found.get("profile_withheld")) is not seen
    assert ("Veyra" in repr(found)) is seen and ("70" in repr(found["summary"])) is seen


def test_an_email_asked_for_again_is_a_turn_like_any_other(shop: World) -> None:
    shop.agent("Anna")
    conversation = f"web-{uuid4().hex}"
    shop.says(conversation, "ann at example")
    messages.add(conversation, [Draft("bot", {"text": "Which one?", "form": "email", "again": True})])
    found = handoff.request(conversation, channel="web", reason="asked").handoff.packet
    assert "incomplete" not in found
    assert [turn["text"] for turn in found["turns"]] == ["ann at example", "Which one?"]


def test_a_packet_that_cannot_be_made_keeps_nobody_from_a_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.agent("Anna")

    def broken(conversation: str) -> object:
        raise RuntimeError("broken")

    monkeypatch.setattr(context.cart, "view", broken)
    found = world.request(detail="words")
    assert found.packet["incomplete"] and found.packet["detail"] == "words" and found.packet["summary"]["zh"]


def test_who_complains_is_not_calm(world: World) -> None:
    conversation = world.conversation("where is my parcel")
    assert context.build(conversation, reason="asked", language="en")["mood"] == "calm"
    found = context.build(conversation, reason="complaint", language="en")
    assert found["mood"] == "unhappy" and "Sounds unhappy." in found["summary"]["en"]


def test_a_long_conversation_is_counted(world: World) -> None:
    conversation = world.conversation()
    for number in range(40):
        world.says(conversation, f"message {number}")
    found = context.build(conversation, reason="asked")
    assert len(found["turns"]) == context.TURNS and found["earlier"] == 42 - context.TURNS
    assert found["turns"][-1]["text"] == "message 39"


def test_rules_with_what_the_shop_knows(shop: World) -> None:
    shop.settings(
        rules=[
            {"name": "legal", "keywords": {"en": ["lawyer"]}},
            {"name": "full", "cart_from": 1, "ask": False},
            {"name": "known", "emails": ["ann@example.com"]},
        ]
    )
    conversation = f"web-{uuid4().hex}"
    assert rules.check_rules(conversation, "hello") is None
    first = rules.check_rules(conversation, "my lawyer")
    assert first is not None and first.name == "legal" and first.word == "lawyer"
    assert rules.check_rules(conversation, "my lawyer") is None, "asked once"
    (one, size), *_ = in_stock(1)
    cart.add(conversation, one, size)
    found = rules.check_rules(conversation, "hello")
    assert found is not None and found.name == "full" and not found.ask
    checkout.place(checkout.link(conversation).split("cart=")[1], "Ann@Example.com")
    found = rules.check_rules(conversation, "hello")
    assert found is not None and (found.name, found.reason) == ("known", "vip")
    assert (
        rules.check_rules(conversation, "hello") is None
        and rules.check_rules("another", "lawyer") is not None
    )


def test_what_the_eyes_saw(world: World) -> None:
    """With how sure they are; also what was wrong with a photo."""
    conversation = world.conversation()
    worn, dark = photos.put(conversation, b"x"), photos.put(conversation, b"y")
    prediction = analyses.prediction_of(
        {"coat": 0.9, "jacket": 0.1}, {"Navy__Blue": 0.7, "Black": 0.2}, brand="Veyra"
    )
    store = photos.PhotoStore()
    store.save_analysis(worn, analyses.dressed(upper=prediction, feet=analyses.WHITE_SHOES))
    store.save_analysis(dark, PhotoAnalysis("too_dark", ()))
    unseen = photos.put(conversation, b"z")
    found = {each["id"]: each["facts"] for each in context.build(conversation, reason="asked")["photos"]}
    assert [(each["name"]["en"], each["value"]["en"]) for each in found[worn]] == [
        ("Upper body", "coat 90%, navy blue 70%, black 20%, Veyra"),
        ("Feet", "sports shoes 80%, white 90%"),
    ]
    assert found[worn][0]["name"]["zh"] == "上身" and "大衣 90%" in found[worn][0]["value"]["zh"]
    assert [each["value"]["en"] for each in found[dark]] == ["too dark"] and found[unseen] == []


def test_seen_photos_expire(world: World) -> None:
    from datetime import timedelta

    photos.put("ann", b"x", keep=timedelta(seconds=-1))
    kept = [photos.put("ann", b"x") for _ in range(3)]
    assert {each.id for each in photos.of_owner("ann")} == set(kept)
    assert len(photos.of_owner("ann", limit=2)) == 2 and photos.of_owner("ann")[0].captions == ()
