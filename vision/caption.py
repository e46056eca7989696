"""One phrase for a photo: an LSTM over the network's feature map, held to what the heads saw.

The decoder proposes a few captions (beam search over a one-step network); each is scored by its own
likelihood and by how well its kind, colour and gender words agree with the heads. A caption that still
contradicts them is not said: the phrase is then composed from the heads. Chinese is composed from the same
facts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vision import taxonomy
from vision.look import GENDERS, Ranked

if TYPE_CHECKING:
    from vision.eyes import Network

BEAMS = 3
START, END = 0, 1  # token ids; the others are words
AGREEMENT = 0.5  # how much a fact's log-probability by the heads counts beside the decoder's own
WOMENS = {"dress", "skirt", "blouse", "bra", "heels", "saree", "stockings", "clutch"}
SURE = 0.6  # below this probability a gender is not said
DOUBTED = 0.10  # a stated fact that the heads give less than this contradicts them

GENDER_WORDS = {
    "men": ("men's", "男士"),
    "women": ("women's", "女士"),
    "boys": ("boys'", "男童"),
    "girls": ("girls'", "女童"),
}
# Words of titles that say more than kind, colour and gender, with their Chinese.
ATTRIBUTES = {
    "striped": "条纹",
    "checked": "格纹",
    "printed": "印花",
    "graphic": "图案",
    "floral": "碎花",
    "solid": "纯色",
    "embroidered": "刺绣",
    "leather": "皮质",
    "denim": "牛仔",
    "cotton": "棉质",
    "canvas": "帆布",
    "woollen": "羊毛",
    "knitted": "针织",
    "hooded": "连帽",
    "polo": "Polo领",
    "v-neck": "V领",
    "sleeveless": "无袖",
    "slim": "修身",
    "casual": "休闲",
    "formal": "正装",
    "sports": "运动",
    "ethnic": "民族风",
    "digital": "数字",
    "analogue": "指针",
}


@dataclass(frozen=True)
class Facts:
    """What the words of a caption claim: kinds (one of), colour, gender; empty where nothing is said."""

    kinds: tuple[str, ...] = ()
    colour: str = ""
    gender: str = ""
    attributes: tuple[str, ...] = ()


class Captioner:
    """The decoder's one-step network and its words. Not thread-safe: `Eyes` calls it in turns."""

    def __init__(self, start: Network, step: Network, words: list[str], longest: int) -> None:
        self._start, self._step, self._words, self._longest = start, step, words, longest
        self._facts = {word: facts_of_word(word) for word in words}

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> Captioner:
        from vision.eyes import Network

        facts = json.loads((folder / "caption.json").read_text(encoding="utf-8"))
        start = Network(folder / "caption_start.tflite", threads)
        step = Network(folder / "caption_step.tflite", threads)
        return cls(start, step, facts["words"], facts["longest"])

    def describe(
        self, features: np.ndarray, kinds: list[Ranked], colours: list[Ranked], genders: list[Ranked]
    ) -> dict[str, str]:
        """The phrase in each language; `features` is the network's output [1, h, w, 1280]."""
        heads = {r.name: r.probability for r in (*kinds, *colours, *genders)}
        best: tuple[float, Facts, list[str]] | None = None
        for likelihood, tokens in self.propose(features, heads):
            said = [self._words[token] for token in tokens]
            facts = self.facts(said)
            if not facts.kinds or _contradicts(facts, colours, genders, heads):
                continue
            score = likelihood + AGREEMENT * _agreement(facts, heads)
            if best is None or score > best[0]:
                best = (score, facts, said)
        if best is None:
            return compose(kinds, colours, genders)
        said = settle(best[2], best[1], colours, heads)
        return {"en": render(said), "zh": compose(kinds, colours, genders, self.facts(said))["zh"]}

    def propose(self, features: np.ndarray, heads: dict[str, float]) -> list[tuple[float, list[int]]]:
        """Beam search: captions as word tokens with their log-likelihood a word, the likeliest first."""
        words = taxonomy.load()
        belief = np.array([[heads[name] for name in (*words.kinds, *words.colours, *GENDERS)]], np.float32)
        start = self._start(features=features, belief=belief)
        h, c = (np.repeat(start[name], BEAMS, axis=0) for name in ("h", "c"))
        beams: list[tuple[float, list[int]]] = [(-np.inf if place else 0.0, []) for place in range(BEAMS)]
        finished: list[tuple[float, list[int]]] = []
        for _ in range(self._longest):
            last = np.array([tokens[-1] if tokens else START for _, tokens in beams], np.int32)
            out = self._step(token=last, h=h, c=c, keys=start["keys"])
            choices = [
                (score + float(log[token]), row, int(token))
                for row, (score, log) in enumerate(zip((beam[0] for beam in beams), out["log"], strict=True))
                for token in np.argpartition(-log, 2 * BEAMS)[: 2 * BEAMS]
                if token != START and token not in beams[row][1]  # no word twice
            ]
            choices.sort(key=lambda choice: -choice[0])
            grown: list[tuple[float, list[int]]] = []
            rows: list[int] = []
            for score, row, token in choices:
                if token == END:
                    finished.append((score / (len(beams[row][1]) + 1), beams[row][1]))
                elif len(grown) < BEAMS:
                    grown.append((score, [*beams[row][1], token]))
                    rows.append(row)
                if len(grown) == BEAMS:
                    break
            if len(finished) >= BEAMS:
                break
            beams, h, c = grown, out["h"][rows], out["c"][rows]
        finished.sort(key=lambda beam: -beam[0])
        return [beam for beam in finished if np.isfinite(beam[0])][: 2 * BEAMS]

    def facts(self, said: list[str]) -> Facts:
        """What the words of a caption claim together; the last kind counts ("shirt dress": a dress)."""
        kinds: tuple[str, ...] = ()
        colour = gender = ""
        attributes: list[str] = []
        for word in said:
            fact = self._facts.get(word) or facts_of_word(word)
            kinds, colour, gender = fact.kinds or kinds, colour or fact.colour, gender or fact.gender
            attributes += fact.attributes
        return Facts(kinds, colour, gender, tuple(attributes))


def facts_of_word(word: str) -> Facts:
    """What one word of the decoder claims. A kind's word may mean all kinds that share a label with it."""
    words = taxonomy.load()
    plain = word.replace("_", " ")
    for colour in words.colours:
        if plain == colour.lower():
            return Facts(colour=colour)
    for gender, (en, _) in GENDER_WORDS.items():
        if word == en:
            return Facts(gender=gender)
    for kind in words.kinds.values():
        if plain == kind.names["en"].lower():
            alike = (k.id for k in words.kinds.values() if k is kind or set(k.products) & set(kind.products))
            return Facts(kinds=tuple(alike))
    if plain == "shoes":
        return Facts(kinds=words.expand("shoes"))
    return Facts(attributes=(word,)) if word in ATTRIBUTES else Facts()


def compose(
    kinds: list[Ranked], colours: list[Ranked], genders: list[Ranked], facts: Facts | None = None
) -> dict[str, str]:
    """The phrase from the heads alone, with the attributes that a caption's facts add."""
    words = taxonomy.load()
    if facts is None:
        sure = genders and genders[0].probability >= SURE and not _unlikely(genders[0].name, (kinds[0].name,))
        facts = Facts(gender=genders[0].name if sure else "")
    kind = words.kinds[kinds[0].name]
    colour = words.colours[facts.colour or colours[0].name]
    for_whom = GENDER_WORDS.get(facts.gender, ("", ""))
    extra = [ATTRIBUTES[a] for a in facts.attributes if ATTRIBUTES[a].lower() not in kind.names["zh"].lower()]
    en = " ".join(filter(None, (for_whom[0], colour.names["en"], *facts.attributes, kind.names["en"])))
    return {"en": en, "zh": "".join((for_whom[1], colour.names["zh"], *extra, kind.names["zh"]))}


def settle(said: list[str], facts: Facts, colours: list[Ranked], heads: dict[str, float]) -> list[str]:
    """The words without a gender that the heads are not sure of, and with the colour if it was left out."""
    doubted = {
        words[0]
        for gender, words in GENDER_WORDS.items()
        if heads[gender] < SURE or _unlikely(gender, facts.kinds)
    }
    kept = [word for word in said if word not in doubted and word != "kids"]
    if not facts.colour and colours[0].probability >= 0.4:
        place = 1 if kept[0] in {words[0] for words in GENDER_WORDS.values()} else 0
        kept.insert(place, colours[0].name.lower().replace(" ", "_"))
    return kept


def render(said: list[str]) -> str:
    """The decoder's words as a phrase: "men's navy_blue t-shirt" → "men's navy blue T-shirt"."""
    spelled = {"t-shirt": "T-shirt", "polo_shirt": "polo shirt"}
    return " ".join(spelled.get(word, word.replace("_", " ")) for word in said)


def _unlikely(gender: str, kinds: tuple[str, ...]) -> bool:
    """Kinds that shops sell as women's: a guess of "men's" is then the guess to doubt, and is not said."""
    return gender in ("men", "boys") and set(kinds) <= WOMENS


def _contradicts(facts: Facts, colours: list[Ranked], genders: list[Ranked], heads: dict[str, float]) -> bool:
    words = taxonomy.load()
    if sum(heads[kind] for kind in facts.kinds) < DOUBTED:
        return True
    if facts.colour and _family_chance(facts.colour, heads) < max(DOUBTED, 0.3 * colours[0].probability):
        return True
    seen = colours[0]
    if facts.colour and words.family(seen.name) != words.family(facts.colour) and seen.probability > SURE:
        return True
    return bool(facts.gender) and heads[facts.gender] < DOUBTED


def _agreement(facts: Facts, heads: dict[str, float]) -> float:
    chances = [sum(heads[kind] for kind in facts.kinds)]
    if facts.colour:
        chances.append(_family_chance(facts.colour, heads))
    if facts.gender:
        chances.append(heads[facts.gender])
    # A caption that leaves the colour out pays for it: naming the right one is the better phrase.
    return float(np.sum(np.log(np.maximum(chances, 1e-3)))) - (0.0 if facts.colour else 1.0)


def _family_chance(colour: str, heads: dict[str, float]) -> float:
    words = taxonomy.load()
    return sum(heads[name] for name in words.family_colours(words.family(colour)))
