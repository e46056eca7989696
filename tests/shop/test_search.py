from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop import colours
from shop.catalogue import products
from shop.customers.profile import Profile
from shop.errors import UnknownProduct
from shop.search import queries
from shop.search.criteria import Criteria, expand
from tests.shop.conftest import BRANDS, COLOURS, KINDS, MATERIALS, PATTERNS


def meets(product, wish: Criteria) -> bool:
    """The wishes once more, in plain Python, to hold the query against."""
    sizes = {size.upper() for size in product.sizes_in_stock()}
    return all(
        [
            product.in_stock() > 0,
            not wish.categories or product.category in expand(wish.categories),
            product.category not in expand(wish.not_categories),
            not wish.colours or product.colour in colours.meant_by_any(wish.colours),
            not {product.colour, product.colour2} & set(colours.excluded_by_any(wish.not_colours)),
            not wish.brands or product.brand in wish.brands,
            product.brand not in wish.not_brands,
            not wish.genders or product.gender in (*wish.genders, "unisex"),
            not wish.sizes or sizes & {*(size.upper() for size in wish.sizes), "ONE SIZE"},
            not wish.patterns or product.pattern in wish.patterns,
            product.pattern not in wish.not_patterns,
            not wish.materials or product.material in wish.materials,
            product.material not in wish.not_materials,
            not wish.occasions or set(wish.occasions) & set(product.occasions),
            not wish.seasons or product.season in (*wish.seasons, "all"),
            wish.price_min is None or product.price >= wish.price_min,
            wish.price_max is None or product.price <= wish.price_max,
        ]
    )


def some(values, most=2):
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


wishes = st.builds(
    Criteria,
    categories=some([*KINDS, "shoes", "tops", "umbrella"]),
    not_categories=some(["jeans", "shoes"], 1),
    colours=some([*COLOURS, "Gold"]),
    not_colours=some(COLOURS),
    brands=some(BRANDS, 1),
    not_brands=some(BRANDS, 1),
    genders=some(["women", "men", "girls", "unisex"], 1),
    sizes=some(["S", "m", "42", "32"], 1),
    patterns=some(PATTERNS, 1),
    not_patterns=some(PATTERNS, 1),
    materials=some(MATERIALS, 1),
    not_materials=some(MATERIALS, 1),
    occasions=some(["casual", "wedding"], 1),
    seasons=some(["summer", "autumn"], 1),
    price_min=st.none() | st.integers(0, 100),
    price_max=st.none() | st.integers(0, 120),
    sort=st.none() | st.sampled_from(["cheapest", "dearest", "newest", "popular"]),
)
_quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_quick
@given(wish=wishes)
def test_every_filter_is_honoured_and_nothing_is_lost(filled, wish):
    everything = products.get_many([record["id"] for record in filled.records])
    expected = {product.id for product in everything if meets(product, wish)}
    found = queries.by_criteria(wish, limit=200)
    assert {hit.product.id for hit in found.hits} == expected
    assert found.total == len(expected)
    if not expected:
        assert found.relaxed, "a dead end"
        for relaxed in found.relaxed:
            again = queries.by_criteria(relaxed.criteria, limit=200)
            assert again.total == relaxed.count > 0
            assert relaxed.cheapest == min(product.price for product in again.products)


@_quick
@given(wish=wishes, number=st.integers(0, 87))
def test_likeness_honours_every_filter_too(filled, wish, number):
    found = queries.similar_to(f"t{number:03}", wish, limit=50)
    assert all(meets(product, wish) for product in found.products)
    assert f"t{number:03}" not in {product.id for product in found.products}
    assert found.hits or found.relaxed


def test_sort_orders(filled):
    prices = [product.price for product in queries.by_criteria(Criteria(sort="cheapest"), limit=100).products]
    assert prices == sorted(prices)
    dearest = queries.by_criteria(Criteria(sort="dearest", categories="shoes"))
    assert dearest.hits[0].reasons[0] == "dearest"
    added = [product.added for product in queries.by_criteria(Criteria(sort="newest"), limit=100).products]
    assert added == sorted(added, reverse=True)
    sold = [product.popularity for product in queries.by_criteria(Criteria(), limit=100).products]
    assert sold == sorted(sold, reverse=True)


def test_pages_do_not_overlap_and_cover_all(filled):
    pages = [
        queries.by_criteria(Criteria(categories="tops"), limit=5, offset=offset) for offset in range(0, 40, 5)
    ]
    ids = [product.id for page in pages for product in page.products]
    assert len(ids) == len(set(ids)) == pages[0].total


def test_shown_products_can_be_left_out(filled):
    first = queries.by_criteria(Criteria(categories="dress"), limit=2)
    rest = queries.by_criteria(
        Criteria(categories="dress"), exclude=[product.id for product in first.products]
    )
    assert rest.total == first.total - 2
    assert not set(rest.products) & set(first.products)


def test_exact_colour_comes_before_its_family(filled):
    found = queries.by_criteria(Criteria(colours="Blue"), limit=30)
    names = [product.colour for product in found.products]
    assert set(names) == {"Blue", "Navy Blue"} and names == sorted(names)
    assert {product.colour for product in queries.by_criteria(Criteria(colours="navy blue")).products} == {
        "Navy Blue"
    }


def test_words_find_in_both_languages(filled):
    assert all(
        "pockets" in hit.product.description("en")
        for hit in queries.by_criteria(Criteria(text="deep pocket")).hits
    )
    chinese = queries.by_criteria(Criteria(text="連衣裙"), limit=3)
    assert {product.category for product in chinese.products} == {"dress"}
    assert "matches_words" in chinese.hits[0].reasons


def test_unknown_words_beside_a_wish_do_not_hide_it(filled):
    assert queries.by_criteria(Criteria(categories="dress", text="zzzz")).total > 0
    alone = queries.by_criteria(Criteria(text="zzzz"))
    assert not alone.total and alone.relaxed[0].fields == ("text",)


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE products; --", "a & | ! ( ) : *", "\\", "%_", "<b>", "的", "👍" * 300, ":x", "%(a)s"],
)
def test_odd_words_are_only_words(filled, text):
    queries.by_criteria(Criteria(text=text))
    assert products.count() == len(filled.records)


def test_unknown_values_are_no_dead_end(filled):
    found = queries.by_criteria(Criteria(categories="spaceship", colours="Octarine", price_max=60))
    assert found.total == 0 and found.relaxed


def test_reasons(filled):
    hit = queries.by_criteria(Criteria(categories="dress", sizes="M", price_max=100)).hits[0]
    assert {"your_size", "under_budget"} <= set(hit.reasons)


def test_similar_prefers_its_kind_and_colour(filled, one):
    red = one(categories="dress", colours="Red")
    found = queries.similar_to(red.id, limit=6)
    assert {product.category for product in found.products[:3]} == {"dress"}
    assert found.products[0].colour in ("Maroon", "Pink")
    assert "same_kind" in found.hits[0].reasons
    with pytest.raises(UnknownProduct):
        queries.similar_to("nothing")


def test_popular_varies_and_respects_tastes(filled):
    anybody = queries.popular(limit=6)
    assert len({product.category for product in anybody.products}) == 6
    taste = Profile(not_colours=("Blue",), brands=("Veyra",), genders=("women",), sizes={"letter": "M"})
    mine = queries.popular(profile=taste, limit=10)
    assert not {"Blue", "Navy Blue"} & {product.colour for product in mine.products}
    assert {product.gender for product in mine.products} <= {"women", "unisex"}
    assert "liked_brand" in mine.hits[0].reasons
    # What is wished now counts more than what is usually disliked.
    assert queries.popular(Criteria(colours="Blue"), profile=taste).products[0].colour in (
        "Blue",
        "Navy Blue",
    )
