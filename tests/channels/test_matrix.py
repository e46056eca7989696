"""What is special about Matrix: proof, events, drawing. Without a server; see test_matrix_server for a real one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Choice, Shown, ShownCard
from bot.channels.base.update import Attachment, Update
from bot.channels.base.webhook import MAX_BODY as USUAL
from bot.channels.base.webhook import Call, Forged, Heard
from bot.channels.matrix import drawing as matrix_drawing
from bot.channels.matrix.channel import MAX_BODY, Matrix, registration
from bot.settings import ROOT, SettingError

US, ANN, ROOM = "@shop:example.org", "@ann:example.org", "!room:example.org"
ADDRESS = f"{ROOM} {ANN}"
HS_TOKEN = "the-hs-token"
BASE = "/webhooks/matrix/_matrix/app/v1"
FIELDS = {
    "homeserver": "http://127.0.0.1:1",
    "user": US,
    "as_token": "the-as-token",
    "hs_token": HS_TOKEN,
    "name": "Little Shop",
}


@pytest.fixture
def matrix() -> Matrix:
    return Matrix(Fields("matrix", FIELDS))


def call(path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Call:
    return Call(method, f"{BASE}{path}", "", {}, headers or {"authorization": f"Bearer {HS_TOKEN}"}, body)


def hear(matrix: Matrix, *events: Any, **more: Any) -> Heard:
    return matrix.hear(call("/transactions/1", "PUT", json.dumps({"events": events, **more}).encode()))


def event(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"type": kind, "event_id": "$1", "room_id": ROOM, "sender": ANN, "content": content, **more}


def message(**content: Any) -> dict[str, Any]:
    return event("m.room.message", {"msgtype": "m.text", **content})


def read(matrix: Matrix, given: dict[str, Any]) -> Update | None:
    updates = hear(matrix, given).updates
    return updates[0] if updates else None


# --- credentials, registration ------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["homeserver", "user", "as_token", "hs_token"])
def test_credentials_are_complained_of(missing: str) -> None:
    fields = {name: value for name, value in FIELDS.items() if name != missing}
    with pytest.raises(SettingError, match=f"matrix.*{missing}"):
        Matrix(Fields("matrix", fields))


@pytest.mark.parametrize("user", ["shop", "@shop", "shop:example.org", "@:example.org", "@shop:"])
def test_the_user_is_one(user: str) -> None:
    with pytest.raises(SettingError, match=r"@shop:example\.org"):
        Matrix(Fields("matrix", {**FIELDS, "user": user}))
    with pytest.raises(SettingError):
        registration(user, "http://x")


def test_registration() -> None:
    made = yaml.safe_load(registration("@shop+1:example.org", "https://a.example/webhooks/matrix"))
    assert made["url"] == "https://a.example/webhooks/matrix" and made["sender_localpart"] == "shop+1"
    assert (
        len(made["as_token"]) >= 40 and len(made["hs_token"]) >= 40 and made["as_token"] != made["hs_token"]
    )
    (namespace,) = made["namespaces"]["users"]
    assert namespace["exclusive"] and re.fullmatch(namespace["regex"], "@shop+1:example.org")
    assert not re.fullmatch(namespace["regex"], "@shop+1:exampleXorg")
    assert made["rate_limited"] is False and made["receive_ephemeral"] is True


def test_the_page_shows_the_same_registration() -> None:
    page = (ROOT / "docs" / "messengers" / "matrix.md").read_text()
    shown = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    tokens = {"as_token": "THE-FIRST-SECRET", "hs_token": "THE-SECOND-SECRET"}
    assert (
        yaml.safe_load(registration(US, "https://assistant.example.com/webhooks/matrix", **tokens)) == shown
    )


# --- proof --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [None, "", HS_TOKEN, f"Basic {HS_TOKEN}", f"Bearer {HS_TOKEN}x", f"Bearer {HS_TOKEN[:-1]}", "Bearer ä",
     "Bearer the-as-token", "Bearer"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/transactions/1", "/ping", "/users/x", "/rooms/x"])
def test_the_token_proves_the_homeserver(matrix: Matrix, header: str | None, path: str) -> None:
    headers = {} if header is None else {"authorization": header}
    forged = Call("PUT", f"{BASE}{path}", "", {"access_token": HS_TOKEN}, headers, b'{"events": []}')
    with pytest.raises(Forged):
        matrix.hear(forged)
    assert matrix.body_limit(forged) == USUAL


def test_a_token_in_the_address_is_taken_only_if_configured() -> None:
    old = Matrix(Fields("matrix", {**FIELDS, "query_token": True}))
    plain = Call("PUT", f"{BASE}/transactions/1", "", {"access_token": HS_TOKEN}, {}, b'{"events": []}')
    assert old.hear(plain).status == 200
    wrong = {"authorization": "Bearer wrong"}
    with pytest.raises(Forged):
        old.hear(Call("PUT", f"{BASE}/transactions/1", "", {"access_token": HS_TOKEN}, wrong, b"{}"))


def test_a_proven_call_may_be_large(matrix: Matrix) -> None:
    assert matrix.body_limit(call("/transactions/1", "PUT")) == MAX_BODY > 100 * 2**16


def test_who_we_are(matrix: Matrix) -> None:
    assert matrix.hear(call("/users/%40shop%3Aexample.org")).status == 200
    for path in ("/users/%40shop2%3Aexample.org", "/users/", "/rooms/%23shop%3Aexample.org"):
        heard = matrix.hear(call(path))
        assert heard.status == 404 and json.loads(heard.body)["errcode"] == "M_NOT_FOUND"
    pinged = matrix.hear(call("/ping", "POST", b'{"transaction_id": "1"}'))
    assert (pinged.status, pinged.body, pinged.content_type) == (200, b"{}", "application/json")


# --- events -------------------------------------------------------------------------------------------------


def test_text(matrix: Matrix) -> None:
    assert read(matrix, message(body="a dress 裙子")) == Update("$1", ADDRESS, text="a dress 裙子")


@pytest.mark.parametrize(
    "given",
    [
        {"msgtype": "m.notice", "body": "I am a machine"},
        {"msgtype": "m.key.verification.request", "body": "?"},
        {},
    ],
)
def test_what_is_none_of_our_business(matrix: Matrix, given: dict[str, Any]) -> None:
    assert read(matrix, event("m.room.message", given)) is None
    assert read(matrix, message(body="we said this ourselves") | {"sender": US}) is None
    assert read(matrix, event("m.room.topic", {"topic": "x"}, state_key="")) is None


def test_nonsense_does_not_hide_the_rest(matrix: Matrix) -> None:
    """What is not taken would be sent for ever."""
    nonsense = [
        None,
        {},
        "text",
        event("m.room.message", None),
        event("m.room.message", {"msgtype": "m.text"}),
        message(body="x", **{"m.relates_to": "x"}),
        message(body="x", **{"m.relates_to": {"rel_type": "m.replace"}}),
        event("m.room.member", {"membership": "join"}),
        event("m.reaction", {"m.relates_to": []}),
        event("m.room.message", {"msgtype": "m.image", "body": "x", "info": []}),
    ]
    updates = hear(
        matrix, *nonsense, message(body="still here"), ephemeral=[None, {"type": "m.receipt"}]
    ).updates
    assert [update.text for update in updates] == ["still here"]


def test_text_that_no_database_takes(matrix: Matrix) -> None:
    update = read(matrix, message(body="a\x00b\ud800c"))
    assert update is not None and update.body()["text"] == "ab?c"
    json.dumps(update.body(), ensure_ascii=False).encode()


NAMED = [
    ({"body": "Little Shop: a dress", "m.mentions": {"user_ids": [US]}}, "a dress"),
    ({"body": "Little Shop a dress", "m.mentions": {"user_ids": ["@x:y", US]}}, "a dress"),
    ({"body": "a dress", "m.mentions": {"user_ids": [US]}}, "a dress"),
    ({"body": "shop: a dress"}, "a dress"),
    ({"body": "little shop， 裙子"}, "裙子"),
    ({"body": "@shop a dress"}, "a dress"),
    ({"body": "@Shop: a dress"}, "a dress"),
    ({"body": f"a dress, {US}?"}, "a dress, ?"),
    (
        {"body": "a dress", "formatted_body": f'<a href="https://matrix.to/#/{US}">Shop</a> a dress'},
        "a dress",
    ),
    (
        {"body": "hm", "formatted_body": '<a href="https://matrix.to/#/%40shop%3Aexample.org?via=x">S</a>'},
        "hm",
    ),
    ({"body": "hm", "formatted_body": '<a href="matrix:u/shop:example.org?action=chat">S</a>'}, "hm"),
]


@pytest.mark.parametrize(("content", "text"), NAMED)
def test_named(matrix: Matrix, content: dict[str, Any], text: str) -> None:
    update = read(matrix, message(**content))
    assert update is not None and (update.text, update.in_group) == (text, True)


@pytest.mark.parametrize(
    "content",
    [
        {"body": "shop for a dress"},
        {"body": "the shop: a dress"},
        {"body": "@shopping a dress"},
        {"body": "@shop:other.org a dress"},
        {"body": "mail@shop now"},
        {"body": "a dress", "m.mentions": {"user_ids": ["@shop:other.org"]}},
        {"body": "a dress", "m.mentions": {"room": True}},
        {"body": "x", "formatted_body": '<a href="https://matrix.to/#/@shop:example.org.evil">Shop</a>'},
    ],
)
def test_not_named(matrix: Matrix, content: dict[str, Any]) -> None:
    update = read(matrix, message(**content))
    assert update is not None and (update.text, update.in_group) == (content["body"], False)


def test_an_answer_without_its_quotation(matrix: Matrix) -> None:
    relation = {"m.relates_to": {"m.in_reply_to": {"event_id": "$ours"}}}
    old = {
        "body": f"> <{US}> Look:\n> 1. Dress\n\nthe first one",
        "formatted_body": f'<mx-reply><a href="https://matrix.to/#/{US}">x</a></mx-reply>the first one',
    }
    update = read(matrix, message(**old, **relation))
    assert update is not None
    assert (update.text, update.about, update.in_group) == ("the first one", "$ours", True)
    new = read(matrix, message(body="> my own quotation\n\nthe first one", **relation))
    assert new is not None and new.text == "> my own quotation\n\nthe first one" and new.about == "$ours"
    thread = {"rel_type": "m.thread", "is_falling_back": True, "m.in_reply_to": {"event_id": "$last"}}
    threaded = read(matrix, message(body="on", **{"m.relates_to": thread}))
    assert threaded is not None and threaded.about is None


MXC = "mxc://example.org/abc"


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        ({"msgtype": "m.image", "body": "IMG_1.jpg", "url": MXC}, "photo", ""),
        ({"msgtype": "m.image", "body": "IMG_1.jpg", "filename": "IMG_1.jpg", "url": MXC}, "photo", ""),
        ({"msgtype": "m.image", "body": "in red?", "filename": "IMG_1.jpg", "url": MXC}, "photo", "in red?"),
        ({"msgtype": "m.file", "body": "a.png", "url": MXC, "info": {"mimetype": "image/png"}}, "photo", ""),
        ({"msgtype": "m.file", "body": "a.pdf", "url": MXC, "info": {"mimetype": "text/pdf"}}, "file", ""),
        ({"msgtype": "m.audio", "body": "voice", "url": MXC}, "voice", ""),
        ({"msgtype": "m.video", "body": "v.mp4", "url": MXC}, "video", ""),
        ({"msgtype": "m.location", "body": "here", "geo_uri": "geo:1,2"}, "place", ""),
        ({"msgtype": "m.image", "body": "x", "file": {"url": MXC, "key": {}}}, "encrypted", ""),
    ],
)
def test_attachments(matrix: Matrix, content: dict[str, Any], kind: str, text: str) -> None:
    update = read(matrix, event("m.room.message", content))
    assert update is not None and update.text == text
    (attachment,) = update.attachments
    assert attachment.kind == kind
    assert kind in ("place", "encrypted") or attachment.ref == MXC


def test_a_sticker(matrix: Matrix) -> None:
    update = read(matrix, event("m.sticker", {"body": "smile", "url": MXC, "info": {}}))
    assert update is not None and update.attachments == (Attachment("sticker"),)


def test_an_edit(matrix: Matrix) -> None:
    relation = {"rel_type": "m.replace", "event_id": "$0"}
    new = {"msgtype": "m.text", "body": "a red dress", "m.mentions": {"user_ids": [US]}}
    given = {"body": "* a red dress", "m.new_content": new, "m.relates_to": relation, "m.mentions": {}}
    assert read(matrix, message(**given)) == Update(
        "$1", ADDRESS, "edit", text="a red dress", about="$0", in_group=True
    )


def test_a_deletion(matrix: Matrix) -> None:
    expected = Update("$1", ADDRESS, "delete", about="$0")
    assert read(matrix, event("m.room.redaction", {}, redacts="$0")) == expected
    assert read(matrix, event("m.room.redaction", {"redacts": "$0"})) == expected  # room version 11


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("1️⃣", "#1"),
        ("9\u20e3", "#9"),
        ("🔟", "#10"),
        ("3\ufe0f\u20e3", "#3"),
        ("👍", None),
        ("0️⃣", None),
        ("12", None),
    ],
)
def test_reactions(matrix: Matrix, key: str, data: str | None) -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$ours", "key": key}
    update = read(matrix, event("m.reaction", {"m.relates_to": relation}))
    assert (update and update.data) == data
    assert update is None or (update.kind, update.about) == ("press", "$ours")


def test_every_number_that_we_offer_is_understood(matrix: Matrix) -> None:
    for number in range(1, matrix_drawing.MOST_KEYS + 1):
        content = {"m.relates_to": matrix_drawing.reaction("$ours", number)}
        update = read(matrix, event("m.reaction", content))
        assert update is not None and update.data == f"#{number}"


@pytest.mark.parametrize(
    ("sender", "whose", "membership", "expected"),
    [
        (ANN, US, "invite", ("join", ANN, True)),
        (US, US, "join", None),
        (ANN, US, "leave", ("leave", ANN, False)),
        (ANN, US, "ban", ("leave", ANN, False)),
        (ANN, ANN, "leave", ("leave", ANN, False)),
        ("@mod:x", ANN, "ban", ("leave", ANN, False)),
        (ANN, ANN, "join", ("join", ANN, False)),
        (ANN, "@friend:x", "invite", None),
        (ANN, ANN, "knock", None),
    ],
)
def test_members(matrix: Matrix, sender: str, whose: str, membership: str, expected: Any) -> None:
    given = event("m.room.member", {"membership": membership}, state_key=whose, sender=sender)
    update = read(matrix, given)
    found = update and (update.kind, update.address.split(" ")[1], update.in_group)
    assert found == expected


def test_encrypted_messages_are_one_update(matrix: Matrix) -> None:
    first = event("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"})
    updates = hear(matrix, first, {**first, "event_id": "$2"}).updates
    assert len(updates) == 2 and len({update.id for update in updates}) == 1
    assert updates[0].attachments == (Attachment("encrypted"),)


@pytest.mark.parametrize("name", ["ephemeral", "de.sorunome.msc2409.ephemeral"])
def test_read_marks(matrix: Matrix, name: str) -> None:
    marks = {
        "$ours": {"m.read": {ANN: {"ts": 1_800_000_000_500}, US: {"ts": 1}}},
        "$x": {"m.read.private": {ANN: {}}},
    }
    passing = [
        {"type": "m.receipt", "room_id": ROOM, "content": marks},
        {"type": "m.typing", "room_id": ROOM, "content": {}},
    ]
    (update,) = hear(matrix, **{name: passing}).updates
    assert update == Update(f"read.$ours.{ANN}", ADDRESS, "read", data="1800000000", about="$ours")


# --- drawing ------------------------------------------------------------------------------------------------


def cards(count: int, **more: Any) -> tuple[ShownCard, ...]:
    return tuple(
        ShownCard(
            title=f"Dress {number}",
            price="$10",
            reason="because",
            picture=f"https://a.example/pictures/{number}.webp",
            url=f"https://a.example/shop/{number}",
            choices=(Choice("Details", f"5.{number}.0"),),
            **more,
        )
        for number in range(count)
    )


def choices(count: int) -> tuple[Choice, ...]:
    return tuple(Choice(f"Choice {number}", f"5.{number}") for number in range(count))


def draw(matrix: Matrix, **shown: Any) -> list[dict[str, Any]]:
    contact: Any = None
    return matrix.draw(Shown(5, "bot", **shown), contact, "en")


def test_text_only(matrix: Matrix) -> None:
    assert draw(matrix, text="hello <b> & you") == [{"text": "hello <b> & you"}]
    assert draw(matrix, text="hello", agent="Anna") == [{"text": "Anna: hello"}]


def test_choices(matrix: Matrix) -> None:
    (piece,) = draw(matrix, text="Which?", choices=choices(15))
    assert "15. Choice 14" in piece["text"] and "Reply with a number" in piece["text"]
    assert piece["keys"] == list(range(1, 11))  # the others are typed


def test_many_cards(matrix: Matrix) -> None:
    pieces = draw(matrix, text="Look:", cards=cards(12), choices=choices(2))
    assert pieces[0] == {"text": "Look:"}
    assert [piece["text"] for piece in pieces[1:13]] == [f"{n + 1}. Dress {n}" for n in range(12)]
    assert all(piece["picture"] for piece in pieces[1:13])
    (last,) = pieces[13:]
    assert "12. Dress 11 – $10" in last["text"] and "https://a.example/shop/11" in last["text"]
    assert "14. Choice 1" in last["text"] and last["keys"] == list(range(1, 11))
    assert '<ol start="13"><li>Choice 0</li>' in last["html"]
    assert '<a href="https://a.example/shop/0">Dress 0</a> – <strong>$10</strong><br>because' in last["html"]


def test_only_our_own_html(matrix: Matrix) -> None:
    evil = ShownCard(
        '<script>"x"', "<i>1</i>", "a & b", None, 'https://x/"onclick="y', (Choice("<b>", "5.0.0"),)
    )
    script = ShownCard("x", "", "", "javascript:alert(1)", "javascript:alert(1)")
    (piece,) = draw(matrix, cards=(evil, script), choices=(Choice("<u>", "5.0"),))
    assert "<script" not in piece["html"] and "<i>" not in piece["html"] and "<u>" not in piece["html"]
    assert 'href="https://x/&quot;onclick=&quot;y"' in piece["html"] and "a &amp; b" in piece["html"]
    assert 'href="javascript' not in piece["html"] and "picture" not in piece


@pytest.mark.parametrize(
    "text", ["words and more " * 400, "裙子很好看。" * 1000, "🙂" * 6000, "<&>\"'" * 1200]
)
def test_long_texts(matrix: Matrix, text: str) -> None:
    pieces = draw(matrix, text=text, cards=cards(3), choices=choices(3))
    said = [piece for piece in pieces if "picture" not in piece][:-1]
    assert len(said) > 1
    assert "".join("".join(piece["text"].split()) for piece in said) == "".join(text.split())
    for piece in pieces:
        assert len(json.dumps(matrix_drawing.content(piece), ensure_ascii=False).encode()) < 60_000


def test_a_list_that_is_too_long_is_cut_between_its_lines(matrix: Matrix) -> None:
    long = tuple(
        ShownCard(f"Dress {n}", "$10", "裙" * 500, None, None, (Choice("Details", f"5.{n}.0"),))
        for n in range(20)
    )
    pieces = draw(matrix, cards=long, choices=choices(2))
    together = "\n".join(piece["text"] for piece in pieces)
    assert len(pieces) > 1 and all(f"{n + 1}. Dress {n} " in together for n in range(20))
    assert [bool(piece.get("keys")) for piece in pieces] == [False] * (len(pieces) - 1) + [True]


def test_a_picture(matrix: Matrix) -> None:
    pieces = draw(matrix, text="you in it", picture="https://a.example/pictures/1.webp", choices=choices(1))
    assert [("picture" in piece, bool(piece.get("keys"))) for piece in pieces] == [
        (True, False),
        (False, True),
    ]
    assert draw(matrix, picture="data:text/html,x") == []


def test_a_numbered_message_that_cannot_be_pressed_has_no_hint(matrix: Matrix) -> None:
    (piece,) = draw(matrix, cards=(ShownCard("Dress", "", "", None, None),))
    assert "Reply" not in piece["text"] and "keys" not in piece
