"""Real shop titles as captions: what one can see stays; brands, codes and names of styles go."""

from __future__ import annotations

import re
from collections import Counter

from vision import taxonomy
from vision.data import Example

LONGEST = 9  # words
RAREST = 25  # a word that fewer titles have is a name of a style, which no picture shows

# Spelling variants of titles, in this order; phrases become one word.
_SPELLINGS = (
    (r"[’`]", "'"),
    (r"\b(t|tee)[- ]?shirts?\b|\btees?\b", "t-shirt"),
    (r"\bsweat ?shirts?\b", "sweatshirt"),
    (r"\bmen'?s?\b", "men's"),
    (r"\b(women|woman)'?s?\b", "women's"),
    (r"\b(boy)'?s?\b", "boys'"),
    (r"\b(girl)'?s?\b", "girls'"),
    (r"\b(strip(e[sd]?|ped)|pinstripes?)\b", "striped"),
    (r"\b(checks?|checkered|plaid)\b", "checked"),
    (r"\b(prints?)\b", "printed"),
    (r"\b(hood|hoodie|hooded|hoody)\b", "hooded"),
    (r"\b(v[ -]?neck)\b", "v-neck"),
    (r"\bflip[ -]?flops?\b", "flip-flops"),
    (r"\b(analog)\b", "analogue"),
    (r"\b(sport|sports) shoes?\b", "sports_shoes"),
    (r"\b(casual|formal) shoes?\b", r"\1_shoes"),
    (r"\btrack ?pants?\b", "track_pants"),
    (r"\b(innerwear vests?|vests?)\b", "tank_top"),
    (r"\b(laptop|duffel) bags?\b", r"\1_bag"),
    (r"\b(briefs?|trunks?|boxers?)\b", "underpants"),
    (r"\bmufflers?\b|\bscarves\b|\bstoles?\b", "scarf"),
    (r"\b(shoe|sandal|trouser|slipper|cufflink)\b", r"\1s"),
    (r"\bgray\b", "grey"),
    (r"\bnavy\b(?! blue)", "navy blue"),
    (r"\bjewelry\b", "jewellery"),
)
# Frequent, and yet nothing that a picture shows (or a brand in another spelling).
_UNSEEN = {"and", "with", "the", "for", "pack", "taj", "arrow", "adidas", "adi", "unisex", "funky", "combo"}
_PLURALS = re.compile(
    r"(shirt|top|kurta|kurti|sweater|jacket|watch|handbag|wallet|belt|backpack|cap|tie|dress|clutch|skirt|tunic|"
    r"bag|sweatshirt|pouch)e?s"
)


def words_of(title: str, brand: str = "") -> list[str]:
    """The normalised words of a title: lower case, without the brand, codes and numbers."""
    text = title.lower()
    if brand:
        text = re.sub(rf"(?<!\w){re.escape(brand.lower())}(?!\w)", " ", text)
    for pattern, spelling in _SPELLINGS:
        text = re.sub(pattern, spelling, text)
    for colour in taxonomy.load().colours:
        if " " in colour:
            text = text.replace(colour.lower(), colour.lower().replace(" ", "_"))
    said = []
    for word in re.findall(r"[a-z][a-z_'-]*[a-z']", text):
        if word.startswith("t-shirt"):
            word = "t-shirt"
        if plural := _PLURALS.fullmatch(word):
            word = plural[1]
        if len(word) > 2 and word not in said and word not in _UNSEEN:
            said.append(word)
    return said


def caption_words(example: Example, kind: str, colour: str) -> list[str]:
    """The caption to learn: the example's title, or (photos have none) its kind and a colour seen on it."""
    if example.title:
        return words_of(example.title, example.brand)
    names = taxonomy.load().kinds[kind].names["en"].lower()
    return [colour.lower().replace(" ", "_"), names.replace(" ", "_")]


def vocabulary(captions: list[list[str]]) -> list[str]:
    """The words worth learning, the most frequent first, after the two marks of start and end."""
    counts = Counter(word for caption in captions for word in caption)
    return ["<start>", "<end>", *(word for word, count in counts.most_common() if count >= RAREST)]
