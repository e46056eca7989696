"""Things of glass: sunglasses and perfume."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Node, box, curve, ellipse, flip, inset, line, mirrored, ribbon
from data.demo.draw.job import Job
from data.demo.draw.pattern import Cloth

X = CENTRE


def sunglasses(job: Job) -> None:
    frame = job.cloth(scale=0.35, material="glossy" if job.material == "smooth" else "metal")
    thin = job.material == "metal"
    lens_colour = palette.mix(job.colour2, (0.10, 0.10, 0.11), 0.55)
    shapes: dict[str, list[Node]] = {
        "wayfarer": [(344, 262, 1), (420, 252), (528, 258, 1), (536, 300), (506, 392), (430, 410), (372, 384),
        (346, 316)],
        "aviator": [(348, 272), (420, 256), (512, 262), (546, 296), (526, 372), (456, 424), (392, 406),
        (354, 340)],
        "round": [(346, 330), (372, 268), (438, 244), (504, 268), (530, 330), (504, 392), (438, 416),
        (372, 392)],
        "cat_eye": [(346, 290), (400, 268), (486, 256), (556, 232, 1), (548, 310), (504, 384), (430, 402),
        (368, 372)],
    }
    outline = curve(shapes[job.cut])
    # Temples fold back behind the lenses and look out above them.
    for side in (flip, np.asarray) if not thin else ():
        temple = np.asarray(side(ribbon(line((536, 282), (572, 262), (560, 246), (470, 236), (380, 240)),
            13)), np.float32)
        job.canvas.lay(temple, frame, puff=5, rise=3, shadow=0.2)
    for side in (flip, np.asarray):
        lens = np.asarray(side(outline), np.float32)
        grow = inset(lens, -15 if not thin else -5)
        job.canvas.lay(grow, frame, puff=7 if not thin else 3, rise=5 if not thin else 3, shadow=0.3)
        with job.canvas.panel(lens, Cloth(lens_colour, "smooth"), puff=10, rise=-3, shadow=0,
                edge=0.35) as panel:
            low = float(lens[:, 1].max())
            panel.fill(box(0, low - 88, 640, low + 10), palette.mix(lens_colour, (0.85, 0.82, 0.78), 0.45),
                0.8, 34)
        x0 = float(lens[:, 0].min())
        streak = curve([(x0 + 44, 272, 1), (x0 + 84, 266, 1), (x0 + 52, 376, 1), (x0 + 26, 352, 1)])
        job.canvas.blot(streak, (1, 1, 1), 0.16, 5, inside=True)
    if thin:
        job.canvas.lay(ribbon(line((348, 316), (320, 302), (292, 316)), 6), frame, puff=3, rise=2.4)
        if job.cut == "aviator":
            job.canvas.lay(ribbon(line((372, 262), (320, 258), (268, 262)), 6), frame, puff=3, rise=2.4)
        for sign in (-1, 1):
            job.canvas.lay(ellipse(X + sign * 30, 346, 6, 13, tilt=-14 * sign),
                Cloth((0.86, 0.85, 0.83), "glossy"), puff=5, rise=3)
    else:
        bridge = curve(mirrored([(X, 284), (X + 20, 276), (X + 36, 272, 1), (X + 36, 312, 1), (X + 16, 310),
            (X, 308)]))
        job.canvas.lay(bridge, frame, puff=7, rise=5, shadow=0.2)
    for sign in (-1, 1):
        dot = X + sign * (222 if job.cut != "round" else 214)
        job.canvas.lay(box(dot - 7, 268, dot + 7, 276, 3), Cloth(palette.STEEL if not thin
            else frame.colour, "metal"), puff=3, rise=2)


def perfume(job: Job) -> float:
    cap_colour = {"Gold": palette.GOLD, "Silver": palette.STEEL}.get(job.item.colour2 or "", palette.BLACK)
    liquid = palette.mix(job.colour, palette.WHITE, 0.35 if job.item.colour != "Black" else 0.06)
    glass = palette.mix(liquid, palette.WHITE, 0.55 if job.item.colour != "Black" else 0.12)
    square = job.cut == "square"
    if square:
        job.canvas.lay(box(270, 120, 370, 214, 6), Cloth(cap_colour, "metal"
            if cap_colour is not palette.BLACK else "glossy"), puff=10, rise=5)
        body = box(182, 220, 458, 566, 16)
        inside = box(206, 262, 434, 540, 8)
    else:
        job.canvas.lay(ellipse(320, 152, 48, 46), Cloth(cap_colour, "metal"), puff=30, rise=18)
        body = ellipse(320, 410, 166, 162)
        inside = curve([(178, 372, 1), (320, 366), (462, 372, 1), (440, 480), (320, 546), (200, 480)])
    job.canvas.lay(box(290, 192, 350, 262, 3), Cloth(palette.shade(cap_colour, 0.9), "metal"), puff=10,
        rise=4)
    with job.canvas.panel(body, Cloth(glass, "glossy"), puff=24, rise=14, edge=0.30) as panel:
        panel.fill(inside, liquid, 0.95, 2).groove(inside, 2.0, 0.9, closed=True)
        panel.darken(ellipse(320, 540 if square else 520, 120, 26), 0.16, 14)
    x0 = 206 if square else 196
    job.canvas.blot(box(x0 + 10, 270 if square else 350, x0 + 30, 530 if square else 470, 8), (1, 1, 1),
        0.42, 4, inside=True)
    tag = box(252, 356, 388, 446, 3) if square else box(262, 390, 378, 450, 3)
    with job.canvas.panel(tag, Cloth(palette.WHITE if job.item.colour != "Black"
            else palette.shade(palette.BLACK, 1.2), "smooth"), puff=2, rise=0.6, shadow=0.25) as panel:
        ink = cap_colour if cap_colour is not palette.BLACK else palette.STEEL
        middle = (356 + 446) / 2 if square else 420
        panel.stitch(line((274, middle - 9), (366, middle - 9)), palette.shade(ink, 0.6),
            9, 9, 0.9).stitch(line((290, middle + 14), (350, middle + 14)), palette.shade(ink, 0.7),
            5, 4, 0.9)
    return 568 if square else 571


DRAWERS = {"sunglasses": sunglasses, "perfume": perfume}
