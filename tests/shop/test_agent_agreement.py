"""The agent's form as slots."""

from __future__ import annotations

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.replies.owner_texts import DATA
from actions.search.search import Search
from actions.search.suggestions import Recommend, Similar
from shop.catalogue import products
from shop.catalogue.product import ONE_SIZE
from shop.customers.agent_agreement import FIELDS, check, slots
from shop.errors import BadRequest

FORM = {"size": "m", "colour": "红色", "budget": "$50", "order": "#a1029", "note": " wants it before Friday "}


def test_the_form_is_made_canonical():
    assert check(FORM) == {
        "size": "M",
        "colour": "Red",
        "budget": 50.0,
        "order": "A1029",
        "note": "wants it before Friday",
    }
    assert set(FORM) == set(FIELDS)
    assert check({"size": "42", "colour": "navy blue", "budget": 49.9, "order": 1029}) == {
        "size": "42",
        "colour": "Navy Blue",
        "budget": 49.9,
        "order": "A1029",
    }
    assert check({"colour": "藏青"}) == {"colour": "Navy Blue"}
    assert check({"size": "", "colour": None, "note": "  "}) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("colour", "the one from the window"),
        ("budget", "cheap"),
        ("budget", -5),
        ("budget", 0),
        ("budget", float("nan")),
        ("budget", True),
        ("size", "x" * 40),
        ("order", "the last one"),
        ("order", ["A1029"]),
        ("pending", {"needs": "yes"}),
    ],
)
def test_what_cannot_be_meant_is_told(field, value):
    with pytest.raises(BadRequest) as told:
        check({field: value})
    assert told.value.facts["field"] == field


def test_slots_of_a_conversation_that_had_none():
    assert slots(FORM) == {
        "criteria": {"sizes": ["M"], "colours": ["Red"], "price_max": 50.0},
        "agreed": {"sizes": ["M"], "colours": ["Red"], "price_max": 50.0},
        "usual_size": "M",
        "order_id": "A1029",
        "email": None,
        "agent_note": "wants it before Friday",
        "pending": None,
        "requested_slot": None,
        "misses": None,
        "failures": None,
    }


def test_what_was_agreed_before_holds_beside_it():
    before = {
        "criteria": {"categories": ["dress"], "colours": ["Blue"], "not_colours": ["Red"], "price_min": 60},
        "shown": {"ids": ["p1"], "stepped": True},
        "order_id": "A1029",
        "email": "anna@example.com",
    }
    found = slots(FORM, before)
    assert found["criteria"] == {
        "categories": ["dress"],
        "colours": ["Red"],
        "sizes": ["M"],
        "price_max": 50.0,
    }
    assert found["shown"] == {"ids": ["p1"], "stepped": False}
    assert found["order_id"] == "A1029" and "email" not in found  # proved for this very order


def test_a_size_that_the_search_in_hand_cannot_have_waits_for_the_next():
    found = slots({"size": "M"}, {"criteria": {"categories": ["sports_shoes"], "sizes": ["42"]}})
    assert found["criteria"] == {"categories": ["sports_shoes"], "sizes": ["42"]}
    assert found["agreed"] == {"sizes": ["M"]}


def test_an_open_question_does_not_outlive_the_person():
    assert slots({}, {"pending": {"needs": "yes", "intent": "delete_my_data"}}) == {
        "pending": None,
        "requested_slot": None,
        "misses": None,
        "failures": None,
    }


def test_the_domain_knows_the_slots():
    domain = yaml.safe_load((DATA.parent / "domain.yml").read_text(encoding="utf-8"))
    assert set(slots(FORM, {"shown": {"stepped": True}})) <= set(domain["slots"]) | {"requested_slot"}


async def ask(action, intent, held, **entities):
    """The products that an action shows after the return, and the slots then."""
    message = {
        "text": "show me some",
        "intent": {"name": intent},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }
    tracker = Tracker("ann", {"language": "en", **held}, message, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, {})
    cards = [card for each in dispatcher.messages for card in (each["custom"] or {}).get("cards", [])]
    return [products.get(card["id"]) for card in cards], {each["name"]: each["value"] for each in events}


async def test_the_next_search_keeps_to_it(filled, one):
    """Also where it is for another kind than the search that the agent interrupted."""
    coat = one(categories="coat", colours="Red")
    form = {"size": coat.sizes_in_stock()[0], "colour": "Red", "budget": float(coat.price)}
    held = slots(form, {"criteria": {"categories": ["dress"]}, "shown": {"ids": ["t000"], "mode": "search"}})
    for action, intent, entities in (
        (Search(), "search_product", {"category": "coat"}),
        (Recommend(), "recommend", {"category": "coat"}),
        (Similar(), "find_similar", {"product_id": one(categories="coat", colours="Blue").id}),
    ):
        found, after = await ask(action, intent, held, **entities)
        assert coat.id in [product.id for product in found], intent
        assert all(product.price <= coat.price for product in found), intent
        assert all({form["size"], ONE_SIZE} & set(product.sizes_in_stock()) for product in found), intent
        assert after["criteria"]["sizes"] == [form["size"]] and after["agreed"] is None
