"""How an open question is answered."""

from __future__ import annotations

import pytest

from actions import pending

SIZE = {"needs": "size", "intent": "add_to_cart", "entities": {"product_id": "p1"}, "of": ["S", "M", "42"]}
WHICH = {"needs": "product", "intent": "ask_product", "entities": {"attribute": "price"}, "of": ["p7", "p8"]}
CONFIRM = {"needs": "yes", "intent": "delete_my_data", "entities": {"topic": "all"}, "of": []}
SHOWN = {"ids": ["p1", "p2", "p3"]}


def resolve(turn_of, text, intent, question=None, entities=(), **slots):
    turn = turn_of(
        text, intent, entities=list(entities), slots={"language": "en", "pending": question, **slots}
    )
    return pending.resolve(turn)


def test_a_size_named(turn_of):
    found = resolve(turn_of, "in M please", "ask_size", SIZE, [{"entity": "size", "value": "M"}])
    assert found == pending.Resumed("add_to_cart", {"product_id": "p1", "size": "M"})


@pytest.mark.parametrize("text", ["42", "m", " M码 "])
def test_a_size_that_the_extractor_did_not_see(turn_of, text):
    found = resolve(turn_of, text, "nlu_fallback", SIZE)
    assert found.entities["size"].casefold() == text.strip(" 码").casefold()


def test_a_size_with_another_kind_is_a_new_wish(turn_of):
    entities = [{"entity": "size", "value": "M"}, {"entity": "category", "value": "dress"}]
    assert resolve(turn_of, "size M dresses", "search_product", SIZE, entities) is None


def test_a_clear_other_intent_is_no_answer(turn_of):
    assert (
        resolve(
            turn_of, "do you ship size M to Canada", "ask_delivery", SIZE, [{"entity": "size", "value": "M"}]
        )
        is None
    )


@pytest.mark.parametrize(
    ("text", "entities", "product"),
    [
        ("2", [], "p8"),
        ("the first", [{"entity": "ordinal", "value": 1}], "p7"),
        ("the last", [{"entity": "ordinal", "value": "last"}], "p8"),
    ],
)
def test_which_product(turn_of, text, entities, product):
    found = resolve(turn_of, text, "nlu_fallback", WHICH, entities)
    assert found == pending.Resumed("ask_product", {"attribute": "price", "product_id": product})


def test_which_product_by_its_button(turn_of):
    entities = [{"entity": "product_id", "value": "p8"}]
    found = resolve(turn_of, '/choose_product{"product_id": "p8"}', "choose_product", WHICH, entities)
    assert found.entities["product_id"] == "p8"


def test_yes(turn_of):
    assert resolve(turn_of, "yes", "affirm", CONFIRM) == pending.Resumed("delete_my_data", {"topic": "all"})


def test_anything_but_yes_deletes_nothing(turn_of):
    for intent in ("deny", "nlu_fallback", "greet", "search_product"):
        assert resolve(turn_of, "hm", intent, CONFIRM) is None


def test_a_bare_number_is_a_look_at_what_is_shown(turn_of):
    found = resolve(turn_of, "2", "out_of_scope", shown=SHOWN)
    assert found == pending.Resumed("show_details", {"product_id": "p2"})
    assert resolve(turn_of, "7", "out_of_scope", shown=SHOWN) is None


def test_buttons_are_never_taken_for_words(turn_of):
    assert (
        resolve(
            turn_of,
            '/show_details{"product_id": "p2"}',
            "show_details",
            SIZE,
            [{"entity": "size", "value": "M"}],
        )
        is None
    )
