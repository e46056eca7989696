"""Pictures of screens and paper, drawn: what a customer sends by mistake. Negatives for training and tests.

Each function draws one picture, uint8 [SIDE, SIDE, 3], from a random generator; `FAMILIES` names them all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIDE = 320
_LATIN = (
    *("please", "find", "the", "order", "number", "below", "tell", "me", "when", "it", "will", "arrive"),
    *("total", "price", "settings", "account", "message", "today", "yesterday", "search", "results"),
    *("return", "value", "error", "update", "meeting", "report", "file", "open", "download", "photo"),
    *("battery", "network", "camera", "name", "date", "status", "system", "version", "page", "table"),
)
_CHINESE = "您好请问这个订单什么时候发货谢谢今天明天收到消息设置账户搜索结果价格合计系统更新"
_FACES = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "DejaVuSerif.ttf", "Arial.ttf")
_MONO = ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf", "Courier New.ttf")
_HAN = ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc")
Colour = tuple[int, int, int]


@cache
def _font(names: tuple[str, ...], size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont | None:
    for name in names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def _text(rng: np.random.Generator, words: int) -> tuple[str, tuple[str, ...]]:
    """Some words and the fonts that can show them; Chinese only where a font for it is found."""
    if rng.random() < 0.3 and _font(_HAN, 12) is not None:
        return "".join(rng.choice(list(_CHINESE), words * 3)), _HAN
    return " ".join(rng.choice(_LATIN, words)), _FACES


def _write(
    pen: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: tuple[str, tuple[str, ...]],
    size: int,
    ink: Colour,
) -> None:
    font = _font(text[1], size) or ImageFont.load_default()
    pen.text(place, text[0], fill=ink, font=font)


def _canvas(rng: np.random.Generator, dark_share: float = 0.35) -> tuple[Image.Image, Colour, Colour, Colour]:
    """A page, its paper, its ink and an accent colour."""
    dark = rng.random() < dark_share
    shade = int(rng.integers(10, 45) if dark else rng.integers(225, 256))
    paper = (shade, shade, min(255, shade + int(rng.integers(0, 14))))
    light, deep = int(rng.integers(190, 250)), int(rng.integers(0, 80))
    ink = (light, light, light) if dark else (deep, deep, deep)
    return Image.new("RGB", (SIDE, SIDE), paper), paper, ink, _vivid(rng)


def _vivid(rng: np.random.Generator) -> Colour:
    hue = np.array([[[rng.integers(0, 180), rng.integers(90, 230), rng.integers(110, 255)]]], np.uint8)
    red, green, blue = cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0]
    return int(red), int(green), int(blue)


def chat(rng: np.random.Generator) -> np.ndarray:
    """A messenger: a bar, and bubbles left and right."""
    page, paper, ink, accent = _canvas(rng)
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, SIDE, 26), fill=accent)
    _write(pen, (34, 6), _text(rng, 2), 12, (255, 255, 255))
    pen.ellipse((8, 4, 26, 22), fill=_vivid(rng))
    other = tuple(int(np.clip(part + (30 if paper[0] < 128 else -28), 0, 255)) for part in paper)
    y = 36
    while y < SIDE - 20:
        lines, mine = int(rng.integers(1, 5)), rng.random() < 0.5
        width, height = int(rng.integers(90, 220)), 10 + 15 * lines
        left = SIDE - width - 8 if mine else 8
        pen.rounded_rectangle((left, y, left + width, y + height), 9, fill=accent if mine else other)
        for line in range(lines):
            words = max(1, width // 45)
            _write(
                pen, (left + 8, y + 5 + 15 * line), _text(rng, words), 11, (255, 255, 255) if mine else ink
            )
        y += height + int(rng.integers(5, 16))
    return np.asarray(page).copy()


def code(rng: np.random.Generator) -> np.ndarray:
    """An editor or a terminal: coloured words in lines, indented."""
    page, _, ink, _ = _canvas(rng, 0.7)
    pen = ImageDraw.Draw(page)
    size = int(rng.integers(8, 14))
    font = _font(_MONO, size) or ImageFont.load_default()
    inks, indent = [ink, *(_vivid(rng) for _ in range(3))], 0
    for y in range(6, SIDE - 10, size + 4):
        indent = int(np.clip(indent + rng.integers(-1, 2), 0, 4))
        x = 10 + indent * size * 2
        for word in rng.choice(_LATIN, rng.integers(0, 7)):
            pen.text((x, y), str(word), fill=inks[rng.integers(0, 4)], font=font)
            x += int(size * 0.62 * (len(word) + 1))
    return np.asarray(page).copy()


def table(rng: np.random.Generator) -> np.ndarray:
    """A spreadsheet or a price list."""
    page, paper, ink, accent = _canvas(rng, 0.15)
    pen = ImageDraw.Draw(page)
    rows, columns = int(rng.integers(6, 18)), int(rng.integers(3, 7))
    high, wide = SIDE / rows, SIDE / columns
    rule = tuple((a + b) // 2 for a, b in zip(paper, ink, strict=True))
    for row in range(rows):
        if row == 0 or rng.random() < 0.1:
            pen.rectangle((0, row * high, SIDE, (row + 1) * high), fill=accent)
        pen.line((0, row * high, SIDE, row * high), fill=rule)
        for column in range(columns):
            number = (f"{rng.integers(0, 99999) / 100:.2f}", _FACES)
            cell = number if rng.random() < 0.6 else _text(rng, 1)
            _write(pen, (column * wide + 4, row * high + 2), cell, int(min(12, high - 3)), ink)
    for column in range(columns):
        pen.line((column * wide, 0, column * wide, SIDE), fill=rule)
    return np.asarray(page).copy()


def chart(rng: np.random.Generator) -> np.ndarray:
    """Bars, lines or a pie with a title and axes."""
    page, _, ink, _ = _canvas(rng, 0.2)
    pen = ImageDraw.Draw(page)
    _write(pen, (60, 8), _text(rng, 4), 13, ink)
    kind, count = rng.integers(0, 3), int(rng.integers(4, 12))
    values = rng.uniform(0.1, 1, count)
    if kind == 2:
        start = 0.0
        for value in values:
            pen.pieslice((60, 60, 260, 260), start, start + value / values.sum() * 360, fill=_vivid(rng))
            start += value / values.sum() * 360
        return np.asarray(page).copy()
    pen.line((40, 30, 40, 280, 300, 280), fill=ink, width=2)
    for tick in range(5):
        _write(pen, (8, 270 - tick * 58), (str(tick * 20), _FACES), 10, ink)
    step = 250 / count
    for _ in range(rng.integers(1, 4)):
        colour, values = _vivid(rng), rng.uniform(0.1, 1, count)
        for index, value in enumerate(values):
            x = 44 + index * step
            if kind == 0:
                pen.rectangle((x, 280 - value * 230, x + step * 0.7, 280), fill=colour)
            elif index:
                line = (x - step, 280 - values[index - 1] * 230, x, 280 - value * 230)
                pen.line(line, fill=colour, width=3)
    return np.asarray(page).copy()


def web_page(rng: np.random.Generator) -> np.ndarray:
    """A page or an app: bar, buttons, empty boxes, paragraphs."""
    page, paper, ink, accent = _canvas(rng)
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, SIDE, 22), fill=accent)
    _write(pen, (8, 4), _text(rng, 3), 11, (255, 255, 255))
    y = 30
    box = tuple(int(np.clip(part + (25 if paper[0] < 128 else -22), 0, 255)) for part in paper)
    while y < SIDE - 20:
        what = rng.integers(0, 4)
        if what == 0:
            for column in range(3):
                pen.rounded_rectangle((10 + column * 104, y, 104 + column * 104, y + 54), 4, fill=box)
                _write(pen, (16 + column * 104, y + 36), _text(rng, 2), 9, ink)
            y += 64
        elif what == 1:
            pen.rounded_rectangle((10, y, 110, y + 24), 6, fill=accent)
            _write(pen, (20, y + 5), _text(rng, 1), 11, (255, 255, 255))
            y += 34
        else:
            size = int(rng.choice([9, 11, 17]))
            for _ in range(rng.integers(1, 5)):
                _write(pen, (10, y), _text(rng, 90 // size), size, ink)
                y += size + 4
            y += 6
    return np.asarray(page).copy()


def home_screen(rng: np.random.Generator) -> np.ndarray:
    """A telephone's first screen: icons in rows on a gradient."""
    top, bottom = np.array(_vivid(rng), float), np.array(_vivid(rng), float)
    mix = np.linspace(0, 1, SIDE)[:, None, None]
    page = Image.fromarray(np.broadcast_to(top * (1 - mix) + bottom * mix, (SIDE, SIDE, 3)).astype(np.uint8))
    pen = ImageDraw.Draw(page)
    columns = int(rng.integers(3, 6))
    step = SIDE // columns
    for y in range(14, SIDE - step // 2, step):
        for x in range(step // 6, SIDE - step // 2, step):
            if rng.random() < 0.85:
                side = step * 0.62
                pen.rounded_rectangle((x, y, x + side, y + side), side * 0.22, fill=_vivid(rng))
                _write(pen, (x, y + side + 3), _text(rng, 1), 9, (255, 255, 255))
    return np.asarray(page).copy()


def paper(rng: np.random.Generator) -> np.ndarray:
    """A printed page, a receipt or a form on a table, seen from an angle."""
    page = np.full((SIDE, SIDE, 3), 0, np.uint8)
    page[:] = rng.integers(228, 256)
    image = Image.fromarray(page)
    pen = ImageDraw.Draw(image)
    size = int(rng.integers(8, 14))
    for y in range(14, SIDE - 16, size + 5):
        if rng.random() < 0.88:
            ink = int(rng.integers(0, 90))
            _write(pen, (14, y), _text(rng, int(rng.integers(2, 420 // size // 3))), size, (ink, ink, ink))
    if rng.random() < 0.3:
        image.paste(Image.fromarray(square_code(rng)).resize((90, 90)), (210, 210))
    return _on_table(rng, np.asarray(image).copy())


def square_code(rng: np.random.Generator) -> np.ndarray:
    """A QR-like code, or stripes like a barcode."""
    cells = int(rng.integers(21, 41))
    bits = rng.integers(0, 2, (cells, cells)).astype(np.uint8)
    if rng.random() < 0.3:
        bits[:] = rng.integers(0, 2, cells)
    else:
        finder = np.ones((7, 7), np.uint8)
        finder[1:6, 1:6], finder[2:5, 2:5] = 0, 1
        for rows in (slice(0, 7), slice(-7, None)):
            for columns in (slice(0, 7), slice(-7, None)):
                if (rows.start, columns.start) != (-7, -7):
                    bits[rows, columns] = finder
    bits = np.pad(bits, 3)
    grey = cv2.resize((1 - bits) * 255, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)


def _on_table(rng: np.random.Generator, page: np.ndarray) -> np.ndarray:
    """The page turned and tilted on something plain."""
    corners = np.array([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]], np.float32)
    margin = rng.uniform(0.0, 0.16)
    inner = corners * (1 - 2 * margin) + SIDE * (margin + rng.uniform(-0.05, 0.05, (4, 2)))
    tilt = cv2.getPerspectiveTransform(corners, inner.astype(np.float32))
    seen = cv2.warpPerspective(page, tilt, (SIDE, SIDE), borderValue=_vivid(rng))
    light = np.linspace(rng.uniform(0.7, 1), rng.uniform(0.7, 1), SIDE)[None, :, None]
    return np.clip(seen * light + rng.normal(0, 3, seen.shape), 0, 255).astype(np.uint8)


FAMILIES: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    draw.__name__: draw for draw in (chat, code, table, chart, web_page, home_screen, paper, square_code)
}
