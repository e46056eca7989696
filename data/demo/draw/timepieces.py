"""Watches, sunglasses, jewellery, perfume: hard, shining things."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Points, box, curve, ellipse, inset, line, ribbon, turned
from data.demo.draw.job import Job
from data.demo.draw.palette import RGB
from data.demo.draw.panel import Panel
from data.demo.draw.pattern import Cloth

X = CENTRE


def _spoke(angle: float, a: float, b: float, x: float = X, y: float = 320) -> Points:
    """A radial line from radius a to b; 0 degrees is twelve o'clock."""
    c, s = np.sin(np.radians(angle)), -np.cos(np.radians(angle))
    return np.array([(x + a * c, y + a * s), (x + b * c, y + b * s)], np.float32)


def watch(job: Job) -> None:
    if job.cut == "digital":
        _digital(job)
        return
    metal_watch = job.cut in ("metal", "chrono") and job.material == "metal"
    case = {"Gold": palette.GOLD, "Silver": palette.STEEL, "Steel": palette.STEEL}.get(job.item.colour,
        palette.STEEL)
    if (not metal_watch and job.item.colour in ("Brown", "Red")) or job.item.colour2 == "Gold":
        case = palette.GOLD
    if job.cut == "chrono" and job.material == "rubber":
        case = palette.shade(palette.BLACK, 1.1)
    face = job.colour2 if job.item.colour2 and job.item.colour2 != "Gold" else palette.WHITE
    woman = job.item.gender == "women"
    radius = 112 if woman else 136
    width = 46 if woman else 66
    if metal_watch:
        _bracelet(job, case, width, radius)
    else:
        _strap(job, job.cloth(), width, radius, case)
    for sign in (-1, 1):  # lugs
        for end in (-1, 1):
            lug = curve([(X + sign * (width - 2), 320 + end * (radius + 30), 1), (X + sign * (width + 15),
                320 + end * (radius + 22), 1),
                         (X + sign * (width + 34), 320 + end * (radius - 36), 1), (X + sign * (width - 4),
                320 + end * (radius - 30), 1)])
            job.canvas.lay(lug, Cloth(case, "metal"), puff=7, rise=4, shadow=0.3)
    job.canvas.lay(box(X + radius - 4, 306, X + radius + 19, 334, 5), Cloth(case, "metal"), puff=5, rise=3)
    if job.cut == "chrono":
        for y in (262, 378):
            job.canvas.lay(turned(box(X + radius - 12, y - 9, X + radius + 13, y + 9, 4), -24 if y < 320
                else 24, (X, y)), Cloth(case, "metal"), puff=4, rise=3)
    with job.canvas.panel(ellipse(X, 320, radius), Cloth(case, "metal"), puff=18, rise=12,
            shadow=0.5) as panel:
        if job.cut == "chrono":
            for k in range(60):
                panel.groove(_spoke(6 * k, radius - 12, radius - 3), 1.4, 0.8)
    _dial(job, face, radius - 22, case)


def _dial(job: Job, face: RGB, radius: float, case: RGB) -> None:
    ink = palette.BLACK if palette.luma(face) > 0.45 else palette.WHITE
    with job.canvas.panel(ellipse(X, 320, radius), Cloth(face, "smooth"), puff=7, rise=-5, shadow=0.0,
            edge=0.45) as dial:
        dial.darken(ellipse(X - 30, 270, radius * 0.7, radius * 0.5), -0.10, 20)
        for k in range(60):
            long = k % 5 == 0
            dial.line(_spoke(6 * k, radius - (20 if long else 11), radius - 6), ink if long
                else palette.mix(ink, face, 0.4), 4.2 if long else 1.3)
        dial.stitch(line((X - 22, 274), (X + 22, 274)), ink, 4, 4, 0.8)
        if job.cut == "chrono":
            for x, y in ((X - 44, 320), (X + 44, 320), (X, 366)):
                dial.fill(ellipse(x, y, 27), palette.mix(face, ink, 0.14)).line(ellipse(x, y, 27), ink, 1.2,
                    closed=True)
                for k in range(12):
                    dial.line(_spoke(30 * k, 21, 25, x, y), ink, 1.0)
                dial.line(_spoke(job.random.uniform(0, 360), 0, 18, x, y), ink, 1.8)
        elif job.cut == "metal":
            dial.fill(box(X + radius * 0.52, 309, X + radius * 0.52 + 25, 331, 2), palette.WHITE).stitch(
                line((X + radius * 0.52 + 6, 320), (X + radius * 0.52 + 20, 320)), palette.BLACK, 6, 9, 0.9)
    hand = case if palette.luma(face) < 0.45 else palette.shade(palette.BLACK, 1.05)
    for angle, length, width in ((304.0, 0.52, 8.5), (60.0, 0.78, 6.5)):
        spoke = line(*_spoke(angle, -14, radius * length))
        job.canvas.lay(ribbon(spoke, width, width * 0.4), Cloth(hand, "metal" if hand is case else "glossy"),
            puff=2, rise=1.5, shadow=0.7)
    job.canvas.lay(ribbon(line(*_spoke(200, -26, radius * 0.84)), 2.4, 1.4),
        Cloth((0.75, 0.2, 0.18), "smooth"), puff=1, rise=0.6, shadow=0.5)
    job.canvas.lay(ellipse(X, 320, 6.5), Cloth(hand, "metal"), puff=4, rise=3)
    shine = curve([(X - radius * 0.72, 320 - radius * 0.5), (X - radius * 0.2, 320 - radius * 0.86),
        (X + radius * 0.3, 320 - radius * 0.86), (X - radius * 0.6, 320 + radius * 0.2)])
    job.canvas.blot(shine, (1, 1, 1), 0.13, 4, inside=True)


def _strap(job: Job, cloth: Cloth, width: float, radius: float, case: RGB) -> None:
    rubber = job.material == "rubber"
    for end in (-1, 1):
        low = 320 + end * 296
        strap = curve([(X - width, 320 + end * (radius - 10), 1), (X + width, 320 + end * (radius - 10), 1),
            (X + width * 0.80, low - end * 22), (X + width * 0.6, low), (X - width * 0.6, low),
                       (X - width * 0.80, low - end * 22)])
        with job.canvas.panel(strap, cloth, puff=22, rise=9, drape=0.3) as panel:
            if rubber:
                for k in range(6):
                    y = 320 + end * (radius + 40 + 20 * k)
                    panel.groove(line((X - width, y), (X + width, y)), 5, 1.6)
            else:
                panel.stitch(inset(strap, 7), palette.ink_on(cloth.colour), 4.5, 1.4, 0.8)
            if end > 0:
                for k in range(4):
                    panel.fill(ellipse(X, low - 34 - 24 * k, 4.2, 4.8), palette.shade(cloth.colour, 0.3))
    if not rubber:
        bar = box(X - width * 0.95, 22, X + width * 0.95, 44, 6)
        job.canvas.lay(ribbon(np.concatenate([bar, bar[:1]]), 6), Cloth(case, "metal"), puff=3, rise=2,
            shadow=0.4)


def _bracelet(job: Job, case: RGB, width: float, radius: float) -> None:
    for end in (-1, 1):
        rows = 10
        for k in range(rows):
            y0 = 320 + end * (radius - 14 + (296 - radius + 14) * k / rows)
            y1 = 320 + end * (radius - 14 + (296 - radius + 14) * (k + 0.94) / rows)
            w = width * (1 - 0.020 * k)
            top, bottom = min(y0, y1), max(y0, y1)
            for a, b, tone in ((-1.0, -0.36, 0.94), (-0.34, 0.34, 1.04), (0.36, 1.0, 0.90)):
                link = box(X + a * w, top, X + b * w, bottom, 3)
                metal = Cloth(palette.shade(case, tone), "metal")
                job.canvas.lay(link, metal, puff=6, rise=3.4, shadow=0.4, edge=0.35)


def _digital(job: Job) -> None:
    cloth = job.cloth()
    width, radius = 74, 120
    _strap(job, cloth, width, radius - 10, palette.STEEL)
    dark = Cloth(palette.shade(job.colour, 0.62) if palette.luma(job.colour) > 0.2
        else palette.shade(palette.BLACK, 1.12), "rubber")
    case = curve([(X - 96, 196, 1), (X + 96, 196, 1), (X + 136, 250), (X + 140, 320), (X + 136, 390),
        (X + 96, 444, 1), (X - 96, 444, 1), (X - 136, 390), (X - 140, 320), (X - 136, 250)])
    for sign in (-1, 1):
        for y in (270, 370):
            job.canvas.lay(box(X + sign * 140 - 12, y - 14, X + sign * 140 + 12, y + 14, 5),
                Cloth(palette.STEEL, "metal"), puff=4, rise=3)
    job.canvas.lay(case, cloth, puff=26, rise=14, shadow=0.5)
    bezel = box(X - 98, 226, X + 98, 414, 26)
    with job.canvas.panel(bezel, dark, puff=14, rise=7, shadow=0.4) as panel:
        panel.stitch(line((X - 40, 240), (X + 40, 240)), palette.WHITE, 6, 7, 0.85)
        panel.stitch(line((X - 50, 400), (X + 50, 400)), job.colour if palette.luma(job.colour) > 0.2
            else palette.STEEL, 5, 5, 0.85)
    glass = box(X - 82, 258, X + 82, 384, 10)
    with job.canvas.panel(glass, Cloth((0.66, 0.71, 0.64), "smooth"), puff=5, rise=-3, shadow=0,
            edge=0.4) as panel:
        _digits(panel, "10:58", X - 68, 292, 25, 58)
        panel.stitch(line((X - 66, 274), (X + 20, 274)), palette.BLACK, 7, 7, 0.8)
        panel.line(line((X - 70, 364), (X + 70, 364)), palette.BLACK, 2)
    job.canvas.blot(curve([(X - 78, 262, 1), (X + 10, 262, 1), (X - 60, 380, 1), (X - 78, 380, 1)]),
        (1, 1, 1), 0.14, 1)


def _digits(panel: Panel, text: str, x: float, y: float, width: float,
        height: float) -> None:
    """Seven-segment numerals."""
    segments = {"0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd",
        "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcdfg"}
    m = height / 2
    place = {"a": ((2, 0), (width - 2, 0)), "b": ((width, 3), (width, m - 2)),
        "c": ((width, m + 2), (width, height - 3)), "d": ((2, height), (width - 2, height)),
             "e": ((0, m + 2), (0, height - 3)), "f": ((0, 3), (0, m - 2)), "g": ((2, m), (width - 2, m))}
    for letter in text:
        if letter == ":":
            for dy in (0.3, 0.7):
                panel.fill(ellipse(x + 2, y + height * dy, 3.5), palette.BLACK)
            x += 13
            continue
        for name in segments[letter]:
            a, b = place[name]
            panel.line(np.array([(x + a[0], y + a[1]), (x + b[0], y + b[1])], np.float32), palette.BLACK, 5.5)
        x += width + 11


DRAWERS = {"watch": watch}
