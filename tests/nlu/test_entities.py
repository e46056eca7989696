"""What a message names, in both languages: one row a message, `-` before an excluded entity."""

import pytest

from bot.nlu.entities.lexicon import LANGUAGES, WORDS, build
from bot.nlu.entities.reader import Reader

NUMBERS = ("price_min", "price_max", "ordinal", "quantity", "height", "weight")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(build(brands=("Harbor Lane", "Kestrin", "Veyra")))


def found(reader: Reader, text: str, *kinds: str) -> set[str]:
    return {
        f"{'-' if span.excluded else ''}{span.entity}={span.value}"
        for span in reader.read(text)
        if not kinds or span.entity in kinds
    }


def wanted(line: str) -> set[str]:
    return {part.strip() for part in line.split(";") if part.strip()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("under 50", "price_max=50"),
        ("no more than $49.99", "price_max=49.99"),
        ("at least 30 euros", "price_min=30"),
        ("not under 20", "price_min=20"),
        ("don't want to spend more than fifty", "price_max=50"),
        ("between 30 and 60", "price_min=30; price_max=60"),
        ("30-60 dollars", "price_min=30; price_max=60"),
        ("from $20 to $35", "price_min=20; price_max=35"),
        ("around 80", "price_min=64; price_max=96"),
        ("upto 2k", "price_max=2000"),
        ("a hundred and fifty bucks max", "price_max=150"),
        ("50以内", "price_max=50"),
        ("100到200块", "price_min=100; price_max=200"),
        ("一百五以下的", "price_max=150"),
        ("两三百的", "price_min=200; price_max=300"),
        ("五百到一千", "price_min=500; price_max=1000"),
        ("不超过三百块", "price_max=300"),
        ("超过三百块的", "price_min=300"),
        ("預算兩千左右", "price_min=1600; price_max=2400"),
        ("百元以内", "price_max=100"),
        ("delivery in 3 to 5 days", ""),
        ("7天之内能退吗", ""),
        ("over 2 weeks ago", ""),
    ],
)
def test_prices(reader: Reader, text: str, expected: str) -> None:
    assert found(reader, text, *NUMBERS) == wanted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in size M please", "size=M"),
        ("medium or large", "size=M; size=L"),
        ("extra large only", "size=XL"),
        ("2XL", "size=XXL"),
        ("EU 42", "size=42"),
        ("waist 32", "size=32"),
        ("34 inch waist", "size=34"),
        ("size 38 not 36", "size=38; -size=36"),
        ("do you have it in small?", "size=S"),
        ("is it too small", ""),
        ("a small bag", ""),
        ("42码", "size=42"),
        ("38和39码都行", "size=38; size=39"),
        ("加大號有嗎", "size=XL"),
        ("m码", "size=M"),
        ("均码的", "size=one size"),
        ("平时穿L", "size=L"),
        ("i'm looking for it's price", ""),
        ("one size fits all?", "size=one size"),
    ],
)
def test_sizes(reader: Reader, text: str, expected: str) -> None:
    assert found(reader, text, "size", *NUMBERS) == wanted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("compare 1 and 3", "ordinal=1; ordinal=3"),
        ("3 and 4, whats better", "ordinal=3; ordinal=4"),
        ("the second one", "ordinal=2"),
        ("no. 3 or #4", "ordinal=3; ordinal=4"),
        ("number two", "ordinal=2"),
        ("add both no 1 and no 3", "ordinal=1; ordinal=3"),
        ("the last one", "ordinal=last"),
        ("first vs last", "ordinal=1; ordinal=last"),
        ("the first two", "ordinal=1; ordinal=2"),
        ("first time here", ""),
        ("wait a second", ""),
        ("second hand bags", ""),
        ("last week", ""),
        ("第二个", "ordinal=2"),
        ("第一、第三跟最后一个", "ordinal=1; ordinal=3; ordinal=last"),
        ("3号多少钱", "ordinal=3"),
        ("1和3哪个好", "ordinal=1; ordinal=3"),
        ("前两个比一比", "ordinal=1; ordinal=2"),
        ("我第一次来", ""),
    ],
)
def test_ordinals(reader: Reader, text: str, expected: str) -> None:
    assert found(reader, text, *NUMBERS) == wanted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 of the first one", "quantity=2; ordinal=1"),
        ("3 pairs of white socks", "quantity=3"),
        ("two black dresses", "quantity=2"),
        ("add 2", "quantity=2"),
        ("the last one x2", "ordinal=last; quantity=2"),
        ("the black one", ""),
        ("a dress", ""),
        ("these two bags", ""),
        ("第一个来两件", "ordinal=1; quantity=2"),
        ("要3双", "quantity=3"),
        ("想买一条裙子", ""),
        ("这两件有什么区别", ""),
        ("有几种颜色", ""),
    ],
)
def test_quantities(reader: Reader, text: str, expected: str) -> None:
    assert found(reader, text, *NUMBERS) == wanted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i'm 170 cm 60 kg", "height=170; weight=60"),
        ("1.75m", "height=175"),
        ("1米75", "height=175"),
        ("一米八", "height=180"),
        ("5'7\" and 130 lbs", "height=170; weight=59"),
        ("5ft 7", "height=170"),
        ("six foot two", "height=188"),
        ("身高170穿多大", "height=170"),
        ("162 55公斤", "height=162; weight=55"),
        ("120斤", "weight=60"),
        ("身高165體重52", "height=165; weight=52"),
        ("我一七八,72公斤", "height=178; weight=72"),
        ("heels of 8 cm", ""),
    ],
)
def test_bodies(reader: Reader, text: str, expected: str) -> None:
    assert found(reader, text, *NUMBERS) == wanted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where's order A1029", "A1029"),
        ("order number 77120 hasn't come", "77120"),
        ("#10234", "10234"),
        ("status ord-5521", "ORD-5521"),
        ("订单号a3388到哪了", "A3388"),
        ("7712055这个单还没到", "7712055"),
        ("where is my order", ""),
    ],
)
def test_order_numbers(reader: Reader, text: str, expected: str) -> None:
    assert {span.value for span in reader.read(text) if span.entity == "order_id"} == wanted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red running shoes", "colour=Red; category=sports_shoes"),
        ("crimson trainers for my husband", "colour=Red; category=sports_shoes; gender=men"),
        ("womens navy trenchcoat", "gender=women; colour=Navy Blue; category=coat"),
        ("striped linnen shirts", "pattern=striped; material=linen; category=shirt"),
        ("a balck hoodie from harbor lane", "colour=Black; category=hoodie; brand=Harbor Lane"),
        ("酒红色连衣裙", "colour=Burgundy; category=dress"),
        ("給老公買雙跑鞋", "gender=men; category=sports_shoes"),
        ("白袜子", "colour=White; category=socks"),
        ("黑白灰的T恤", "colour=Black; colour=White; colour=Grey; category=t_shirt"),
        ("男鞋", "gender=men; category=shoes"),
        ("我不明白", ""),
        ("包邮吗", "attribute=delivery"),
        ("现金可以吗", ""),
        ("童装", "gender=boys; gender=girls"),
        ("women", "gender=women"),
        ("black shirt 有吗", "colour=Black; category=shirt"),
    ],
)
def test_catalogue_words(reader: Reader, text: str, expected: str) -> None:
    assert found(reader, text) - {"attribute=delivery"} == wanted(expected) - {"attribute=delivery"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not black or red", "-colour=Black; -colour=Red"),
        ("not black, white instead", "-colour=Black; colour=White"),
        ("anything but blue", "-colour=Blue"),
        ("i hate green and orange", "-colour=Green; -colour=Orange"),
        ("in any colour except grey", "-colour=Grey"),
        ("no, the red one", "colour=Red"),
        ("white, no black", "colour=White; -colour=Black"),
        ("for my husband not for me", "gender=men"),
        ("no more than 50, red", "colour=Red"),
        ("不要红色和黑色", "-colour=Red; -colour=Black"),
        ("不要黑色,要白色", "-colour=Black; colour=White"),
        ("除蓝色外都可以", "-colour=Blue"),
        ("非黑色", "-colour=Black"),
        ("别给我推荐粉色的", "-colour=Pink"),
        ("红色和黑色都不要", "-colour=Red; -colour=Black"),
        ("要不要红色的", "colour=Red"),
        ("有没有红色的", "colour=Red"),
        ("特别红的", "colour=Red"),
    ],
)
def test_exclusions(reader: Reader, text: str, expected: str) -> None:
    assert found(reader, text, "colour", "gender") == wanted(expected)


@pytest.mark.parametrize(
    "text", ["", " ", "👍", "\x00\x01", "x" * 5000, "\u202eabc", "一" * 3000, "1" * 400, "'" * 50, "第" * 200]
)
def test_odd_text_is_read_without_harm(reader: Reader, text: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in reader.read(text))


def test_offsets_point_into_the_text_as_typed(reader: Reader) -> None:
    text = "ＷＡＮＴ　紅色 連衣裙 “under ５０”"
    places = {span.entity: text[span.start : span.end] for span in reader.read(text)}
    assert places["colour"] == "紅色"
    assert places["category"] == "連衣裙"


def test_every_listed_word_is_understood_as_listed(reader: Reader) -> None:
    import yaml

    wrong = []
    for language in LANGUAGES:
        data = yaml.safe_load((WORDS / f"{language}.yml").read_text(encoding="utf-8"))
        for value, words in data["colour"].items():
            wrong += [word for word in words if f"colour={value}" not in found(reader, word, "colour")]
    assert not wrong
