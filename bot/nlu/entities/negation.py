"""What the customer does not want: "not black or red", "anything but blue", 不要红色和黑色, 除了灰色."""

from __future__ import annotations

import re

from bot.nlu.entities.spans import Span

NEGATABLE = frozenset(
    ("colour", "category", "brand", "gender", "size", "pattern", "material", "occasion", "season", "ordinal")
)

_CUE_EN = re.compile(
    r"(?:\bnot (?:into|a fan of|keen on|fond of)|\brather (?:\w+ ){1,4}than"
    r"|\bnot(?! (?:only|just|sure))|\bno|\bnon-?|\bwithout|\bw/o|\bexcept(?:ing)?(?: for)?|\bexcluding"
    r"|\bexclude|\banything but|\beverything but|\bany(?: \w+)? but|\ball but"
    r"|\b(?:do not|don'?t|dnt|doesn'?t|does not|never|can'?t|cannot|won'?t|wouldn'?t|didn'?t) (?:really "
    r"|ever |even |actually |particularly )?(?:like|want|need|wear|care for|stand|buy|show|love|suggest"
    r"|recommend|do|mean|include|give|fancy|send|offer|look good in|suit)(?: (?:to wear|to see|to buy|me))?"
    r"|\bnever|\bhates?|\bhating|\bdislikes?|\bdetests?|\bloathes?|\bavoid(?:ing)?|\bnothing|\bother than"
    r"|\bbesides|\bapart from|\baside from|\binstead of|\brather than|\bminus"
    r"|\bno more|\bleave out|\bskip|\bsick of|\btired of"
    r"|\bbored of|\ballergic to|\bhide|\bbut not|\bnor\b|\bexcept|\bfed up with|\bneither)\b"
)
_CUE_ZH = re.compile(
    r"(?:(?<!要)不要|不想要|不喜欢|不爱|不想|不用|不穿|不太喜欢|讨厌|除了|除开|除去|除"
    r"|(?<![特分性区级差告个识辨])别(?![的人墅处家致])(?:要|给我|推荐|推|再)?|(?<![是])不是"
    r"|(?<![是])非(?!常)|(?<![有全])无(?!线|袖|所)|不带|不含|去掉|排除|拒绝"
    r"|避开|不买|不选|不看|不考虑|避免|受不了|最烦|恨|(?<!是)不(?=[黑白红蓝绿黄灰紫粉]))"
)
_FILLER_EN = re.compile(
    r"(?:\s|\ba\b|\ban\b|\bthe\b|\bany\b|\bin\b|\btoo\b|\bso\b|\breally\b|\bvery\b|\bmy\b|\bof\b|\bfor\b"
    r"|\bwear(?:ing)?\b|\bshow(?:ing)?\b|\bme\b|\banything\b|\bsomething\b|\bwith\b"
    r"|\bto\b|\bit\b|\bones?\b|\bcolou?r(?:ed|s)?\b|\bthat\b|\bthat'?s\b|\bthose\b|\bthis\b|\bstuff\b"
    r"|\bthings?\b|\bitems?\b|\bclothes\b|\bis\b|\bbe\b|\bmade\b|\bfrom\b|\ball\b|\bsize\b"
    r"|\bprints?\b|\bpure\b|\bbright\b|\bdark\b|\blight\b|\bplain\b|\bbuy(?:ing)?\b|\bmuch\b|\byou\b"
    r"|\bshades?\b|\bsuggest(?:ing)?\b|\bhave\b|\bmore\b|\bother\b|\bkind\b|'s\b|'|\")*"
)
_LIST_EN = re.compile(
    r"(?:\s|,|/|&|\bor\b|\band\b|\bnor\b|\beither\b|\bneither\b|\bones?\b|\bthe\b|\ba\b|\bany\b|\bin\b"
    r"|\bcolou?red\b|\bno\b|\bnot\b|\bshades\b|\bcolou?rs?\b|\bclothes\b|\bstuff\b|\bthings\b|\bitems\b"
    r"|')*"
)
_FILLER_ZH = re.compile(
    r"(?:\s|给|我|看|推荐|太|那么|那种|这种|那个|这个|任何|的|了|带|穿|是|再|颜色|色|款|什么|啥|一切|所有"
    r"|有|要|这些|那些|选|买|来|纯|很|深|浅|偏|任|何|系|件|条|双|码|号|第|:|推)*"
)
_LIST_ZH = re.compile(
    r"(?:\s|的|和|跟|与|或者?|、|及|以及|还有|也|色|款|系|不要|别|衣服|东西|/|那种|这种|码|号|,(?=不要|别"
    r"|也不))*"
)
_INSTEAD = re.compile(
    r"^(?:\s*(?:ones?|colou?r|please|pls|would be better|is fine|is better|is ok))?\s*(?:instead"
    r"|only)\b(?! of)|^\s*(?:ones?\s+)?(?:please|pls)\b"
)
_AFTER_ZH = re.compile(
    r"^(?:色|的|款|那[款件个双条]|这[款件个双条]|系)*\s*(?:,?(?:都|也|就|我|都是)?(?:不要|除外|不行"
    r"|不考虑|不想要|不喜欢|不爱|免谈|算了|pass|不可以|不穿)|(?:之外|以外|外)(?![套衣]))(?:了|啦|吧|哦"
    r"|的?话?)?(?=$|[\s,。!?;.]|的|都|其)"
)
_AFTER_EN = re.compile(
    r"^\s*(?:ones?\s+)?(?:excluded|not included|is out\b|are out\b|is a no\b|is not my|isn'?t my|is a no-go)"
)


def exclude(text: str, spans: list[Span]) -> list[Span]:
    """The same spans, those that the plain text `text` negates marked as excluded."""
    ordered = sorted(spans, key=lambda span: span.start)
    candidates = [span for span in ordered if span.entity in NEGATABLE]
    excluded: set[Span] = set()
    for cue in _CUE_EN.finditer(text):
        if re.match(r"\s{0,9}[,.!;?]", text[cue.end() :]):
            continue  # "no, the red one" only answers
        _mark(text, cue.end(), candidates, excluded, english=True)
    for cue in _CUE_ZH.finditer(text):
        _mark(text, cue.end(), candidates, excluded, english=False)
    for span in candidates:
        after = text[span.end :]
        if _AFTER_ZH.match(after) or _AFTER_EN.match(after):
            excluded.add(span)
            _mark_back(text, span, candidates, excluded)
    return [span.but(excluded=True) if span in excluded else span for span in ordered]


def _mark(text: str, position: int, candidates: list[Span], excluded: set[Span], *, english: bool) -> None:
    following = [span for span in candidates if span.start >= position]
    filler, joiner = (_FILLER_EN, _LIST_EN) if english else (_FILLER_ZH, _LIST_ZH)
    pattern = filler
    previous: Span | None = None
    for i, span in enumerate(following):
        gap = text[position : span.start]
        if not pattern.fullmatch(gap):
            return
        if previous and english and "," in gap and not re.search(r"\b(?:or|and|nor|no|not)\b", gap):
            # "not black, white": a new wish; "not black, red or yellow": a list
            rest = text[span.end : following[i + 1].start] if i + 1 < len(following) else ""
            if not re.fullmatch(r"\s{0,9},?\s{0,9}(?:or|and|nor)\s{0,9}(?:the\s|any\s)?", rest):
                return
        if previous and english and re.search(r"\band\b", gap) and span.entity != previous.entity:
            return
        if previous and not gap.strip() and previous.entity == span.entity == "category":
            return
        if _INSTEAD.match(text[span.end :]) and previous:
            return
        excluded.add(span)
        previous, position, pattern = span, max(position, span.end), joiner


def _mark_back(text: str, span: Span, candidates: list[Span], excluded: set[Span]) -> None:
    """红色和黑色都不要: what is listed before the last one is meant too."""
    start = span.start
    for other in reversed([c for c in candidates if c.end <= start and c.entity == span.entity]):
        if not re.fullmatch(r"(?:\s|的|和|跟|与|或者?|、|色|,?or|,?and)*", text[other.end : start]):
            return
        excluded.add(other)
        start = other.start
