"""How an open question is answered."""

from __future__ import annotations

import pytest

from actions.common import open_question

SIZE = {"needs": "size", "intent": "add_to_cart", "entities": {"product_id": "p1"}, "of": ["S", "M", "42"]}
WHICH = {"needs": "product", "intent": "ask_product", "entities": {"attribute": "price"}, "of": ["p7", "p8"]}
CONFIRM = {"needs": "yes", "intent": "delete_my_data", "entities": {"topic": "all"}, "of": []}
SHOWN = {"ids": ["p1", "p2", "p3"]}


def resolve(turn_of, text, intent, question=None, entities=(), **slots):
    turn = turn_of(
        text, intent, entities=list(entities), slots={"language": "en", "pending": question, **slots}
    )
    return open_question.resolve(turn)


def test_a_size_named(turn_of):
    found = resolve(turn_of, "in M please", "ask_size", SIZE, [{"entity": "size", "value": "M"}])
    assert found == open_question.Resumed("add_to_cart", {"product_id": "p1", "size": "M"})


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
    assert found == open_question.Resumed("ask_product", {"attribute": "price", "product_id": product})


def test_which_product_by_its_button(turn_of):
    entities = [{"entity": "product_id", "value": "p8"}]
    found = resolve(turn_of, '/choose_product{"product_id": "p8"}', "choose_product", WHICH, entities)
    assert found.entities["product_id"] == "p8"


def test_yes(turn_of):
    assert resolve(turn_of, "yes", "affirm", CONFIRM) == open_question.Resumed(
        "delete_my_data", {"topic": "all"}
    )


def test_anything_but_yes_deletes_nothing(turn_of):
    for intent in ("deny", "nlu_fallback", "greet", "search_product"):
        assert resolve(turn_of, "hm", intent, CONFIRM) is None


def test_a_bare_number_is_a_look_at_what_is_shown(turn_of):
    found = resolve(turn_of, "2", "out_of_scope", shown=SHOWN)
    assert found == open_question.Resumed("show_details", {"product_id": "p2"})
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


KIND = {
    "needs": "kind",
    "intent": "send_photo",
    "entities": {},
    "of": ["shirt", "long_sleeve", "dress", "sweater"],
}


@pytest.mark.parametrize(
    ("text", "intent", "categories", "entities"),
    [
        ("a shirt", "search_product", ["shirt"], {}),
        ("it's a shirt", "nlu_fallback", ["shirt"], {}),
        ("I think it is more of a jacket, really", "nlu_fallback", ["jacket"], {}),
        ("the second one", "refine_search", [], {"category": "long_sleeve"}),
        ("1", "nlu_fallback", [], {"category": "shirt"}),
        ("neither", "deny", [], {"topic": "neither"}),
        ("都不是", "deny", [], {"topic": "neither"}),
        ("I don't know", "deny", [], {"topic": "either"}),
        ("不知道", "deny", [], {"topic": "either"}),
        ("both", "affirm", [], {"topic": "either"}),
    ],
)
def test_what_is_on_the_photo(turn_of, text, intent, categories, entities):
    named = [{"entity": "category", "value": kind} for kind in categories]
    if text == "the second one":
        named.append({"entity": "ordinal", "value": 2})
    assert resolve(turn_of, text, intent, KIND, named) == open_question.Resumed("send_photo", entities)


def test_a_wish_leaves_the_kind_open(turn_of):
    red = [{"entity": "colour", "value": "Red"}]
    found = resolve(turn_of, "in red please", "refine_search", KIND, red)
    assert found == open_question.Resumed("send_photo", {"topic": "either"})


def test_twice_neither_is_not_asked_a_third_time(turn_of):
    question = {**KIND, "entities": {"again": True}}
    assert resolve(turn_of, "no", "deny", question).entities == {"topic": "either"}


def test_another_search_is_no_answer_about_the_photo(turn_of):
    bag = [{"entity": "category", "value": "handbag"}]
    assert resolve(turn_of, "show me some handbags instead", "search_product", KIND, bag) is None
    assert resolve(turn_of, "where is my order", "order_status", KIND) is None


@pytest.mark.parametrize(
    "text",
    ["it is a dress", "look anyway", "it's a product, search anyway", "就是商品，照样找", "还是找找看"],
)
def test_the_customer_insists_on_the_photo(turn_of, text):
    question = {"needs": "insistence", "intent": "send_photo", "entities": {"topic": "anyway"}, "of": []}
    found = resolve(turn_of, text, "nlu_fallback", question)
    assert found == open_question.Resumed("send_photo", {"topic": "anyway"})


@pytest.mark.parametrize("text", ["a red dress", "what do you sell", "红色连衣裙"])
def test_other_words_after_a_bad_photo_are_no_insistence(turn_of, text):
    question = {"needs": "insistence", "intent": "send_photo", "entities": {"topic": "anyway"}, "of": []}
    assert resolve(turn_of, text, "search_product", question) is None


def test_the_eyes_are_corrected(turn_of):
    coat = [{"entity": "category", "value": "coat"}]
    shown = {"shown": {"ids": ["p1"], "mode": "photo"}}
    for text in ("it's a coat", "no, that is a coat", "这是大衣"):
        assert resolve(turn_of, text, "nlu_fallback", None, coat, **shown) == open_question.Resumed(
            "refine_search"
        )
    assert resolve(turn_of, "black coats", "search_product", None, coat, **shown) is None
    assert resolve(turn_of, "it's a coat", "nlu_fallback", None, coat, shown=SHOWN) is None
