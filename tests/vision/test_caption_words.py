"""Words of titles and captions: one spelling, what they claim, and the captions that are learnt from titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from vision import taxonomy
from vision.inference.caption import Facts, facts, lexicon, tokens
from vision.inference.caption.composed import render
from vision.training import titles
from vision.training.caption import targets
from vision.training.datasets import Example


def product(title: str, label: str, colour: str, gender: str, brand: str = "") -> Example:
    kinds = taxonomy.load().kinds_of_label("products", label)
    genders = (gender,) if gender else ()
    return Example(Path("x.jpg"), "products", label, kinds, colour, genders, title, "train", brand)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Wrangler Men's Navy Stripes Polo Tshirt", "wrangler men's navy blue striped polo t-shirt"),
        ("W Women Printed Kurtas", "w women's printed kurta"),
        ("Puma Men Sports Shoe", "puma men's sports shoes"),
        ("Basics Men Red Slim Fit Checked Shirts", "basics men's red slim fit checked shirt"),
        ("ADIDAS Kids Boy’s Hoody", "adidas kids' boys' hooded"),
    ],
)
def test_titles_and_captions_meet_in_one_spelling(title: str, said: str) -> None:
    assert " ".join(titles.words(title)) == said
    assert titles.words(said) == said.split()  # a caption in plain words stays as it is


@pytest.mark.parametrize(
    ("caption", "claimed"),
    [
        (
            "women's navy blue striped cotton top",
            Facts(("top",), "Navy Blue", "women", "", ("striped", "cotton")),
        ),
        ("Nike men's black polo T-shirt", Facts(("polo",), "Black", "men", "Nike")),
        ("unisex off white flip-flops", Facts(("flip_flops",), "Off White", "unisex")),
        ("kids' red T-shirt", Facts(("t_shirt",), "Red")),
        ("women's multicoloured printed scarf", Facts(("scarf",), "Multi", "women", "", ("printed",))),
        ("something else", Facts()),
        ("", Facts()),
    ],
)
def test_facts_of_a_caption(caption: str, claimed: Facts) -> None:
    assert facts(caption, ["Nike"]) == claimed
    assert facts(caption.split(), ["Nike"]) == claimed


def test_a_brand_is_no_other_claim() -> None:
    """Brands hold words of ours: "Classic Polo" is no polo shirt, "Red Tape" not red."""
    assert facts("Classic Polo men's grey shirt", ["Polo", "Classic Polo"]) == Facts(
        ("shirt",), "Grey", "men", "Classic Polo"
    )
    assert facts("Red Tape men's black formal shoes", ["Red Tape"]).colour == "Black"
    assert facts("men's watch", ["W"]).brand == ""


def test_every_word_has_its_chinese_and_claims_what_the_taxonomy_knows() -> None:
    world, words = taxonomy.load(), lexicon.load()
    for word in words.values():
        assert word.zh and word.token == word.token.lower() and " " not in word.token
        if word.head == "kinds":
            assert word.names and set(word.names) <= set(word.covers) <= set(world.kinds)
        if word.token != lexicon.BRAND:
            assert facts(word.token.replace("_", " ")).attributes == (
                (word.token,) if word.sort == "attribute" else ()
            )
    for kind in world.kinds.values():  # every kind and colour of the taxonomy can be said
        assert words[lexicon.token(kind.names["en"])].names == (kind.id,)
    assert all(words[lexicon.token(colour)].names == (colour,) for colour in world.colours)


@pytest.mark.parametrize(
    ("example", "english", "chinese"),
    [
        (
            product("Arrow Men Stripes Navy Blue Tshirts", "Tshirts", "Navy Blue", "men", "Arrow"),
            "Arrow men's striped navy blue T-shirt",
            "Arrow 男士藏青色条纹T恤",
        ),
        (  # the noun comes last, the record's colour is said, a repeated word once
            product("Enroute Women Casual Shoes Casual Teal", "Casual Shoes", "Blue", "women", "Enroute"),
            "Enroute women's blue casual shoes",
            "Enroute 女士蓝色休闲鞋",
        ),
        (  # a style's name is not said, a polo shirt is one, a missing colour is filled in
            product("Nike Men Rafa Crown Polo Tshirts", "Tshirts", "White", "men", "Nike"),
            "Nike men's white polo T-shirt",
            "Nike 男士白色Polo衫",
        ),
        (  # the record says men; the title knows better
            product("Ant Kids Keep Up Navy Blue Tshirts", "Tshirts", "Navy Blue", "men", "Ant"),
            "Ant kids' navy blue T-shirt",
            "Ant 儿童藏青色T恤",
        ),
        (
            product("Titan Women White Dial Watch", "Watches", "White", "women", "Titan"),
            "Titan women's white dial watch",
            "Titan 女士白色表盘手表",
        ),
    ],
)
def test_captions_to_learn(example: Example, english: str, chinese: str) -> None:
    kind = example.kinds[0]
    said = targets.english(example, kind, "Black", brand=True)
    assert render(said, "en", example.brand) == english
    assert render(said, "zh", example.brand) == chinese
    assert targets.english(example, kind, "Black", brand=False) == said[1:]
    assert len(said) <= tokens.LONGEST and lexicon.load()[said[-1]].sort == "kind"


def test_long_titles_keep_colour_and_noun() -> None:
    title = "Nike Men Solid Striped Checked Printed Graphic Floral Leather Denim Cotton Canvas Red Shirts"
    said = targets.english(product(title, "Shirts", "Red", "men", "Nike"), "shirt", "Red", brand=True)
    assert len(said) == tokens.LONGEST and said[-2:] == ["red", "shirt"]


def test_a_picture_without_title_is_named_by_kind_and_colour() -> None:
    photo = Example(
        Path("x.jpg"), "photos", "Pants", ("trousers", "jeans"), "", ("men", "women"), "", "train"
    )
    assert targets.english(photo, "jeans", "Blue", brand=True) == ["blue", "jeans"]
    assert targets.english(photo, "jeans", "", brand=True) == ["jeans"]


def test_vocabulary_has_both_languages_and_no_rare_word() -> None:
    many = [["<brand>", "men's", "striped", "red", "shirt"]] * 20 + [["embroidered", "mauve", "kurta"]]
    vocabulary = targets.vocabulary(many)
    assert tuple(vocabulary[:2]) == tokens.STARTS
    assert {"<brand>", "shirt", "zh:shirt", "zh:striped"} <= set(vocabulary)
    assert not {"embroidered", "mauve", "zh:<brand>"} & set(vocabulary)
