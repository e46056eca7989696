"""Cards say what the record says, in the customer's language."""

from __future__ import annotations

import json

import pytest

from actions.replies.cards import card, choose_button, payload, size_buttons


@pytest.mark.parametrize(
    ("language", "title", "price"),
    [("en", "Veyra Red Dress", "$59.90"), ("zh", "Veyra 红色连衣裙", "59.90美元")],
)
def test_card(dress, language, title, price):
    made = card(dress, language, reasons=["under_budget"])
    assert made["id"] == "p1"
    assert made["title"] == title
    assert made["price"] == price
    assert made["picture"] == "/pictures/p1.webp"
    assert made["url"] == "/shop/p1"
    assert made["reason"]
    assert [button["payload"].split("{")[0] for button in made["buttons"]] == [
        "/show_details", "/find_similar", "/add_to_cart", "/add_to_wishlist",
    ]  # fmt: skip


def test_payload_is_json():
    made = payload("add_to_cart", product_id="p1", size='10"')
    assert json.loads(made.removeprefix("/add_to_cart")) == {"product_id": "p1", "size": '10"'}
    assert payload("help") == "/help"


def test_sizes_in_stock_only(dress):
    assert [button["title"] for button in size_buttons(dress)] == ["M", "L"]


def test_long_titles_are_cut_on_buttons(dress):
    long = type(dress)(**{**vars(dress), "titles": {"en": "A very long title " * 10}})
    assert len(choose_button(long, 1, "en")["title"]) <= 44
