"""What an agent agreed is taken by the next search, once."""

from __future__ import annotations

import pytest

from actions.search.carried_wishes import with_agent
from shop.customers.agent_agreement import slots
from shop.search.criteria import Criteria


def held(turn_of, **form):
    return turn_of(slots={"language": "en", **slots(form)})


def test_the_next_search_keeps_what_was_agreed(turn_of):
    turn = held(turn_of, size="M", colour="Red", budget=50)
    found = with_agent(turn, Criteria(categories="dress"))
    assert found == Criteria(categories="dress", sizes="M", colours="Red", price_max=50)
    assert turn.slot("agreed") is None
    assert with_agent(turn, Criteria(categories="dress")) == Criteria(categories="dress")


def test_what_the_customer_says_then_holds(turn_of):
    turn = held(turn_of, size="M", colour="Red")
    found = with_agent(turn, Criteria(categories="dress", sizes="L", colours="Blue"))
    assert found == Criteria(categories="dress", sizes="L", colours="Blue")


@pytest.mark.parametrize("kind", ["sports_shoes", "handbag", "jeans"])
def test_a_size_waits_for_a_kind_that_comes_in_it(turn_of, kind):
    turn = held(turn_of, size="M", colour="Red")
    assert with_agent(turn, Criteria(categories=kind)) == Criteria(categories=kind, colours="Red")
    assert turn.slot("agreed") == {"sizes": ["M"]}
    assert with_agent(turn, Criteria(), ("shirt",)) == Criteria(sizes="M")


def test_without_an_agent_nothing_changes(turn_of):
    turn = turn_of(slots={"language": "en"})
    assert with_agent(turn, Criteria(colours="Red")) == Criteria(colours="Red")
    assert turn.events() == []
