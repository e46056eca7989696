"""What the page shows beside a conversation: the hand-over's packet in the agent's language."""

from __future__ import annotations

import pytest

from bot.conversation import messages
from bot.conversation.messages import Draft
from bot.support.desk import context_view
from bot.support.handoff import customer_side
from shop.cart import cart
from shop.catalogue import products as catalogue
from shop.customers import photos, profile
from shop.orders import checkout
from shop.search.criteria import Criteria
from tests.actions import analyses
from tests.support.desk.conftest import World


async def test_in_both_languages(world: World, products: list[str]) -> None:
    ident = world.customer("this is broken, what a disappointment", language="zh")
    shown, bought, kept = catalogue.get_many(
        [each.id for each in catalogue.get_many(products) if each.in_stock()][:3]
    )
    messages.add(ident, [Draft("bot", {"text": "look", "cards": [{"id": shown.id, "title": "A"}]})])
    photo = photos.put(ident, b"jpeg", 10, 10)
    prediction = analyses.prediction_of(
        {"coat": 0.9}, {"Black": 0.8}, caption={"en": "a black coat", "zh": "黑色大衣"}
    )
    photos.PhotoStore().save_analysis(photo, analyses.flat(prediction))
    cart.add(ident, bought.id, bought.sizes_in_stock()[0] if bought.sizes_in_stock() else None)
    order = checkout.place(checkout.link(ident).split("cart=")[1], "ann@example.com")
    cart.add(ident, kept.id, kept.sizes_in_stock()[0] if kept.sizes_in_stock() else None, 2)
    profile.learn(ident, Criteria(sizes="M", brands="Veyra"))
    customer_side.request(ident, channel="web", reason="asked", language="zh", group="service")
    for language, saw, fact in (
        ("en", "a black coat", {"name": "Product", "value": "coat 90%, black 80%"}),
        ("zh", "黑色大衣", {"name": "商品", "value": "大衣 90%、黑色 80%"}),
    ):
        async with world.page("anna", language=language) as anna:
            seen = await anna.get(f"conversations/{ident}")
        packet = seen["packet"]
        assert seen["handoff"]["mood"] == packet["mood"] == "unhappy"
        assert packet["summary"].startswith("Asked for a person." if language == "en" else "要求人工服务。")
        assert [(each["id"], each["saw"], each["facts"]) for each in packet["photos"]] == [
            (photo, saw, [fact])
        ]
        assert [(each["id"], each["title"]) for each in packet["products"]] == [
            (shown.id, shown.title(language))
        ]
        (line,) = packet["cart"]["lines"]
        assert (line["id"], line["title"], line["quantity"]) == (kept.id, kept.title(language), 2)
        assert packet["cart"]["total"] == cart.view(ident).total_text(language)
        assert packet["order"]["id"] == order.id and packet["order"]["lines"][0]["id"] == bought.id
        assert "Veyra" in packet["profile"][0]["value"]


@pytest.mark.parametrize(
    "packet",
    [{}, {"photos": None, "cart": [], "orders": {}, "mood": 3}, {"incomplete": True, "summary": None}],
)
def test_a_packet_that_could_not_be_made(packet: dict[str, object]) -> None:
    assert context_view.shown(packet, "en") == {
        "summary": None, "mood": None, "photos": [], "products": [], "cart": None, "order": None, "profile": [],
    }  # fmt: skip
