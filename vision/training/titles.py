"""Real shop titles in one spelling: "Women Printed Kurtas" and "women's printed kurta" are the same words."""

from __future__ import annotations

import re

from vision import taxonomy

# Spelling variants of titles, in this order; phrases become one word.
_SPELLINGS = (
    (r"[’`]", "'"),
    (r"\b(t|tee)[- ]?shirts?\b|\btees?\b", "t-shirt"),
    (r"\bsweat ?shirts?\b", "sweatshirt"),
    (r"\bmen'?s?\b", "men's"),
    (r"\b(women|woman)'?s?\b", "women's"),
    (r"\bboy('?s)?\b'?", "boys'"),
    (r"\bgirl('?s)?\b'?", "girls'"),
    (r"\bkid('?s)?\b'?", "kids'"),
    (r"\b(strip(e[sd]?|ped)|pinstripes?)\b", "striped"),
    (r"\b(checks?|checkered|plaid)\b", "checked"),
    (r"\b(prints?)\b", "printed"),
    (r"\b(hood|hoodie|hooded|hoody)\b", "hooded"),
    (r"\b(flowers?|florals?)\b", "floral"),
    (r"\bknit(wear)?\b", "knitted"),
    (r"\bwool(len)?\b", "woollen"),
    (r"\b(trainng|training)\b", "training"),
    (r"\b(runng|running)\b", "running"),
    (r"\b(v[ -]?neck)\b", "v-neck"),
    (r"\b(round|crew)[ -]?neck\b", r"\1_neck"),
    (r"\b(slim|regular|comfort) fit\b", r"\1_fit"),
    (r"\b(long|full)[ -]?sleeved?\b", "long-sleeved"),
    (r"\b(short|half)[ -]?sleeved?\b", "short-sleeved"),
    (r"\bflip[ -]?flops?\b", "flip-flops"),
    (r"\b(analog)\b", "analogue"),
    (r"\b(sport|sports) shoes?\b", "sports_shoes"),
    (r"\b(casual|formal) shoes?\b", r"\1_shoes"),
    (r"\btrack ?pants?\b", "track_pants"),
    (r"\binnerwear vests?\b|\bvests?\b", "innerwear_vest"),
    (r"\bmobile pouch\b", "mobile_pouch"),
    (r"\bduffle\b", "duffel"),
    (r"\b(laptop|duffel|messenger|sling) bags?\b", r"\1_bag"),
    (r"\bbrief\b", "briefs"),
    (r"\btrunk\b", "trunks"),
    (r"\bboxer\b", "boxers"),
    (r"\bscarves\b", "scarf"),
    (r"\bperfumes\b", "perfume"),
    (r"\bdeos?\b", "deodorant"),
    (r"\b(shoe|sandal|trouser|slipper|cufflink|capri|heel|flat|wedge|jean|short)\b", r"\1s"),
    (r"\bgray\b", "grey"),
    (r"\bnavy\b(?! blue)", "navy blue"),
    (r"\bjewelry\b", "jewellery"),
    (r"\bmulti-?colou?r(ed)?\b", "multi"),
)
_PLURALS = re.compile(
    r"(shirt|top|kurta|kurti|sweater|jacket|watch|handbag|wallet|belt|backpack|cap|tie|dress|clutch|skirt|tunic|"
    r"bag|sweatshirt|pouch|muffler|stole|umbrella|tracksuit|jersey|necklace|bracelet|rucksack)e?s"
)


def words(text: str) -> list[str]:
    """The normalised plain words of a title or a caption, for scores that compare the two."""
    return " ".join(_spelled(text.lower())).replace("_", " ").split()


def words_of(title: str, brand: str = "") -> list[str]:
    """The normalised words of a title, phrases as one ("navy_blue"), without the brand, codes and doubles."""
    text = title.lower()
    if brand:
        text = re.sub(rf"(?<!\w){re.escape(brand.lower())}(?!\w)", " ", text)
    said = [word for word in _spelled(text) if len(word) > 2 and not re.search(r"\d", word)]
    return list(dict.fromkeys(said))


def _spelled(text: str) -> list[str]:
    for pattern, spelling in _SPELLINGS:
        text = re.sub(pattern, spelling, text)
    for colour in taxonomy.load().colours:
        if " " in colour:
            text = text.replace(colour.lower(), colour.lower().replace(" ", "_"))
    spelled = []
    for word in re.findall(r"[a-z0-9][\w'-]*", text):
        if word.startswith("t-shirt"):
            word = "t-shirt"
        if plural := _PLURALS.fullmatch(word):
            word = plural[1]
        spelled.append(word)
    return spelled
