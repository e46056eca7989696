"""How customers sound, in both languages."""

from __future__ import annotations

import pytest

from shop.customers.mood import mood, worst

CALM = {
    "en": [
        "hi, do you have this in blue?",
        "where is my order A1029",
        "these are not bad at all, I'll take the second",
        "no complaints so far, lovely quality",
        "no problem, thanks for checking",
        "are ripped jeans still a thing? show me some",
        "I ordered the wrong size by mistake, can I change it?",
        "sorry, stupid question: is linen warm enough for autumn?",
        "OMG these are SO CUTE!!",
        "SHOW ME RED DRESSES UNDER 50",
        "what if it breaks, is there a warranty",
        "holy shit these boots are gorgeous",
        "tell me a joke",
        "I want it so bad, when is it back in stock",
        "is it too late to add a scarf?",
        "that's too expensive for me",
        "I hate pink",
        "is this a scam or a real shop",
        "sb told me you have a sale",
        "",
    ],
    "zh": [
        "在吗，想买条裙子",
        "麻烦帮我查一下订单",
        "这件会不会起球",
        "质量不差，再来一件",
        "没问题，谢谢",
        "我还没用过，可以退吗",
        "两件差不多吧",
        "烦请尽快发货",
        "有没有破洞牛仔裤",
        "洗了会缩水吗",
        "有色差吗",
        "太好了，就要这个！！",
        "这款好看，有红色的吗？？",
        "能开发票吗",
        "这个多少钱",
        "md码还有吗",
        "垃圾袋有卖吗",
    ],
}
UNHAPPY = {
    "en": [
        "the zip broke after two days",
        "I'm really disappointed with this coat",
        "it's been three weeks and I still haven't received anything",
        "you sent me the wrong colour",
        "That’s not what I asked for",
        "there's a hole in the sleeve",
        "you don't understand me, forget it",
        "nobody answers your phone",
        "WHERE IS MY PARCEL??",
        "the shoes fell apart on the first walk",
        "this isn't fair, you charged me twice",
        "not happy with the refund",
        "soooo slowww, been waiting since monday",
        "👎",
    ],
    "zh": [
        "质量太差了",
        "衣服洗一次就缩水",
        "等了半天也没人理我",
        "收到的跟图片不一样啊，色差好大",
        "你们发错货了",
        "怎么还没到啊",
        "有点失望",
        "你根本听不懂我说什么",
        "鞋子穿两天就开胶了",
        "退个货太麻烦了",
        "無語，穿一次就壞了",
        "这裙子收到就是破的，真服了",
        "客服态度不好",
    ],
}
ANGRY = {
    "en": [
        "this is the worst service ever",
        "are you kidding me? third time you lost it",
        "wtf is this",
        "I want my money back or my lawyer will call you",
        "absolutely useless bot",
        "you people are thieves",
        "I am never shopping here again",
        "stop wasting my time!",
        "it arrived broken, again!!!",
        "MY DRESS ARRIVED TORN AND NOBODY ANSWERS",
        "fuuuuck this",
        "broken zip, wrong colour and still no refund",
        "what a joke, three weeks for a t-shirt",
        "this is totally unacceptable",
        "bullsh*t. complete bullshit",
        "the dress is torn 😡",
    ],
    "zh": [
        "气死我了，什么破店",
        "垃圾客服，问半天不回",
        "你们就是骗子",
        "再不处理我就打12315投诉",
        "太过分了，我要曝光你们",
        "刚收到就坏了！！",
        "sb机器人",
        "再也不会买你家东西",
        "這什麼垃圾質量",
        "傻逼",
        "这是什么态度，wtf",
        "衣服破了，色差大，还一股异味",
        "我受够了",
        "真他妈的慢",
        "快递丢了还不赔，黑心商家",
    ],
}


def _rows(table):
    return [(language, text) for language, texts in table.items() for text in texts]


@pytest.mark.parametrize(("language", "text"), _rows(CALM))
def test_calm(language, text):
    assert mood(text, language) == "calm"


@pytest.mark.parametrize(("language", "text"), _rows(UNHAPPY))
def test_unhappy(language, text):
    assert mood(text, language) == "unhappy"


@pytest.mark.parametrize(("language", "text"), _rows(ANGRY))
def test_angry(language, text):
    assert mood(text, language) == "angry"


def test_the_other_language_counts_too():
    assert mood("太差了", "en") == "unhappy"
    assert mood("this is a scam", "zh") == "angry"
    assert mood("disappointed", "fr") == "unhappy"


def test_a_very_long_message_is_no_matter():
    assert mood("this is useless " + "a" * 200_000, "en") == "unhappy"
    assert mood("!?" * 100_000, "zh") == "calm"


@pytest.mark.parametrize(
    ("texts", "language", "at_least", "expected"),
    [
        ([], "en", "calm", "calm"),
        (["a red dress please", "thanks!"], "en", "calm", "calm"),
        (["a red dress please"], "en", "unhappy", "unhappy"),
        (["disappointed", "hello"], "en", "calm", "unhappy"),
        (["this is a scam", "disappointed", "hello"], "en", "calm", "angry"),
        (["骗子"], "zh", "unhappy", "angry"),
    ],
)
def test_the_worst_of_several_messages(texts, language, at_least, expected):
    assert worst(texts, language, at_least=at_least) == expected
