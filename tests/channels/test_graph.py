"""What Messenger, Instagram and WhatsApp share: proofs, the handshake, errors of the Graph API."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from bot.channels.base.api_client import Answer, Client, Closed, Gone, Later, Refused
from bot.channels.base.credentials import Fields
from bot.channels.base.update import Update
from bot.channels.base.webhook import Call, Forged
from bot.channels.meta import graph
from bot.channels.meta.graph import Graph, NotAllowed, failure, keycap
from bot.settings import SettingError
from tests.channels.graph import SECRET, TOKEN, VERIFY, sign

FIELDS = {"token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY}


def made(**fields: str) -> Graph:
    return Graph(Client(), Fields("messenger", {**FIELDS, **fields}))


def call(body: bytes, signature: str | None) -> Call:
    headers = {} if signature is None else {"x-hub-signature-256": signature}
    return Call("POST", "/", "", {}, headers, body)


def heard(found: Graph, body: bytes, signature: str | None) -> list[str]:
    def read(event: dict[str, Any]) -> list[Update]:
        return [Update(event["id"], "a")]

    return [
        each.id for each in found.hear(call(body, signature), "page", lambda e: e["events"], read).updates
    ]


@pytest.mark.parametrize("missing", sorted(FIELDS))
def test_credentials_are_complained_of(missing: str) -> None:
    fields = {key: value for key, value in FIELDS.items() if key != missing}
    with pytest.raises(SettingError, match=missing):
        Graph(Client(), Fields("messenger", fields))


def test_the_signature_is_that_of_the_hub() -> None:
    """The example of another hub that signs in the same way."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    found = made(app_secret="It's a Secret to Everybody")
    with pytest.raises(ValueError):  # proven, and no JSON
        heard(found, b"Hello, World!", signature)
    for wrong in (signature[:-1] + "f", signature.upper(), signature.removeprefix("sha256="), "", "ä", None):
        with pytest.raises(Forged):
            heard(found, b"Hello, World!", wrong)
    with pytest.raises(Forged):
        heard(found, b"Hello, World! ", signature)


def test_the_proof_of_the_secret_is_an_hmac_of_the_token() -> None:
    """RFC 4231, test case 2."""
    found = made(app_secret="Jefe", token="what do ya want for nothing?")
    proof = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert found._proof == {"appsecret_proof": proof}
    assert made(api_url="https://graph.instagram.com")._proof == {}


def test_every_entry_is_taken_and_nonsense_costs_only_itself() -> None:
    report = {
        "object": "page",
        "entry": [
            {"events": [{"id": "1"}, {"no": "id"}, {"id": "2"}]},
            {"events": [None, {"id": "3"}]},
            {"events": []},
            {"events": [{"id": "4"}]},
        ],
    }
    body = json.dumps(report).encode()
    assert heard(made(), body, sign(body)) == ["1", "2", "3", "4"]
    other = body.replace(b'"page"', b'"user"')
    assert heard(made(), other, sign(other)) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"3", b'{"object": "page", "entry": [3]}'])
def test_nonsense_of_meta_is_no_crash(body: bytes) -> None:
    with pytest.raises((ValueError, AttributeError, TypeError)):
        heard(made(), body, sign(body))


def handshake(**query: str) -> bytes:
    found = made().hear(
        Call("GET", "/", "", {name.replace("_", ".", 1): value for name, value in query.items()}, {}, b""),
        "page",
        lambda e: [],
        lambda e: [],
    )
    assert found.status == 200 and found.content_type.startswith("text/plain")
    return found.body


def test_the_handshake() -> None:
    assert (
        handshake(hub_mode="subscribe", hub_verify_token=VERIFY, hub_challenge="1158201444") == b"1158201444"
    )
    for query in (
        {"hub_mode": "subscribe", "hub_verify_token": VERIFY + "x", "hub_challenge": "1"},
        {"hub_mode": "unsubscribe", "hub_verify_token": VERIFY, "hub_challenge": "1"},
        {"hub_mode": "subscribe", "hub_challenge": "1"},
        {},
    ):
        with pytest.raises(Forged):
            handshake(**query)


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (4, None, Later), (17, None, Later), (32, None, Later), (613, None, Later), (80007, None, Later),
        (80006, None, Later), (130429, None, Later), (131056, None, Later), (131048, None, Later),
        (1, None, Later), (2, None, Later), (1200, None, Later), (131000, None, Later), (131016, None, Later),
        (190, 463, NotAllowed), (0, None, NotAllowed), (10, None, NotAllowed), (200, None, NotAllowed),
        (299, None, NotAllowed), (368, None, NotAllowed), (131042, None, NotAllowed),
        (10, 2018278, Closed), (10, 2534022, Closed), (551, None, Closed), (551, 1545041, Closed),
        (131047, None, Closed), (470, None, Closed),
        (100, 2018001, Gone), (100, 2534014, Gone), (131026, None, Gone),
        (100, None, Refused), (100, 2018008, Refused), (131009, None, Refused), (131051, None, Refused),
        (131053, None, Refused), (None, None, Refused),
    ],
)  # fmt: skip
def test_what_errors_mean(code: int | None, subcode: int | None, kind: type[Exception]) -> None:
    body = {"message": "x", "code": code, "error_subcode": subcode}
    assert type(failure(body, Answer(400, {}, b""))) is kind


def test_hints_are_followed_and_tokens_are_hidden() -> None:
    usage = {"1": [{"type": "pages", "estimated_time_to_regain_access": 3}], "2": [{"call_count": 9}]}
    headers = {"X-Business-Use-Case-Usage": json.dumps(usage)}
    late = failure({"code": 613, "message": "x"}, Answer(400, headers, b""))
    assert isinstance(late, Later) and late.after == 180
    late = failure({"code": 4}, Answer(429, {"Retry-After": "7", **headers}, b""))
    assert isinstance(late, Later) and late.after == 7
    late = failure({"code": 131056}, Answer(400, {}, b""))
    assert isinstance(late, Later) and late.after == 6
    for header in ("{", "[]", '{"1": 3}', '{"1": [{"estimated_time_to_regain_access": "x"}]}'):
        late = failure({"code": 4}, Answer(429, {"X-Business-Use-Case-Usage": header}, b""))
        assert isinstance(late, Later) and late.after is None
    leak = failure({"code": 190, "message": f"Malformed access token {TOKEN}"}, None, hide=TOKEN)
    assert TOKEN not in str(leak) and "***" in str(leak)
    wrong = failure({"code": 100, "message": "Invalid appsecret_proof provided in the API argument"})
    assert isinstance(wrong, NotAllowed)
    late = failure({"code": 10, "message": "(#10) This message is sent outside of allowed window."})
    assert isinstance(late, Closed)
    told = failure({"code": 131009, "message": "x", "error_data": {"details": "Button title too long"}})
    assert "too long" in str(told) and "131009" in str(told)


def test_old_reports() -> None:
    now = time.time()
    assert graph.is_old(now - 9 * 86400) and not graph.is_old(now - 7 * 86400) and not graph.is_old(now + 60)


@pytest.mark.parametrize(
    ("emoji", "number"), [("2️⃣", 2), ("9⃣", 9), ("🔟", 10), ("👍", None), ("", None), ("2", None), ("#️⃣", None)]
)
def test_keycaps(emoji: str, number: int | None) -> None:
    assert keycap(emoji) == number
