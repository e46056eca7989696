"""Heels and flats, from the side, toe to the left."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import Node, curve, ellipse, inset, line, ribbon, turned
from data.demo.draw.job import Job
from data.demo.draw.palette import RGB
from data.demo.draw.pattern import Cloth

INSOLE: RGB = (0.80, 0.68, 0.55)


def buckle(job: Job, x: float, y: float, size: float = 13, metal: RGB = palette.GOLD,
        tilt: float = 0.0) -> None:
    """A small open buckle."""
    frame = turned(curve([(x - size, y - size * 0.8, 1), (x + size, y - size * 0.8, 1),
        (x + size, y + size * 0.8, 1), (x - size, y + size * 0.8, 1)]), tilt, (x, y))
    job.canvas.lay(ribbon(np.concatenate([frame, frame[:1]]), 4.2), Cloth(metal, "metal"), puff=2, rise=1.6,
        shadow=0.5)
    job.canvas.lay(ribbon(line((x - size, y), (x + size * 0.6, y)), 3), Cloth(metal, "metal"), puff=1.5,
        rise=1.2, shadow=0.4)


def _band(job: Job, cloth: Cloth, nodes: Sequence[Node],
        width: float, end: float | None = None, rise: float = 6, stitched: bool = True) -> None:
    spine = line(*nodes)
    with job.canvas.panel(ribbon(spine, width, end), cloth, puff=min(width, end or width) / 2.2, rise=rise,
            drape=0.3, shadow=0.45) as panel:
        if stitched and width > 16:
            panel.stitch(inset(panel.outline, 3.6), palette.ink_on(cloth.colour), 2.8, 0.8, 0.4)


def heels(job: Job) -> float:
    return {"pump": _pump, "block": _block, "wedge": _wedge, "peep": _peep}[job.cut](job)


def _pump(job: Job) -> float:
    cloth = job.cloth()
    _lining(job, [(206, 410, 1), (262, 378), (340, 312), (430, 222), (500, 150), (540, 128), (520, 200),
        (440, 300), (340, 390), (250, 430)])
    heel = curve([(494, 300, 1), (566, 262, 1), (560, 320), (546, 400), (541, 494, 1), (525, 494, 1),
        (522, 420), (514, 350)])
    job.canvas.lay(heel, cloth, puff=16, rise=9, shadow=0.2)
    upper = [(46, 484, 1), (84, 452), (140, 424), (200, 402, 1), (236, 424), (300, 408), (384, 330),
        (470, 216), (536, 126, 1), (560, 140), (570, 210), (570, 268, 1),
             (500, 306), (420, 372), (340, 444), (262, 488, 1), (140, 492)]
    with job.canvas.panel(curve(upper), cloth, puff=52, rise=30, drape=0.3, edge=0.22) as panel:
        panel.groove(line((202, 408), (236, 431), (303, 414), (390, 335), (476, 220), (542, 134)), 1.0, 0.5)
        panel.fill(ellipse(128, 452, 54, 12, tilt=-24), palette.shade(job.colour, 1.5), 0.30, 9)
        panel.groove(line((440, 262), (430, 320), (446, 350)), 1.2, 0.5)
    _thin_sole(job, [(44, 486), (140, 495), (262, 491, 1), (344, 448), (424, 376), (498, 310, 1), (500, 318),
        (430, 386), (350, 458), (266, 499), (140, 502), (54, 494)])
    return 498


def _lining(job: Job, nodes: Sequence[Node]) -> None:
    with job.canvas.panel(curve(nodes), Cloth(INSOLE, "leather"), puff=16, rise=-5, shadow=0) as panel:
        panel.darken(panel.outline, 0.12, 10)


def _thin_sole(job: Job, nodes: Sequence[Node], colour: RGB | None = None) -> None:
    job.canvas.lay(curve(nodes), Cloth(colour or palette.shade(palette.LEATHER_BROWN, 0.75), "leather"),
        puff=3, rise=1.6, shadow=0)


def _block(job: Job) -> float:
    cloth = job.cloth()
    heel = curve([(470, 352, 1), (570, 318, 1), (562, 496, 1), (484, 496, 1)])
    with job.canvas.panel(heel, cloth, puff=16, rise=9, shadow=0.2):
        pass
    far = cloth.plain(palette.shade(job.colour, 0.72))
    _band(job, far, [(176, 474), (196, 420), (238, 404), (280, 420)], 30)
    _band(job, far, [(520, 214), (430, 190), (400, 206)], 15)
    bed = curve([(56, 482), (120, 474), (230, 468), (300, 444), (390, 388), (480, 318), (560, 292, 1),
        (572, 306), (566, 326, 1), (486, 362), (400, 424), (310, 482), (240, 498), (90, 498)])
    with job.canvas.panel(bed, Cloth(INSOLE, "leather"), puff=7, rise=4, shadow=0.2) as panel:
        panel.fill(curve([(56, 490), (230, 484), (310, 462), (400, 404), (490, 338), (572, 310), (572, 340),
            (490, 372), (400, 440), (310, 500), (60, 506)]), job.colour)
    counter = curve([(500, 316), (504, 240), (524, 186), (552, 184), (572, 240), (574, 306, 1), (540, 316)])
    with job.canvas.panel(counter, cloth, puff=24, rise=13, shadow=0.3) as panel:
        panel.stitch(inset(panel.outline, 4), palette.ink_on(job.colour), 2.8, 0.8, 0.4)
    toe = curve([(124, 484, 1), (132, 436), (166, 398), (216, 382), (256, 394), (288, 430), (300, 458, 1),
        (230, 482)])
    with job.canvas.panel(toe, cloth, puff=34, rise=18, shadow=0.45) as panel:
        panel.stitch(inset(toe, 5), palette.ink_on(job.colour), 3, 0.9, 0.4)
    _band(job, cloth, [(548, 208), (480, 216), (420, 206), (398, 196)], 16, 14, 5)
    buckle(job, 474, 215, 11, palette.GOLD, 4)
    return 498


def _wedge(job: Job) -> float:
    cloth = job.cloth()
    far = cloth.plain(palette.shade(job.colour, 0.72))
    _band(job, far, [(180, 440), (210, 372), (268, 366), (300, 400)], 34)
    _band(job, far, [(540, 200), (440, 170), (396, 186)], 15)
    rope = Cloth(palette.mix(job.colour2, (0.80, 0.66, 0.46), 0.6), "straw")
    wedge = curve([(54, 464), (70, 448), (200, 444), (290, 418), (390, 362), (480, 318), (570, 300, 1),
        (580, 320), (572, 440), (566, 492, 1), (200, 496), (70, 492)])
    with job.canvas.panel(wedge, rope, puff=16, rise=8) as panel:
        for k in range(6):
            y = 484 - 26 * k
            panel.groove(line((50, y + 4), (300, y + 2), (590, y - 6)), 2.2, 1.4)
    job.canvas.lay(curve([(54, 456), (70, 442), (200, 438), (290, 410), (390, 354), (480, 310), (572, 292, 1),
        (574, 304), (480, 324), (392, 368), (290, 424), (200, 450), (62, 462)]),
                   Cloth(INSOLE, "leather"), puff=4, rise=2)
    counter = curve([(486, 312), (500, 230), (528, 176), (556, 178), (574, 230), (578, 296, 1), (530, 308)])
    job.canvas.lay(counter, cloth, puff=24, rise=13, shadow=0.3)
    upper = curve([(110, 454, 1), (116, 404), (156, 360), (216, 342), (262, 352, 1), (296, 376),
        (316, 412, 1), (240, 444)])
    with job.canvas.panel(upper, cloth, puff=34, rise=18, shadow=0.4) as panel:
        panel.stitch(inset(panel.outline, 5), palette.ink_on(job.colour), 3, 0.9, 0.5)
    _band(job, cloth, [(552, 196), (480, 202), (420, 192), (394, 180)], 17, 15, 5)
    buckle(job, 474, 201, 11, palette.GOLD, 3)
    job.canvas.lay(curve([(60, 488), (300, 492), (570, 488, 1), (568, 499), (300, 501), (66, 499)]),
        Cloth(palette.shade(palette.LEATHER_BROWN, 0.7), "rubber"), puff=3, rise=1.5)
    return 499


def _peep(job: Job) -> float:
    cloth = job.cloth()
    _lining(job, [(214, 374, 1), (262, 350), (340, 288), (430, 204), (500, 134), (540, 112), (520, 190),
        (440, 286), (340, 370), (250, 404)])
    heel = curve([(486, 288, 1), (570, 250, 1), (566, 320), (552, 410), (548, 494, 1), (522, 494, 1),
        (516, 420), (506, 340)])
    job.canvas.lay(heel, cloth, puff=18, rise=10, shadow=0.2)
    toe_hole = curve([(64, 452), (76, 420), (106, 402), (130, 420), (124, 456)])
    job.canvas.lay(toe_hole, Cloth(palette.shade(INSOLE, 0.65), "leather"), puff=8, rise=-3)
    upper = [(86, 456, 1), (84, 428), (104, 404, 1), (150, 384), (208, 366, 1), (240, 396), (300, 386),
        (384, 308), (470, 196), (536, 110, 1), (562, 122), (574, 200),
             (574, 256, 1), (500, 292), (420, 356), (340, 424), (262, 460, 1)]
    with job.canvas.panel(curve(upper), cloth, puff=50, rise=30, drape=0.3, edge=0.22) as panel:
        panel.groove(line((210, 373), (240, 403), (303, 392), (390, 313), (476, 200), (542, 118)), 1.0, 0.5)
    platform = curve([(52, 462), (66, 450), (160, 456), (264, 454, 1), (340, 422), (352, 430), (300, 478),
        (262, 496), (80, 496), (56, 484)])
    job.canvas.lay(platform, cloth.plain(palette.shade(job.colour, 0.92)), puff=10, rise=5, shadow=0.3)
    _thin_sole(job, [(60, 490), (262, 492), (300, 476), (350, 428, 1), (424, 362), (500, 298, 1), (502, 306),
        (430, 374), (352, 446), (304, 488), (264, 501), (70, 500)])
    return 499


def flats(job: Job) -> float:
    job.canvas.squeeze = 0.90
    cloth = job.cloth(scale=0.5)
    pointed = job.cut == "pointed"
    tip: list[Node] = [(40, 432, 1), (90, 396)] if pointed else [(56, 430, 1), (62, 396), (100, 370)]
    far = [(206, 366, 1), (280, 352), (380, 330), (480, 296), (552, 278), (500, 340), (400, 386), (290, 398)]
    _lining(job, far)
    upper = [*tip, (150, 364), (204, 352, 1), (232, 392), (310, 402), (420, 380), (500, 330), (556, 274, 1),
        (570, 288), (574, 350), (572, 428, 1), (330, 440)]
    with job.canvas.panel(curve(upper), cloth, puff=44, rise=24, drape=0.4, edge=0.2) as panel:
        rim = line((206, 358), (232, 400), (310, 410), (420, 388), (504, 337), (560, 282))
        panel.groove(rim, 1.4, 0.8)
        if job.cut == "ballet":
            for k in range(16):
                spot = rim[min(len(rim) - 1, 2 + 3 * k)]
                panel.fold(line((spot[0], spot[1]), (spot[0] + 3, spot[1] + 12)), 3, 1.2)
        panel.groove(line((480, 352), (470, 400), (476, 436)), 1.2, 0.7)
        panel.fill(ellipse(130, 396, 46, 12, tilt=-16), palette.shade(job.colour, 1.5), 0.22, 9)
    sole = curve([(38 if pointed else 50, 434), (110, 432), (330, 438), (574, 426, 1), (578, 440), (572, 447),
        (470, 447), (330, 449), (90, 447)])
    job.canvas.lay(sole, Cloth(palette.shade(palette.LEATHER_BROWN, 0.6), "rubber"), puff=4, rise=2,
        shadow=0.2)
    heel = curve([(476, 440, 1), (574, 436, 1), (572, 462, 1), (484, 462, 1)])
    job.canvas.lay(heel, Cloth(palette.shade(palette.LEATHER_BROWN, 0.5), "leather"), puff=4, rise=2,
        shadow=0.2)
    if job.cut == "ballet":
        ribbon_cloth = cloth.plain(palette.shade(job.colour, 0.9), "satin")
        for sign in (-1, 1):
            loop = curve([(214, 366, 1), (214 + sign * 26, 346), (214 + sign * 42, 356),
                (214 + sign * 36, 376), (214 + sign * 12, 372)])
            job.canvas.lay(loop, ribbon_cloth, puff=8, rise=5, drape=0.3, shadow=0.5)
            job.canvas.lay(ribbon(line((214, 368), (214 + sign * 14, 386), (214 + sign * 22, 400)), 8),
                ribbon_cloth, puff=3, rise=2, drape=0.2, shadow=0.5)
        job.canvas.lay(ellipse(214, 366, 9, 8), ribbon_cloth, puff=6, rise=4, drape=0)
    elif job.cut == "mary_jane":
        _band(job, cloth.plain(), [(318, 410), (316, 350), (338, 312), (372, 306), (392, 330)], 22, 20, 6)
        buckle(job, 317, 376, 11, palette.GOLD, 90)
    return 446 + 16 * 0.9


DRAWERS = {"heels": heels, "flats": flats}
