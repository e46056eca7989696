"""Sandals from the side, and flip-flops in pairs from above."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import Node, Points, curve, ellipse, flip, inset, line, ribbon
from data.demo.draw.heels import INSOLE, _band, buckle
from data.demo.draw.job import Job
from data.demo.draw.palette import RGB
from data.demo.draw.pattern import Cloth


def sandals(job: Job) -> float | None:
    return {"strap": _strap, "sport": _sport, "gladiator": _gladiator, "fisherman": _fisherman}[job.cut](job)


def _bed(job: Job, top: RGB, side: RGB, sole: RGB, thick: float = 44, y: float = 400,
        rope: bool = False) -> float:
    """A contoured footbed: a light top edge, a side, an outer sole. Returns the ground line."""
    ground = y + thick
    body = curve([(52, y - 2), (80, y - 10), (200, y + 6), (330, y + 4), (420, y - 6), (520, y - 10),
        (582, y - 16), (590, y + 10), (584, ground - 6), (560, ground),
                  (330, ground), (90, ground), (58, ground - 12)])
    with job.canvas.panel(body, Cloth(side, "straw" if rope else "rubber"), puff=10, rise=5) as panel:
        rim = curve([(52, y - 4), (80, y - 12), (200, y + 4), (330, y + 2), (420, y - 8), (520, y - 12),
            (584, y - 18), (586, y - 6), (520, y), (420, y + 4), (330, y + 14),
                     (200, y + 16), (80, y + 2)])
        panel.fill(rim, top).groove(line((54, y + 4), (200, y + 16), (330, y + 15), (420, y + 5),
            (588, y - 4)), 1.3, 0.9)
    outer = curve([(56, ground - 13), (90, ground - 9), (330, ground - 9), (586, ground - 11, 1),
        (580, ground + 2), (330, ground + 3), (88, ground + 3)])
    with job.canvas.panel(outer, Cloth(sole, "rubber"), puff=4, rise=2, shadow=0.2) as panel:
        for k in range(26):
            panel.groove(line((76 + 19.6 * k, ground - 4), (74 + 19.6 * k, ground + 4)), 2.2, 1.2)
    return ground + 2


def _strap(job: Job) -> None:
    """The pair from above: two wide buckled bands over a cork bed."""
    cloth = job.cloth()
    for right in (False, True):
        x, y = CENTRES[right]
        sign = 1 if right else -1
        bed = _footbed(x, y, right)
        job.canvas.lay(bed + np.array([5, 13], np.float32), Cloth((0.66, 0.48, 0.30), "rubber"), puff=8,
            rise=3)
        with job.canvas.panel(bed, Cloth(palette.mix((0.72, 0.58, 0.44), job.colour, 0.15), "suede"), puff=14,
                rise=5, edge=0.25) as panel:
            panel.groove(inset(bed, 8), 1.6, 0.9, closed=True)
            panel.darken(ellipse(x, y + 150, 40, 56), 0.16, 20).darken(ellipse(x, y - 150, 52, 42), 0.12, 24)
            panel.raise_(ellipse(x, y + 150, 38, 52), -5, 30)
            panel.fill(curve([(x - 20, y + 120, 1), (x + 20, y + 120, 1), (x + 20, y + 140, 1),
                (x - 20, y + 140, 1)]), palette.shade(palette.LEATHER_BROWN, 0.7), 0.5)
        for y0, y1, wide in ((-164, -78, 92), (-52, 34, 84)):
            left, right_end = x - wide, x + wide
            band = curve([(left, y + y0 + 16, 1), (x, y + y0 - 6), (right_end, y + y0 + 16, 1),
                (right_end - 2, y + y1 + 10, 1), (x, y + y1 - 14), (left + 2, y + y1 + 10, 1)])
            with job.canvas.panel(band, cloth, puff=30, rise=17, drape=0.4, shadow=0.7, edge=0.22) as panel:
                panel.stitch(inset(band, 5), palette.ink_on(job.colour), 3, 0.9, 0.4)
            at = x + sign * wide * 0.42
            tongue = ribbon(line((x - sign * wide * 0.5, y + (y0 + y1) / 2 - 1), (at, y + (y0 + y1) / 2),
                (x + sign * (wide - 6), y + (y0 + y1) / 2 + 5)), 34)
            job.canvas.lay(tongue, cloth.plain(palette.shade(job.colour, 0.94)), puff=6, rise=4, drape=0.2,
                shadow=0.5)
            buckle(job, at, y + (y0 + y1) / 2, 19, palette.GOLD if palette.luma(job.colour) < 0.7
                else palette.STEEL, 2 * sign)


def _sport(job: Job) -> float:
    cloth = job.cloth()
    far = cloth.plain(palette.shade(job.colour, 0.65))
    _band(job, far, [(150, 396), (186, 316), (240, 306), (280, 392)], 40)
    _band(job, far, [(520, 258), (440, 222), (392, 236)], 28)
    ground = _bed(job, palette.shade(job.colour2, 0.8), palette.mix(job.colour2, (0.5, 0.5, 0.52), 0.4),
        palette.BLACK, 50)
    counter = curve([(470, 392, 1), (490, 320), (512, 246), (548, 232), (572, 270), (584, 384, 1)])
    with job.canvas.panel(counter, cloth, puff=26, rise=13, shadow=0.4) as panel:
        panel.stitch(inset(panel.outline, 5), job.colour2, 3.4, 1.1, 0.8)
    _band(job, cloth, [(116, 404), (124, 346), (166, 304), (216, 296), (246, 326)], 50, 46, 12)
    _band(job, cloth, [(226, 408), (262, 350), (320, 296), (372, 256), (400, 240)], 44, 38, 10)
    _band(job, cloth, [(262, 366), (340, 372), (430, 350), (500, 330)], 34, 34, 8)
    _band(job, cloth, [(548, 262), (480, 266), (420, 256), (388, 232)], 34, 34, 9)
    for x, y, tilt in ((166, 326, -40), (318, 300, -40), (450, 264, 6)):
        patch = ribbon(line((x - 26, y - 26 * np.tan(np.radians(tilt))),
            (x + 26, y + 26 * np.tan(np.radians(tilt)))), 26)
        with job.canvas.panel(patch, Cloth(job.colour2, "nylon"), puff=5, rise=3, shadow=0.4) as panel:
            panel.stitch(inset(panel.outline, 4), palette.ink_on(job.colour2), 3, 0.9, 0.6)
    return ground


def _gladiator(job: Job) -> float:
    cloth = job.cloth()
    far = cloth.plain(palette.shade(job.colour, 0.65))
    for nodes in ([(150, 424), (190, 372), (240, 360)], [(250, 428), (300, 342), (360, 310)],
            [(520, 262), (440, 226), (396, 240)], [(400, 250), (430, 190), (500, 180)]):
        _band(job, far, nodes, 13, stitched=False)
    ground = _bed(job, INSOLE, palette.shade(palette.LEATHER_BROWN, 0.9),
        palette.shade(palette.LEATHER_BROWN, 0.5), 24, 424)
    counter = curve([(500, 416, 1), (520, 340), (530, 236), (548, 206), (566, 220), (576, 320),
        (584, 410, 1)])
    job.canvas.lay(counter, cloth, puff=16, rise=9, shadow=0.3)
    paths: list[list[Node]] = [
        [(120, 436), (134, 392), (176, 370), (226, 376), (252, 404)],
        [(176, 436), (208, 390), (250, 350), (300, 330), (330, 344)],
        [(290, 436), (262, 380), (240, 366)],
        [(252, 372), (320, 310), (372, 262), (398, 238)],
        [(400, 430), (372, 350), (340, 310)],
        [(550, 262), (480, 268), (420, 258), (394, 236)],
        [(552, 216), (490, 214), (440, 200), (420, 178)],
        [(398, 238), (412, 204), (424, 178)],
    ]
    for path in paths:
        _band(job, cloth, path, 15, 14, 6, stitched=False)
    for x, y in ((240, 366), (396, 240), (340, 316)):
        job.canvas.lay(ellipse(x, y, 8), Cloth(palette.GOLD, "metal"), puff=4, rise=3, shadow=0.4)
    buckle(job, 484, 267, 11, palette.GOLD, 3)
    buckle(job, 488, 213, 10, palette.GOLD, 3)
    return ground


def _fisherman(job: Job) -> float:
    cloth = job.cloth()
    dark = cloth.plain(palette.shade(job.colour, 0.45))
    inside = curve([(84, 412, 1), (96, 356), (150, 320), (230, 302), (330, 280), (384, 262), (430, 300),
        (520, 330), (560, 412, 1)])
    job.canvas.lay(inside, dark, puff=30, rise=-8)
    _band(job, cloth.plain(palette.shade(job.colour, 0.7)), [(530, 262), (450, 230), (398, 244)], 16)
    for k in range(5):  # across
        x = 110 + 56 * k
        _band(job, cloth, [(x - 6 + 4 * k, 418), (x + 10, 364 - 8 * k), (x + 52, 324 - 12 * k),
            (x + 92, 308 - 13 * k)], 27, 24, 8)
    for k, y in enumerate((374, 342)):  # along
        _band(job, cloth, [(78 + 26 * k, y + 26 - 4 * k), (180, y - 14), (290, y - 42),
            (392, y - 92 + 14 * k)], 20, 18, 7)
    counter = curve([(452, 414, 1), (470, 340), (508, 250), (546, 226), (568, 250), (582, 408, 1)])
    with job.canvas.panel(counter, cloth, puff=26, rise=13, shadow=0.4) as panel:
        panel.stitch(inset(panel.outline, 5), palette.ink_on(job.colour), 3, 1.0, 0.5)
    _band(job, cloth, [(548, 258), (480, 264), (430, 258), (392, 244)], 19, 17, 6)
    buckle(job, 468, 263, 13, palette.STEEL, 3)
    return _bed(job, palette.mix(job.colour, INSOLE, 0.6), palette.shade(palette.LEATHER_BROWN, 0.7),
        palette.BLACK, 34, 416)


def _footbed(x: float, y: float, right: bool) -> Points:
    """The sole of a foot from above, its middle at (x, y), toes up."""
    nodes: list[Node] = [(-6, -232), (46, -214), (84, -150), (88, -70), (64, 30), (58, 110), (60, 180),
        (34, 228), (-4, 236), (-44, 222), (-62, 170), (-62, 90), (-78, -10),
                         (-88, -110), (-68, -196)]
    points = curve([(n[0] + x, n[1] + y) for n in nodes])
    return points if right else flip(points, x)


def flip_flops(job: Job) -> None:
    thick = job.cut == "comfort"
    cloth = job.cloth(style="wide" if job.item.pattern == "striped" else "", scale=0.9)
    strap = cloth.plain(job.colour2 if job.item.colour2 else palette.shade(job.colour, 0.62
        if palette.luma(job.colour) > 0.25 else 1.18))
    if thick:
        strap = strap.plain(job.colour2 if job.item.colour2 else palette.shade(job.colour, 0.8), "leather")
    side = palette.shade(job.colour, 0.75) if not thick else palette.BLACK
    for right in (False, True):
        x, y = CENTRES[right]
        bed = _footbed(x, y, right)
        job.canvas.lay(bed + np.array([5, 9 if not thick else 13], np.float32), Cloth(side, "rubber"), puff=8,
            rise=3)
        with job.canvas.panel(bed, cloth, puff=20, rise=6, drape=0.0, edge=0.22, origin=(x, y)) as panel:
            panel.groove(inset(bed, 9), 1.4, 0.8, closed=True)
            panel.darken(ellipse(x, y + 150, 40, 56), 0.10, 20).darken(ellipse(x, y - 120, 52, 62), 0.10, 24)
            panel.raise_(ellipse(x, y + 150, 38, 52), -5, 30).raise_(ellipse(x, y - 120, 52, 56), -4, 30)
            if thick:
                for k in range(9):
                    panel.groove(line((x - 60, y - 190 + 20 * k), (x + 60, y - 190 + 20 * k)), 1.4, 0.5)
            else:
                for k in range(11):
                    for j in range(-2, 3):
                        panel.fill(ellipse(x + 17 * j, y + 70 + 14 * k, 1.8), palette.shade(job.colour, 0.6),
                            0.5)
        sign = 1 if right else -1
        post = (x - sign * 18, y - 140)
        width = 26 if thick else 19
        for end in (-1, 1):
            foot = (x + end * 76, y + 22)
            spine = line(post, (post[0] + (foot[0] - post[0]) * 0.52, post[1] + 46),
                (foot[0] - end * 6, foot[1] - 46), foot)
            with job.canvas.panel(ribbon(spine, width * 0.6, width * 1.25), strap, puff=8, rise=7, drape=0.2,
                    shadow=0.7) as panel:
                if thick:
                    panel.stitch(inset(panel.outline, 3.6), palette.ink_on(strap.colour), 3, 0.9, 0.6)
        job.canvas.lay(ellipse(post[0], post[1] - 2, width * 0.46, width * 0.6), strap, puff=6, rise=6,
            shadow=0.6)


CENTRES = ((206.0, 322.0), (434.0, 322.0))
DRAWERS = {"sandals": sandals, "flip_flops": flip_flops}
