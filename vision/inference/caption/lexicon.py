"""The words that captions are made of: what each one claims of the product, and its Chinese.

A caption's word is written as one token: "navy_blue", "sports_shoes". Kinds and colours come from the
taxonomy; here stand the further nouns that shops use, the words for whom, and the words that say more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from vision import taxonomy

Sort = Literal["brand", "gender", "colour", "kind", "attribute"]
BRAND = "<brand>"  # stands for the brand that the eyes name: the decoder learns where a brand goes, not which


@dataclass(frozen=True)
class Word:
    """One token: `names` are the answers of the head `head` that it claims, any of them; `covers` those that
    do not contradict it (a polo shirt may be called a T-shirt, but the word says T-shirt)."""

    token: str
    zh: str
    sort: Sort
    head: str = ""  # field of `Prediction`: kinds, colours, genders, patterns, sleeves, usages
    names: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


GENDER_WORDS = {
    "men": ("men's", "男士"),
    "women": ("women's", "女士"),
    "boys": ("boys'", "男童"),
    "girls": ("girls'", "女童"),
    "unisex": ("unisex", "男女通用"),
}

# Kinds that shops sell as women's: a guess of "men's" is then the guess to doubt, and is not said.
WOMENS = {"dress", "skirt", "blouse", "bra", "heels", "saree", "stockings", "clutch"}

# Further words that a picture only hints at: they need more to be said than a pattern, which one sees.
MATERIALS = ("leather", "leatherette", "denim", "cotton", "canvas", "woollen", "knitted", "polyester")

# Nouns of titles beside the taxonomy's names: kinds (or a group of kinds) that they mean, Chinese.
_NOUNS: dict[str, tuple[tuple[str, ...], str]] = {
    "shoes": (("shoes",), "鞋子"),
    "bag": (("handbag", "backpack", "clutch", "laptop_bag", "duffel_bag", "pouch"), "包"),
    "polo_t-shirt": (("polo",), "Polo衫"),
    "messenger_bag": (("laptop_bag",), "邮差包"),
    "sling_bag": (("handbag", "laptop_bag"), "斜挎包"),
    "mobile_pouch": (("pouch",), "手机袋"),
    "rucksack": (("backpack",), "登山包"),
    "slippers": (("flip_flops", "sandals"), "拖鞋"),
    "wedges": (("heels",), "坡跟鞋"),
    "ballerinas": (("flats",), "芭蕾平底鞋"),
    "kurti": (("tunic",), "印度短衫"),
    "capris": (("trousers",), "七分裤"),
    "tights": (("leggings", "stockings"), "紧身裤袜"),
    "innerwear_vest": (("tank_top",), "贴身背心"),
    "briefs": (("underpants",), "三角内裤"),
    "trunks": (("underpants",), "平角内裤"),
    "boxers": (("underpants",), "四角内裤"),
    "jersey": (("t_shirt",), "球衣"),
    "muffler": (("scarf",), "厚围巾"),
    "stole": (("scarf",), "披肩"),
    "dupatta": (("scarf",), "印度长巾"),
    "beanie": (("cap",), "针织帽"),
    "cufflinks": (("jewellery",), "袖扣"),
    "necklace": (("jewellery",), "项链"),
    "bracelet": (("jewellery",), "手链"),
    "deodorant": (("perfume",), "止汗香氛"),
}

# Kinds that a noun may be said of as well, because the data sets' labels do not part them.
_COVERS = {
    "polo_t-shirt": ("t_shirt",),
    "t-shirt": ("polo", "long_sleeve"),
    "shirt": ("blouse",),
    "top": ("blouse", "tank_top"),
    "sweatshirt": ("hoodie",),
    "jacket": ("coat", "blazer"),
    "casual_shoes": ("boots",),
    "heels": ("boots",),
    "tunic": ("kurta",),
    "kurta": ("tunic",),
}

# Words that say more than kind, colour and whom it is for: Chinese, and the head's answer that they claim.
_ATTRIBUTES: dict[str, tuple[str, str, str]] = {
    "solid": ("纯色", "patterns", "plain"),
    "striped": ("条纹", "patterns", "striped"),
    "checked": ("格纹", "patterns", "checked"),
    "printed": ("印花", "patterns", "printed"),
    "graphic": ("图案", "patterns", "printed"),
    "floral": ("碎花", "patterns", "printed"),
    "embroidered": ("刺绣", "", ""),
    "washed": ("水洗", "", ""),
    "leather": ("皮质", "", ""),
    "leatherette": ("仿皮", "", ""),
    "denim": ("牛仔布", "", ""),
    "cotton": ("棉质", "", ""),
    "canvas": ("帆布", "", ""),
    "woollen": ("羊毛", "", ""),
    "knitted": ("针织", "", ""),
    "polyester": ("涤纶", "", ""),
    "hooded": ("连帽", "", ""),
    "polo": ("Polo领", "", ""),
    "v-neck": ("V领", "", ""),
    "round_neck": ("圆领", "", ""),
    "crew_neck": ("圆领", "", ""),
    "sleeveless": ("无袖", "sleeves", "sleeveless"),
    "short-sleeved": ("短袖", "sleeves", "short"),
    "long-sleeved": ("长袖", "sleeves", "long"),
    "slim_fit": ("修身", "", ""),
    "regular_fit": ("常规版型", "", ""),
    "comfort_fit": ("舒适版型", "", ""),
    "casual": ("休闲", "usages", "Casual"),
    "formal": ("正装", "usages", "Formal"),
    "sports": ("运动", "usages", "Sports"),
    "ethnic": ("民族风", "usages", "Ethnic"),
    "classic": ("经典款", "", ""),
    "winter": ("冬季", "", ""),
    "training": ("训练", "", ""),
    "running": ("跑步", "", ""),
    "football": ("足球", "", ""),
    "cricket": ("板球", "", ""),
    "digital": ("数字", "", ""),
    "analogue": ("指针", "", ""),
    "chronograph": ("计时", "", ""),
    "dial": ("表盘", "", ""),
    "frame": ("镜框", "", ""),
    "laptop": ("电脑", "", ""),
}


@lru_cache(maxsize=1)
def load() -> dict[str, Word]:
    """Every token that a caption may have: brand, for whom, colours, kinds, further words."""
    world = taxonomy.load()
    known = [Word(BRAND, BRAND, "brand")]
    for name, (en, zh) in GENDER_WORDS.items():
        known.append(Word(en, zh, "gender", "genders", (name,), (name,)))
    known.append(
        Word("kids'", "儿童", "gender")
    )  # no head knows it: records call such things men's or women's
    for colour in world.colours.values():
        known.append(
            Word(token(colour.id), colour.names["zh"], "colour", "colours", (colour.id,), (colour.id,))
        )
    for kind in world.kinds.values():
        noun = token(kind.names["en"])
        known.append(
            Word(noun, kind.names["zh"], "kind", "kinds", (kind.id,), (kind.id, *_COVERS.get(noun, ())))
        )
    for noun, (meant, zh) in _NOUNS.items():
        names = tuple(name for one in meant for name in world.expand(one))
        known.append(Word(noun, zh, "kind", "kinds", names, (*names, *_COVERS.get(noun, ()))))
    for attribute, (zh, head, name) in _ATTRIBUTES.items():
        names = (name,) if name else ()
        known.append(Word(attribute, zh, "attribute", head, names, names))
    return {word.token: word for word in known}


def token(name: str) -> str:
    """A name as one token: "Navy Blue" → "navy_blue"."""
    return name.lower().replace(" ", "_")
