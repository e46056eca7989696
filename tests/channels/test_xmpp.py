"""XMPP: what its stanzas say, how messages are drawn. Nothing here needs a server; see test_xmpp_server."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest

from bot.channels.base.api_client import Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Choice, Shown, ShownCard, chosen, numbered
from bot.channels.base.update import Attachment, Update
from bot.channels.xmpp import Xmpp, events, stanzas
from bot.settings import SettingError

US = "shop@assistant.example/assistant"
ANN = "ann@example.org"
LONG = "0123456789abcdef-of-a-client"
NICK = "Shop assistant"
ROOM = "talk@rooms.example"


def message(inner: str, **attributes: str) -> Element:
    """A message as a component's stream brings it."""
    values = {"from": f"{ANN}/phone", "to": "shop@assistant.example", "type": "chat", "id": LONG} | {
        name.rstrip("_"): value for name, value in attributes.items()
    }
    head = " ".join(f'{name}="{value}"' for name, value in values.items() if value)
    return fromstring(f'<message xmlns="jabber:component:accept" {head}>{inner}</message>')


def read(inner: str, **attributes: str) -> Update | None:
    return events.update_of(message(inner, **attributes))


def update(inner: str, **attributes: str) -> Update:
    found = read(inner, **attributes)
    assert found is not None
    return found


def in_room(inner: str, **attributes: str) -> Update | None:
    values = {"type": "groupchat", "from_": f"{ROOM}/Ann"} | attributes
    return events.update_of(message(inner, **values), nick=NICK)


# --- in -----------------------------------------------------------------------------------------------------


def test_a_message() -> None:
    found = update("<body>  hello 你好 🙂 </body><markable xmlns='urn:xmpp:chat-markers:0'/>")
    assert found == Update(f"{ANN}|{LONG}", ANN, text="hello 你好 🙂", data=LONG, name="ann")
    assert update("<body>x</body><nick xmlns='http://jabber.org/protocol/nick'>Annie</nick>").name == "Annie"
    assert update("<body>x</body>", **{"xml:lang": "zh-CN"}).language == "zh-CN"


def test_ids_are_the_senders_own() -> None:
    origin = "<body>x</body><origin-id xmlns='urn:xmpp:sid:0' id='the-origin'/>"
    assert update(origin).id == f"{ANN}|the-origin"
    other = update("<body>x</body>", from_="eve@example.org/phone")
    assert other.id != update("<body>x</body>").id


def test_ids_of_old_clients_count_from_one_in_every_session() -> None:
    once, again = update("<body>yes</body>", id="ab1a"), update("<body>yes</body>", id="ab1a")
    assert once.id == again.id
    assert update("<body>no</body>", id="ab1a").id != once.id
    assert update("<body>yes</body>", id="").id != update("<body>yes</body>", id="").id


def test_ids_that_no_index_can_hold_are_cut() -> None:
    found = update("<body>x</body>", id="i" * 5000)
    assert len(found.id) < 300 and found.id == update("<body>x</body>", id="i" * 5000).id
    deleted = update(f"<retract xmlns='urn:xmpp:message-retract:1' id='{'i' * 5000}'/>", id="r" * 20)
    assert deleted.about == found.id


@pytest.mark.parametrize("inner", ["", "<body/>", "<body>  </body>", "<subject>news</subject>"])
def test_nothing_was_said(inner: str) -> None:
    assert read(inner) is None


def test_headlines_are_not_for_answers() -> None:
    assert read("<body>news</body>", type="headline") is None


def test_a_quotation_is_not_what_was_said() -> None:
    inner = (
        "<body>&gt; Which size?\n🙂 42</body><reply xmlns='urn:xmpp:reply:0' id='x' to='shop@assistant.example'/>"
        "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='14'/></fallback>"
    )
    assert update(inner).text == "🙂 42"
    assert update(inner.replace("end='14'", "end='99'")).text == "> Which size?\n🙂 42"


def oob(url: str) -> str:
    return f"<x xmlns='jabber:x:oob'><url>{url}</url></x>"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://up.example/a/IMG_1.JPG", "photo"),
        ("https://up.example/a/b.webp?x=1", "photo"),
        ("https://up.example/a/b.m4a", "voice"),
        ("https://up.example/a/b.mp4", "video"),
        ("https://up.example/a/b.pdf", "file"),
        ("https://up.example/a", "file"),
        ("https://[up.example/a.jpg", "file"),
    ],
)
def test_files(url: str, kind: str) -> None:
    found = update(f"<body>{url}</body>{oob(url)}")
    assert found.attachments == (Attachment(kind, url),) and found.text == ""  # type: ignore[arg-type]


def test_a_photo_with_words() -> None:
    url = "https://up.example/a/b.jpg"
    assert update(f"<body>in red?</body>{oob(url)}").text == "in red?"
    assert update(f"<body>in red? {url}</body>{oob(url)}").text == "in red?"
    both = update(f"<body/>{oob(url)}{oob('https://up.example/a/c.png')}{oob(url)}")
    assert [each.ref[-5:] for each in both.photos] == ["b.jpg", "c.png"]


def test_a_shared_file_says_what_it_is() -> None:
    shared = (
        "<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'>"
        "<media-type>image/png</media-type></file><sources>"
        "<url-data xmlns='http://jabber.org/protocol/url-data' target='https://up.example/1234'/></sources>"
        "</file-sharing>"
    )
    found = update(f"<body>https://up.example/1234</body>{shared}{oob('https://up.example/1234')}")
    assert found.attachments == (Attachment("photo", "https://up.example/1234"),) and found.text == ""


def test_corrections() -> None:
    found = update(
        f"<body>second</body><replace xmlns='urn:xmpp:message-correct:0' id='{LONG}'/>", id="n" * 20
    )
    assert found.kind == "edit" and found.text == "second" and found.about == f"{ANN}|{LONG}"


@pytest.mark.parametrize(
    "inner",
    [
        f"<body>I retracted it</body><retract xmlns='urn:xmpp:message-retract:1' id='{LONG}'/>",
        f"<apply-to xmlns='urn:xmpp:fasten:0' id='{LONG}'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>",
    ],
)
def test_retractions(inner: str) -> None:
    found = update(inner, id="r" * 20)
    assert (found.kind, found.about, found.text) == ("delete", f"{ANN}|{LONG}", "")
    assert update(inner, from_="eve@example.org/x").about != found.about  # nobody can delete another's


def test_read_marks() -> None:
    found = update("<displayed xmlns='urn:xmpp:chat-markers:0' id='ours'/>")
    assert (found.kind, found.about) == ("read", "ours")
    assert read("<received xmlns='urn:xmpp:chat-markers:0' id='ours'/>") is None
    assert read("<received xmlns='urn:xmpp:receipts' id='ours'/>") is None


def test_a_reaction_with_a_number_is_a_press() -> None:
    def react(*what: str) -> Update | None:
        inner = "".join(f"<reaction>{each}</reaction>" for each in what)
        return read(f"<reactions xmlns='urn:xmpp:reactions:0' id='ours'>{inner}</reactions>")

    found = react("👍", "2️⃣")
    assert found is not None and (found.kind, found.data, found.about) == ("press", "#2", "ours")
    assert react("👍") is None and react() is None


OMEMO = "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/>{}</encrypted>"


@pytest.mark.parametrize(
    "inner",
    [
        OMEMO.format("<payload>aGk=</payload>") + "<body>I sent you an OMEMO encrypted message</body>",
        OMEMO.format("<payload>aGk=</payload>"),
        "<encrypted xmlns='urn:xmpp:omemo:2'/>",
        "<openpgp xmlns='urn:xmpp:openpgp:0'>x</openpgp>",
        "<body>This is encrypted</body><x xmlns='jabber:x:encrypted'>x</x>",
        "<body>?</body><encryption xmlns='urn:xmpp:eme:0' namespace='urn:example:secret'/>",
        "<body>?OTRv23?</body>",
        "<body>aesgcm://up.example/a.jpg#0011</body>",
    ],
)
def test_what_is_encrypted_is_one_update_a_day(inner: str) -> None:
    found = update(inner)
    assert [each.kind for each in found.attachments] == ["encrypted"] and found.text == ""
    assert found.id == update(inner, id="another-message-of-today").id


def test_devices_that_exchange_keys_say_nothing() -> None:
    assert read(OMEMO.format("")) is None


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("Shop assistant: a red dress", "a red dress"),
        ("@shop ASSISTANT, a red dress", "a red dress"),
        ("a red dress, Shop assistant", "a red dress"),
        ("Shop assistant：有红色的裙子吗", "有红色的裙子吗"),
        ("你好Shop assistant有裙子吗", "你好有裙子吗"),
        ("a red dress", None),
        ("the shop assistants are nice", None),
        ("Shop assistant", None),
    ],
)
def test_in_a_room_by_name(said: str, text: str | None) -> None:
    found = in_room(f"<body>{said}</body>")
    assert (found.text if found else None) == text
    assert found is None or (found.address == f"{ROOM}/Ann" and found.in_group and found.name == "Ann")


def test_in_a_room_by_an_answer_or_a_mention() -> None:
    answer = f"<body>yes</body><reply xmlns='urn:xmpp:reply:0' id='x' to='{ROOM}/{{}}'/>"
    assert in_room(answer.format(NICK)) is not None and in_room(answer.format("Bob")) is None
    mention = "<body>hey you</body><reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:{}'/>"
    assert in_room(mention.format("shop@assistant.example")) is not None
    assert in_room(mention.format("bob@example.org")) is None


def test_in_a_room_nothing_else_counts() -> None:
    named = f"<body>{NICK}: hello</body>"
    assert in_room(named, from_=f"{ROOM}/{NICK}") is None  # what we said ourselves
    assert in_room(named, from_=ROOM) is None
    assert in_room("<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>") is None
    assert in_room(OMEMO.format("<payload>x</payload>")) is None


def test_in_a_room_the_rooms_id_counts() -> None:
    inner = f"<body>{NICK}: hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='{{}}' id='the-rooms'/>"
    ours, others = in_room(inner.format(ROOM)), in_room(inner.format("eve@example.org"))
    assert ours is not None and ours.id == f"{ROOM}/Ann|the-rooms"
    assert others is not None and others.id == f"{ROOM}/Ann|{LONG}"


def test_what_a_room_tells_afterwards() -> None:
    delay = "<body>x</body><delay xmlns='urn:xmpp:delay' from='{}' stamp='{}'/>"
    there = {"from_": f"{ROOM}/Ann", "type": "groupchat"}
    at = events.said_at(message(delay.format(ROOM, "2026-01-02T03:04:05Z"), **there))
    assert at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    assert events.said_at(message(delay.format("eve@example.org", "2026-01-02T03:04:05Z"), **there)) is None
    old = events.said_at(message(delay.format(ROOM, "yesterday"), **there))
    assert old is not None and old.year == 1970
    assert events.said_at(message("<body>x</body>", **there)) is None


def test_invitations() -> None:
    direct = message(f"<x xmlns='jabber:x:conference' jid='{ROOM}' password='p'/>")
    by_room = message(
        f"<x xmlns='http://jabber.org/protocol/muc#user'><invite from='{ANN}'/></x>", from_=ROOM, type=""
    )
    assert events.invitation(direct) == (ROOM, "p") and events.invitation(by_room) == (ROOM, "")
    assert events.invitation(message("<body>come</body>")) is None


@pytest.mark.parametrize(
    ("kind", "condition", "error"),
    [
        ("cancel", "item-not-found", Gone),
        ("cancel", "service-unavailable", Gone),
        ("auth", "subscription-required", Gone),
        ("auth", "forbidden", Gone),
        ("wait", "resource-constraint", Later),
        ("wait", "service-unavailable", Later),
        ("cancel", "remote-server-not-found", Later),
        ("modify", "not-acceptable", Later),
        ("modify", "policy-violation", Refused),
        ("cancel", "jid-malformed", Refused),
    ],
)
def test_what_errors_mean(kind: str, condition: str, error: type[Exception]) -> None:
    space = "urn:ietf:params:xml:ns:xmpp-stanzas"
    inner = (
        f"<error type='{kind}'><text xmlns='{space}'>so it is</text><{condition} xmlns='{space}'/></error>"
    )
    found = events.failure(message(inner, type="error"))
    assert type(found) is error and str(found) == f"{condition} (so it is)"


def test_an_error_without_an_error() -> None:
    assert type(events.failure(message("", type="error"))) is Refused
    assert events.condition_of(message("<error xmlns='jabber:client' type='wait'/>", type="error")) == ""


def test_who_is_in_a_room() -> None:
    inner = (
        "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/>"
        "<status code='307'/><status code='110'/></x>"
    )
    found = events.occupant(message(inner, from_=f"{ROOM}/{NICK}", type="unavailable"))
    assert found.ours and not found.there and "307" in found.codes and found.nick == NICK


# --- out ----------------------------------------------------------------------------------------------------


def xmpp(**changes: object) -> Xmpp:
    return Xmpp(Fields("xmpp", {"component": "assistant.example", "secret": "s"} | changes))


def contact(address: str = ANN) -> Contact:
    return Contact("xmpp", address, "xmpp-1", None, None, datetime.now(timezone.utc), False, False)


def card(number: int, title: str = "", **changes: object) -> ShownCard:
    made = ShownCard(
        title=title or f"Dress {number}",
        price="$10",
        reason="because",
        picture=f"https://shop.example/p{number}.jpg",
        url=f"https://shop.example/p{number}",
        choices=(Choice("Details", f"1.{number}.0"),),
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def test_many_cards() -> None:
    cards = tuple(card(number) for number in range(12))
    shown = Shown(1, "bot", "Look:", cards, (Choice("Show more", "1.0"),))
    pieces = xmpp().draw(shown, contact(), "en")
    assert [each["body"] for each in pieces[:2]] == ["Look:", "https://shop.example/p0.jpg"]
    assert sum("picture" in each for each in pieces) == 12
    last = pieces[-1]
    assert "12. Dress 11 – $10" in last["body"] and "13. Show more" in last["body"]
    assert last["body"].endswith("Reply with a number to choose.")
    assert last["responses"][-1] == ["Show more", "Show more"] and len(last["responses"]) == 13
    assert not any("responses" in each for each in pieces[:-1])


@pytest.mark.parametrize(
    "titles",
    [
        ["Yes", "No"],
        ["Same", "Same", "same", "Same "],
        ["1", "2", "3", "12"],
        ["Show more.", "很好。", "(3)", "x" * 80, "two\nlines"],
        [f"Choice {number}" for number in range(15)],
    ],
)
def test_every_response_means_its_choice(titles: list[str]) -> None:
    choices = tuple(Choice(title, f"7.{place}") for place, title in enumerate(titles))
    shown = Shown(7, "bot", "What?", choices=choices)
    (piece,) = xmpp().draw(shown, contact(), "en")
    values, labels = zip(*piece["responses"], strict=True)
    assert len(set(values)) == len(set(labels)) == len(titles)
    meant = [chosen(shown, value) for value in values]
    assert [each.token for each in meant if each] == [each.token for each in numbered(shown)]
    assert all(len(value) <= 60 and "\n" not in value for value in values)


def test_a_card_without_a_button_is_no_response() -> None:
    shown = Shown(1, "bot", "", (card(1, choices=()), card(2)), (Choice("Yes", "1.0"),))
    last = xmpp().draw(shown, contact(), "en")[-1]
    assert [label for _, label in last["responses"]] == ["Dress 2", "Yes"]


def test_a_long_text() -> None:
    text = "\n\n".join(f"{number} 你好🙂 words and more words. " * 8 for number in range(30))
    pieces = xmpp().draw(Shown(1, "bot", text, choices=(Choice("Yes", "1.0"),)), contact(), "zh")
    assert len(pieces) > 1 and all(len(each["body"]) <= 5000 for each in pieces)
    assert "".join("".join(each["body"] for each in pieces).split()).startswith("".join(text.split()))
    assert "responses" in pieces[-1] and "回复数字" in pieces[-1]["body"]


def test_what_is_no_address_is_no_picture() -> None:
    shown = Shown(1, "bot", "", (card(1, picture="javascript:alert(1)"),), picture="data:text/html,x")
    assert not any("picture" in each for each in xmpp().draw(shown, contact(), "en"))
    (only,) = xmpp().draw(Shown(1, "bot", picture="https://shop.example/a.jpg"), contact(), "en")
    assert only == {"body": "https://shop.example/a.jpg", "picture": True}


def test_in_a_room_it_is_said_who_is_meant() -> None:
    shown = Shown(1, "bot", "Look:", (card(1), card(2)))
    pieces = xmpp().draw(shown, contact(f"{ROOM}/Ann"), "en")
    assert pieces[0]["body"] == "Ann: Look:" and pieces[1]["body"].startswith("https://")


def test_an_agent_is_named() -> None:
    (piece,) = xmpp().draw(Shown(1, "agent", "hello", agent="Anna"), contact(), "en")
    assert piece["body"] == "Anna: hello"


def test_what_xml_cannot_say_is_left_out() -> None:
    said = stanzas.said(US, ANN, "a\x00b\x0b\ud800c\ufffe🙂\n", ident="i", responses=[["x\x01", "y\x02"]])
    again = fromstring(tostring(said))
    assert again.findtext("{jabber:component:accept}body") == "abc🙂\n"
    response = again.find("{urn:xmpp:tmp:quick-response}response")
    assert response is not None and response.get("value") == "x"


def test_ids_of_ours_tell_nothing() -> None:
    ident = stanzas.ident_of("xmpp-secret.1.0")
    assert ident == stanzas.ident_of("xmpp-secret.1.0") != stanzas.ident_of("xmpp-secret.1.1")
    assert "secret" not in ident and len(ident) == 32


def test_a_picture_is_its_address_alone() -> None:
    said = stanzas.said(US, ROOM, "https://shop.example/a.jpg", ident="i", group=True, picture=True)
    assert said.findtext("{jabber:x:oob}x/{jabber:x:oob}url") == said.findtext(
        "{jabber:component:accept}body"
    )
    assert said.get("type") == "groupchat" and said.find("{urn:xmpp:chat-markers:0}markable") is None


# --- credentials.yml ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"component": ""}, "needs component"),
        ({"secret": ""}, "needs secret"),
        ({"component": "shop@example.org"}, "component is a domain"),
        ({"component": "example.org/shop"}, "component is a domain"),
        ({"user": "the shop"}, "component is a domain"),
        ({"user": "shop@example.org"}, "component is a domain"),
        ({"server": "localhost"}, "server must be host:port"),
        ({"server": "localhost:xmpp"}, "server must be host:port"),
        ({"server": "localhost:70000"}, "server must be host:port"),
        ({"uploads": "upload.example.org"}, "uploads must be http"),
    ],
)
def test_what_makes_no_sense_is_said(changes: dict[str, str], complaint: str) -> None:
    with pytest.raises(SettingError, match=complaint):
        xmpp(**changes)


def test_addresses_are_written_as_servers_do() -> None:
    assert xmpp(component="Assistant.Example.ORG", user="Shop").us == "shop@assistant.example.org/assistant"


async def test_only_what_lies_in_our_uploads_is_fetched() -> None:
    messenger = xmpp(uploads=["https://up.example:5281/files", "https://two.example/"])
    for url in (
        "https://evil.example/files/a.jpg",
        "https://up.example/files/a.jpg",
        "http://up.example:5281/files/a.jpg",
        "https://up.example:5281/filesystem/a.jpg",
        "https://up.example:5281.evil.example/files/a.jpg",
        "https://up.example:5281@evil.example/files/a.jpg",
        "https://up.example:5281/files/../admin/a.jpg",
        "https://up.example:5281/files/%2e%2E/admin/a.jpg",
        "file:///etc/passwd",
        "//two.example/a.jpg",
        "",
    ):
        with pytest.raises(Refused, match="none of `uploads`"):
            await messenger.fetch(contact(), Attachment("photo", url))
