"""A photo in the dialogue: bad ones, unsure ones, people, several products; against a real shop."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rasa_sdk.executor import CollectingDispatcher

from actions.common.action import ShopAction
from actions.common.clarification import Clarify
from actions.photos.photo import DescribePhoto, Photo
from actions.products.product import AskProduct, Details
from actions.search.search import Refine, Search, ShowMore
from actions.search.suggestions import Similar
from actions.service.small_talk import Affirm, Deny
from shop.catalogue import products as catalogue
from shop.customers.photos import PhotoStore
from tests import photos
from tests.actions.analyses import NAVY_COAT, OUTFIT, SHIRT_OR_LONG, dressed, flat, prediction_of
from tests.shop.conftest import filled, installation  # noqa: F401
from vision.predictions import PROBLEMS, PhotoAnalysis
from vision.taxonomy import load as load_taxonomy

ACTIONS: dict[str, type[ShopAction]] = {
    "send_photo": Photo,
    "describe_photo": DescribePhoto,
    "ask_product": AskProduct,
    "search_product": Search,
    "refine_search": Refine,
    "show_more": ShowMore,
    "nlu_fallback": Clarify,
    "deny": Deny,
    "affirm": Affirm,
    "find_similar": Similar,
    "show_details": Details,
}
RED_DRESS = prediction_of({"dress": 0.9}, {"Red": 0.8})


class Chat:
    """A conversation without a server: each message runs its intent's action on the slots left by the last."""

    def __init__(self, tracker_of: Any, language: str = "en") -> None:
        self._tracker_of = tracker_of
        self.slots: dict[str, Any] = {"language": language}
        self.messages: list[dict[str, Any]] = []

    async def photo(
        self, analysis: PhotoAnalysis, text: str = "", intent: str = "send_photo", **entities: Any
    ) -> None:
        """Send a photo on which this is seen."""
        id = PhotoStore().put("customer", b"", 200, 200)
        PhotoStore().save_analysis(id, analysis)
        await self.say(text, intent, metadata={"photo": id}, **entities)

    async def say(self, text: str, intent: str, metadata: Any = None, **entities: Any) -> None:
        found = [
            {"entity": name, "value": value}
            for name, values in entities.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        tracker = self._tracker_of(text, intent, entities=found, slots=dict(self.slots), metadata=metadata)
        dispatcher = CollectingDispatcher()
        events = await ACTIONS[intent]().run(dispatcher, tracker, {})
        self.slots |= {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        self.messages = dispatcher.messages

    async def press(self, title: str) -> None:
        """Press the button of that title."""
        button = next(each for each in self.buttons() if each["title"] == title)
        intent, _, rest = button["payload"].removeprefix("/").partition("{")
        entities = json.loads("{" + rest) if rest else {}
        await self.say(button["payload"], intent, **entities)

    def text(self) -> str:
        return "\n".join(message["text"] for message in self.messages if message["text"])

    def buttons(self) -> list[dict[str, str]]:
        return [button for message in self.messages for button in message["buttons"]]

    def titles(self) -> list[str]:
        return [button["title"] for button in self.buttons()]

    def rows(self) -> list[list[Any]]:
        """The products of each bubble that has cards."""
        rows = [(message.get("custom") or {}).get("cards", []) for message in self.messages]
        return [[catalogue.get(card["id"]) for card in row] for row in rows if row]

    def cards(self) -> list[dict[str, Any]]:
        return [card for message in self.messages for card in (message.get("custom") or {}).get("cards", [])]

    def kinds(self) -> set[str]:
        return {product.category for row in self.rows() for product in row}


@pytest.fixture(scope="session")
def eyes():
    """The real eyes; loaded before anything else, as the action server does it in the background."""
    from actions.photos import shared_eyes

    return shared_eyes.load()


@pytest.fixture
def chat(eyes, filled, tracker_of) -> Chat:  # noqa: F811
    return Chat(tracker_of)


@pytest.fixture
def chinese(eyes, filled, tracker_of) -> Chat:  # noqa: F811
    return Chat(tracker_of, "zh")


def bad(problem: str) -> PhotoAnalysis:
    return PhotoAnalysis(problem, ())


# What cannot be recognised


@pytest.mark.parametrize("problem", PROBLEMS)
async def test_a_bad_photo_is_explained_with_ways_on(chat, chinese, problem):
    for each in (chat, chinese):
        await each.photo(bad(problem))
        assert not each.cards() and len(each.buttons()) >= 3
    assert any(words in chat.text() for words in ("Could you", "works best"))
    assert any(words in chinese.text() for words in ("可以", "效果最好"))


async def test_every_problem_has_its_own_words(chat):
    texts = set()
    for problem in PROBLEMS:
        await chat.photo(bad(problem))
        texts.add(chat.text())
    assert len(texts) == len(PROBLEMS)


async def test_the_ways_on_lead_somewhere(chat):
    for title, expected in (
        ("Take another photo", "daylight"),
        ("Describe it in words", "?"),
    ):
        await chat.photo(bad("too_dark"))
        await chat.press(title)
        assert expected in chat.text()
    assert chat.buttons()


async def test_no_product_may_be_one_all_the_same(chat, eyes, jpeg):
    id = PhotoStore().put("customer", jpeg, 256, 256)
    PhotoStore().save_analysis(id, bad("no_product"))
    await chat.say("", "send_photo", metadata={"photo": id})
    await chat.press("It is a product: look anyway")
    assert chat.cards() or chat.slots["pending"]["needs"] == "kind"
    # From now on the photo counts: a refinement goes on with it.
    await chat.say("in red", "refine_search", colour="Red")
    assert chat.cards() and {product.colour for row in chat.rows() for product in row} <= {
        "Red",
        "Maroon",
    }


async def test_words_sent_with_a_bad_photo_are_gone_by(chat):
    await chat.photo(
        bad("too_blurred"), "a red dress like this", "search_product", category="dress", colour="Red"
    )
    assert "blurred" in chat.text() and chat.kinds() == {"dress"}


async def test_a_wish_said_with_a_bad_photo_holds_for_the_better_one(chat):
    await chat.photo(bad("too_dark"), "this in black please", "refine_search", colour="Black")
    await chat.photo(flat(RED_DRESS))
    assert {product.colour for row in chat.rows() for product in row} == {"Black"}


# Unsure between two kinds


async def test_the_question_and_its_button(chat):
    await chat.photo(flat(SHIRT_OR_LONG))
    assert (
        "a shirt or a long-sleeve top" not in chat.text()
    )  # this shop sells no long-sleeve tops: no question
    assert chat.cards()


async def test_unsure_between_two_it_asks(chat):
    await chat.photo(
        flat(prediction_of({"shirt": 0.45, "dress": 0.35, "t_shirt": 0.12}, {"Navy__Blue": 0.7}))
    )
    assert "a shirt or a dress?" in chat.text() and not chat.cards()
    assert chat.titles() == ["Shirt", "Dress", "Neither"]
    await chat.press("Dress")
    assert chat.kinds() == {"dress"}
    assert "shirt" not in chat.text()


async def test_the_answer_in_words_with_a_wish(chinese):
    await chinese.photo(flat(prediction_of({"shirt": 0.45, "dress": 0.35}, {"Navy__Blue": 0.7})))
    assert chinese.titles() == ["衬衫", "连衣裙", "都不是"]
    await chinese.say("是衬衫，要黑色", "search_product", category="shirt", colour="Black")
    assert chinese.kinds() == {"shirt"}
    assert {product.colour for row in chinese.rows() for product in row} == {"Black"}


async def test_neither_offers_the_rest_and_a_way_out(chat):
    await chat.photo(
        flat(prediction_of({"shirt": 0.4, "dress": 0.3, "t_shirt": 0.1, "cap": 0.1}, {"Red": 0.7}))
    )
    await chat.say("neither", "deny")
    assert chat.titles() == ["T-shirt", "Cap", "Just show what's close"]
    await chat.press("Just show what's close")
    assert chat.cards() and not chat.kinds() & {"shirt", "dress"}


async def test_a_wish_instead_of_an_answer_goes_on_without_asking_again(chat):
    await chat.photo(flat(prediction_of({"shirt": 0.45, "dress": 0.35}, {"Navy__Blue": 0.7})))
    await chat.say("in red", "refine_search", colour="Red")
    assert chat.kinds() & {"shirt", "dress"}
    assert {product.colour for row in chat.rows() for product in row} <= {"Red", "Maroon"}


@pytest.mark.parametrize(
    "kinds",
    [{"jeans": 0.4, "trousers": 0.4}, {"dress": 0.9}, {"shirt": 0.5, "saree": 0.4}],
)
async def test_nobody_is_bothered_where_it_makes_no_difference(chat, kinds):
    await chat.photo(flat(prediction_of(kinds, {"Blue": 0.8})))
    assert chat.cards() and "?" not in chat.text()


async def test_words_that_name_the_kind_need_no_question(chat):
    seen = flat(prediction_of({"shirt": 0.45, "dress": 0.35}, {"Red": 0.7}))
    await chat.photo(seen, "this dress in blue", "search_product", category="dress", colour="Blue")
    assert chat.kinds() == {"dress"}


# A person


async def test_a_person_is_a_row_for_each_part(chat):
    await chat.photo(OUTFIT)
    assert "a navy blue coat, blue jeans and white sports shoes" in chat.text()
    coats, trousers, shoes = chat.rows()
    taxonomy = load_taxonomy()
    assert {each.category for each in coats} <= set(taxonomy.expand("outerwear")) | set(
        taxonomy.expand("tops")
    )
    assert {each.category for each in trousers} <= set(taxonomy.expand("bottoms"))
    assert {each.category for each in shoes} <= set(taxonomy.expand("shoes"))
    assert coats[0].category == "coat" and trousers[0].category == "jeans"
    assert chat.titles() == ["Just the coat", "Just the jeans", "Just the sports shoes"]


@pytest.mark.parametrize(
    ("text", "category", "kinds"),
    [
        ("the shoes", "shoes", "shoes"),
        ("show me the trousers", "trousers", "bottoms"),
        ("the coat", "coat", "coat"),
    ],
)
async def test_a_part_named_later(chat, text, category, kinds):
    await chat.photo(OUTFIT)
    await chat.say(text, "search_product", category=category)
    assert chat.kinds() <= set(load_taxonomy().expand(kinds))
    assert "on your photo" in chat.text()
    # From there to another part, with a wish.
    await chat.say("now the jeans in black", "search_product", category="jeans", colour="Black")
    assert chat.kinds() <= set(load_taxonomy().expand("pants"))
    assert {product.colour for row in chat.rows() for product in row} == {"Black"}


async def test_a_part_by_its_button_then_cheaper_then_more(chinese):
    await chinese.photo(OUTFIT)
    await chinese.press("只看运动鞋")
    first = chinese.rows()[0]
    assert {each.category for each in first} <= set(load_taxonomy().expand("shoes"))
    await chinese.say("便宜一点", "refine_search")
    assert max(each.price for each in chinese.rows()[0]) < max(each.price for each in first)
    assert chinese.kinds() <= set(load_taxonomy().expand("shoes"))


async def test_wishes_hold_for_every_part(chat):
    await chat.photo(OUTFIT, "in black", "refine_search", colour="Black")
    before = chat.rows()
    assert len(before) == 3
    assert {product.colour for row in before for product in row} == {"Black"}
    await chat.say("cheaper", "refine_search")
    assert {product.colour for row in chat.rows() for product in row} == {"Black"}
    for row, old in zip(chat.rows(), before, strict=True):
        assert row[0].price <= old[0].price


async def test_more_of_every_part_is_new(chat):
    await chat.photo(OUTFIT)
    before = {each.id for row in chat.rows() for each in row}
    await chat.say("more", "show_more")
    assert chat.rows() and not before & {each.id for row in chat.rows() for each in row}


async def test_something_nobody_wears_on_the_photo_is_searched_by_words(chat):
    await chat.photo(OUTFIT, "I want this handbag", "search_product", category="handbag")
    assert "handbag" in chat.text() and chat.kinds() == {"handbag"}


async def test_one_part_only_is_searched_at_once(chat):
    await chat.photo(dressed(upper=NAVY_COAT))
    assert len(chat.rows()) == 1 and chat.rows()[0][0].category == "coat"


async def test_questions_about_a_person(chat):
    await chat.photo(OUTFIT)
    await chat.say("what colour are the shoes", "ask_product", category="shoes", attribute="colour")
    assert "white" in chat.text() and "blue" not in chat.text()


# Several products, descriptions, refinements


async def test_several_products_are_said_to_be_so(chat, chinese):
    for each, words in ((chat, "more than one product"), (chinese, "不止一件")):
        await each.photo(flat(RED_DRESS, multiple_products=True))
        assert words in each.text() and each.rows()[0][0].category == "dress"


async def test_a_question_about_the_photo_after_its_results(chat):
    await chat.photo(flat(RED_DRESS))
    await chat.say("what brand is it", "ask_product")
    assert "can't tell the brand" in chat.text()
    await chat.say("how much is the first one", "ask_product", ordinal=1, attribute="price")
    assert "$" in chat.text()


async def test_a_question_sent_with_the_photo(chat):
    await chat.photo(flat(RED_DRESS), "what colour is it", "ask_product", attribute="colour")
    assert "red" in chat.text() and not chat.cards()
    await chat.press("Find this")
    assert chat.rows()[0][0].category == "dress"


async def test_but_in_red_under_fifty_not_striped(chat):
    await chat.photo(flat(prediction_of({"t_shirt": 0.9}, {"Blue": 0.9})))
    await chat.say("but in red, under 90", "refine_search", colour="Red", price_max=90)
    products = [product for row in chat.rows() for product in row]
    assert products and all(each.price <= 90 and each.colour in ("Red", "Maroon") for each in products)
    reasons = [card["reason"] for card in chat.cards()]
    assert all(reason.startswith("in ") and "within your budget" in reason for reason in reasons)


async def test_a_kind_that_the_shop_has_not(chat):
    await chat.photo(flat(prediction_of({"watch": 0.9}, {"Black": 0.9})))
    assert "watch" in chat.text() and "don't sell" in chat.text() and chat.cards()


@pytest.mark.parametrize(
    "analysis",
    [
        flat(prediction_of({})),
        dressed(upper=prediction_of({}), lower=prediction_of({})),
        PhotoAnalysis("", ()),
    ],
)
async def test_empty_heads_say_less_and_break_nothing(chat, analysis):
    for text, intent in (
        ("", "send_photo"),
        ("what is it", "describe_photo"),
        ("what colour is it", "ask_product"),
    ):
        await chat.photo(analysis, text, intent)
        assert chat.text() and "went wrong" not in chat.text()


# With the real eyes


@pytest.fixture
def jpeg() -> bytes:
    return encoded(photos.pixels("dress"))


def encoded(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


async def test_what_the_eyes_see_is_kept_beside_the_photo(chat, eyes, jpeg):
    id = PhotoStore().put("customer", jpeg, 256, 256)
    await chat.say("", "send_photo", metadata={"photo": id})
    kept = PhotoStore().load_analysis(id, "customer")
    assert kept is not None and kept.detections[0].prediction.kinds[0].name == "dress"
    assert "dress" in chat.text()


async def test_a_look_for_each_part_of_real_pictures(chat, eyes):
    seen = {
        part: eyes.predict(photos.pixels(kind))
        for part, kind in (("upper", "jacket"), ("lower", "jeans"), ("feet", "sports_shoes"))
    }
    await chat.photo(dressed(**seen))
    _, lower, feet = chat.rows()
    assert {each.category for each in lower} <= set(load_taxonomy().expand("bottoms"))
    assert {each.category for each in feet} <= set(load_taxonomy().expand("shoes"))
    assert [title.removeprefix("Just the ") for title in chat.titles()] == [
        text.removeprefix("The ").rstrip(":") for text in chat.text().splitlines()[1:]
    ]


async def test_find_this_is_the_photo_and_not_what_was_shown_before(chat):
    await chat.photo(
        flat(prediction_of({"handbag": 0.9}, {"Black": 0.9})), "in red", "refine_search", colour="Red"
    )
    await chat.say("1", "nlu_fallback")
    await chat.photo(flat(RED_DRESS), "what is this called", "describe_photo")
    await chat.say("yes", "affirm")
    assert chat.rows()[0][0].category == "dress"


async def test_a_wish_for_one_photo_is_not_held_against_the_next(chat):
    unsure = flat(prediction_of({"shirt": 0.45, "dress": 0.35}, {"Red": 0.7}))
    await chat.photo(unsure, "this in black", "refine_search", colour="Black")
    await chat.photo(flat(RED_DRESS))
    assert chat.rows()[0][0].colour == "Red"


async def test_one_part_of_a_person_is_described(chat):
    await chat.photo(OUTFIT, "what kind of shoes are these", "describe_photo", category="shoes")
    assert "white sports shoes" in chat.text() and "coat" not in chat.text()


async def test_the_material_is_asked_of_the_products(chat):
    await chat.photo(flat(RED_DRESS))
    await chat.say("what material is it", "ask_product", attribute="material")
    assert len(chat.buttons()) >= 3 and "photo" not in chat.text()
