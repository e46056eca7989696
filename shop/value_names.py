"""The names of values in English and Chinese, as they stand in a sentence."""

from __future__ import annotations

from vision.taxonomy import load as load_taxonomy

PATTERNS = {
    "plain": ("plain", "纯色"),
    "striped": ("striped", "条纹"),
    "checked": ("checked", "格子"),
    "dotted": ("dotted", "波点"),
    "floral": ("floral", "碎花"),
    "printed": ("printed", "印花"),
    "graphic": ("graphic", "图案"),
    "colour_block": ("colour-block", "拼色"),
    "camouflage": ("camouflage", "迷彩"),
    "animal": ("animal print", "动物纹"),
}
MATERIALS = {
    "cotton": ("cotton", "棉"),
    "linen": ("linen", "亚麻"),
    "wool": ("wool", "羊毛"),
    "cashmere": ("cashmere", "羊绒"),
    "silk": ("silk", "真丝"),
    "denim": ("denim", "牛仔布"),
    "leather": ("leather", "皮革"),
    "suede": ("suede", "麂皮"),
    "polyester": ("polyester", "聚酯纤维"),
    "nylon": ("nylon", "尼龙"),
    "viscose": ("viscose", "粘胶纤维"),
    "velvet": ("velvet", "丝绒"),
    "canvas": ("canvas", "帆布"),
    "knit": ("knit", "针织"),
    "down": ("down", "羽绒"),
    "rubber": ("rubber", "橡胶"),
    "metal": ("metal", "金属"),
    "straw": ("straw", "草编"),
    "lace": ("lace", "蕾丝"),
    "chiffon": ("chiffon", "雪纺"),
    "satin": ("satin", "缎面"),
    "corduroy": ("corduroy", "灯芯绒"),
    "fleece": ("fleece", "抓绒"),
}
OCCASIONS = {
    "casual": ("for every day", "日常"),
    "work": ("for work", "通勤"),
    "formal": ("for formal occasions", "正式场合"),
    "party": ("for a party", "派对"),
    "wedding": ("for a wedding", "婚礼"),
    "sport": ("for sport", "运动"),
    "outdoor": ("for outdoors", "户外"),
    "beach": ("for the beach", "海边"),
    "travel": ("for travelling", "旅行"),
    "home": ("for home", "居家"),
    "school": ("for school", "上学"),
    "date": ("for a date", "约会"),
}
SEASONS = {
    "spring": ("spring", "春季"),
    "summer": ("summer", "夏季"),
    "autumn": ("autumn", "秋季"),
    "winter": ("winter", "冬季"),
    "all": ("all-season", "四季"),
}
SLEEVES = {
    "sleeveless": ("sleeveless", "无袖"),
    "short": ("short-sleeved", "短袖"),
    "long": ("long-sleeved", "长袖"),
}
GENDERS = {
    "men": ("men's", "男士"),
    "women": ("women's", "女士"),
    "boys": ("boys'", "男童"),
    "girls": ("girls'", "女童"),
    "unisex": ("unisex", "中性"),
}
SORTS = {
    "cheapest": ("cheapest first", "从低价到高价"),
    "dearest": ("most expensive first", "从高价到低价"),
    "newest": ("newest first", "最新优先"),
    "popular": ("most popular first", "最受欢迎优先"),
}
# Why a product is shown (`reasons`); {} is the product's value.
REASONS = {
    "wished_kind": ("{} as you wished", "您要的{}"),
    "wished_colour": ("in {} as you wished", "您要的{}"),
    "wished_pattern": ("{} as you wished", "您要的{}图案"),
    "wished_sleeves": ("{} as you wished", "您要的{}"),
    "wished_brand": ("by {} as you wished", "您要的{}"),
    "same_kind": ("same kind", "同类商品"),
    "same_colour": ("same colour", "颜色相同"),
    "similar_colour": ("similar colour", "颜色相近"),
    "same_brand": ("same brand", "同一品牌"),
    "similar_pattern": ("similar pattern", "图案相近"),
    "same_sleeves": ("same sleeves", "袖长相同"),
    "similar_look": ("looks similar", "样子相似"),
    "matches_words": ("matches your words", "符合您的描述"),
    "under_budget": ("under {}", "{}以内"),
    "your_size": ("in your size", "有您的尺码"),
    "popular": ("popular", "热门"),
    "newest": ("new in", "新品"),
    "cheapest": ("lowest price", "价格最低"),
    "dearest": ("top of the range", "高端款"),
    "for_occasion": ("right for the occasion", "适合这个场合"),
    "liked_brand": ("a brand you like", "您喜欢的品牌"),
    "liked_colour": ("a colour you like", "您喜欢的颜色"),
    "goes_with": ("goes well with it", "搭配合适"),
    "same_price": ("similar price", "价位相近"),
}
_TABLES = {
    "patterns": PATTERNS,
    "materials": MATERIALS,
    "occasions": OCCASIONS,
    "seasons": SEASONS,
    "sleeves": SLEEVES,
    "genders": GENDERS,
    "sorts": SORTS,
}
_SAME_PLURAL = ("jewellery", "perfume", "outerwear", "headwear", "underwear")


def name(table: str, value: str, lang: str) -> str:
    """The word for a value of `patterns`, `materials`, `occasions`, `seasons`, `genders`, `sorts`,
    `categories`, `colours`; a value without a word is its own word."""
    if table in ("categories", "colours"):
        taxonomy = load_taxonomy()
        known = value in taxonomy.kinds or value in taxonomy.groups or value in taxonomy.departments
        return taxonomy.name(value, lang) if known or value in taxonomy.colours else value
    pair = _TABLES[table].get(value)
    return value if pair is None else pair[lang == "zh"]


def plural(noun: str) -> str:
    """The English plural of a kind's name: dress → dresses, scarf → scarves, jeans → jeans."""
    if noun.endswith(("s", "es")) and not noun.endswith("ss"):
        return noun
    if noun.endswith(_SAME_PLURAL):
        return noun
    if noun.endswith("scarf"):
        return noun[:-1] + "ves"
    if noun.endswith(("ss", "sh", "ch", "x")):
        return noun + "es"
    return noun + "s"


def join(words: list[str], lang: str, last: str = "or") -> str:
    """ "a, b or c"; "a、b或c" ("和" for `last="and"`)."""
    if len(words) < 2:
        return "".join(words)
    if lang == "zh":
        return "、".join(words[:-1]) + ("或" if last == "or" else "和") + words[-1]
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
