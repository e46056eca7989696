"""What a stranger may write to keep us busy: shapes that make a careless pattern try again and again."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

# Repeated as they are; most stand for what one of our patterns repeats, and none is ever finished.
_UNITS = (
    # letters, digits, spaces
    "a", "A", "aB", "é", "ß", "İ", "z ", "a\n", " ", "\t", "\n", " \n", "\u00a0", "\u3000", "\x00", "\x00 ",
    "0", "1", "9", "12", "123", "1 ", "12 ", "1,", "1,234", "123,", ",123", "1.", ".1", "1.5", "1.5 ", "1-", "-1",
    "1/", "1:", "1'", "1' ", "5'7", "5'7\"", "1x", "x1", "x 1", "1 x", "#1", "#", "# ", "1k ", "1e", "1a", "a1",
    # marks
    ",", ", ", ".", "..", ". ", "-", "--", "- ", "_", "'", "\"", "''", "!", "?", "!?", "!a", "!.", ":", ";", "/", "\\",
    "//", "*", "**", "* *", "**a", "`", "~", "^", "|", "&", "%", "%s", "+", "=", "<", ">", "<>", "<a", "<<", "><", "</",
    "<@", "<@a|", "<a|", "@", "@ ", "a@", "@a", "a@a", "a@a.", "@a.", "a@a.a", "a@a.a ", "a.a@", ".a@", "a+a@", "a-",
    "a-a", "a.", "a.a", "a'", "a'a", "a'a ", "o'", "a,", "a, ", "a/", "a:", "a_", "(", ")", "()", "((", "(a", "[", "]",
    "[]", "[a", "[a](", "![", "![a](", "[](", "{", "}", "{}", "{a", "{{", "${", "${a}", "$", "$1", "$ ", "€", "£1", "¥",
    # addresses
    "http://", "https://", "https://a", "https://a ", "http://a@", "www.", "www.a", "www.a ", "www.@", "mailto:",
    "<https://", "<mailto:a", "https://matrix.to/#/@", "matrix:u/", "matrix:u/a ", "> ", "> a", "> a\n", ">\n", "^> ",
    ":a", ":a:", ":a::skin-tone-", "a.jpg", ".jpg ",
    # words that patterns repeat or begin with
    "and ", "or ", "and the ", "not ", "no ", "no no", "not want ", "nothing ", "don't ", "n't", "the ", "a ", "of ",
    "to ", "to to", "for a ", "for a a ", "budget ", "budget for a ", "price ", "max ", "under ", "under a ", "between ",
    "between 1 ", "between 1 and ", "from 1 to ", "1 to ", "1 - 1", "1-1-", "one ", "one one", "one hundred ",
    "hundred ", "a hundred ", "a hundred and ", "twenty one ", "twenty-", "thousand ", "size ", "size: ", "sizes ",
    "size 4", "my ", "is ", "is is", "my size is ", "in a ", "eu ", "eu 4", "us size ", "uk", "waist ", "w3", "3 in",
    "height ", "height is ", "tall ", "i'm ", "i'm 1", "weigh ", "weight of ", "ft ", "5 ft ", "1 and a half ",
    "1 stone ", "lbs ", "kg", "1 kg ", "cm", "order ", "order number ", "order-", "ord-", "ord1", "order #", "no. ",
    "first ", "the first ", "1st ", "the last ", "last ", "next ", "pair ", "pairs of ", "2 pairs ", "more ", "other ",
    "show me ", "compare ", "photo ", "cheaper ", "red ", "red and ", "red, ", "dress ", "dresses ", "without ",
    "except ", "instead ", "instead of ", "other than ", "sorry ", "human ", "stars ", "5 out of ", "add ", "to my cart ",
    # Chinese, emoji and the rest
    "的", "一", "二", "十", "百", "万", "一百", "百一", "两三", "一、", "一二", "零", "十百千万", "两", "第", "第一", "第一个", "个", "块",
    "一块", "1块", "元", "1元", "到", "1到", "到1", "从", "从1到", "和", "1和", "和的", "、", ",", ",", "。", "不", "不要", "不想", "别",
    "不能", "没", "红", "红色", "红色的", "红色和", "或者", "除了", "以外", "除了红", "码", "3码", "号", "3号", "穿", "我穿", "我", "我的",
    "身高", "身高是", "身高1", "体重", "体重是", "1米", "米", "一米七", "斤", "1斤", "半", "1半", "预算", "预算是", "大概", "大概1", "左右", "最多",
    "至少", "比", "比1", "多", "一多", "订单", "订单号", "订单1", "最后", "最后一", "最后一个", "裙子", "中a", "a中", "中 ", "中1", "1中", "鞋", "腰",
    "1", "A", "Ａ", "１", "👍", "👍🏽", "👨\u200d👩\u200d👧", "1\ufe0f\u20e3", "1\ufe0f", "★", "⭐", "\u200b", "\u200d", "\ufe0f", "e\u0301",
    "\u0301", "あ", "한", "ａ@", "İ@", "𠀀", "ß ", "½", "1½", "…", "“", "“a”", "’", "a’", "–", "1–",
)  # fmt: skip

_BEGUN = (
    ("1", " ", "x"), ("one", " ", "!"), ("size", " ", "x"), ("size", ":", " x"), ("$", " ", "a"), ("1", ",", "x"),
    ("not", " ", "x"), ("budget", " is", "!"), ("height", " is", " x"), ("身高", "是", "x"), ("预算", "是", "x"),
    ("a@", "a.", "@"), ("a@", "a", " "), ("https://", "a", "\n"), ("[", "a", "]("), ("[a](", "a", " "), ("**", "a", " "),
    ("**", "* ", "a"), ("<", "a", "\n"), ("<", "a|", "\n"), ("> ", ">", "a"), (":", "a", " "), ("!", "a", "x"),
    ("#", " ", "x"), ("order", " ", "x"), ("订单", " ", "x"), ("-", "1", "x"), ("1", "1", "."), ("1.", "1", "a"),
    ("一", "百", "x"), ("A", "A", "a"), ("AAAA ", "AAA ", "a"), ("a ", "A", "x"), ("", " ", "x"), ("", "?", "x"),
    ("s", " ", "x"), ("s", "!", "x"), ("1", "!", "x"), ("first", " ", "x"), ("or", " ", "x"), ("{", "a", "\n"),
)  # fmt: skip


def shapes(length: int) -> Iterator[tuple[str, str]]:
    """Names and texts of so many characters; the same every time."""
    for unit in dict.fromkeys(_UNITS):  # neither begun nor ended well, so that no pattern can be content
        yield repr(unit), "x" + (unit * (length // len(unit) + 1))[: length - 2] + "x"
    for start, unit, end in _BEGUN:
        middle = (unit * (length // len(unit) + 1))[: length - len(start) - len(end)]
        yield f"{start!r} {unit!r} {end!r}", start + middle + end
    for left, right in ("()", "[]", "{}", "<>", "“”", "()"):
        yield f"nested {left}{right}", left * (length // 2) + right * (length - length // 2)
    random = Random(7)
    for number in range(20):
        yield f"mixed {number}", "".join(random.choices(_UNITS, k=length))[:length]
