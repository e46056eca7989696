"""Casual and sports shoes, from the side, toe to the left."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import Node, Points, between, box, curve, ellipse, inset, line, ribbon
from data.demo.draw.job import Job
from data.demo.draw.palette import RGB
from data.demo.draw.pattern import Cloth

GROUND = 446.0


def lining(job: Job, nodes: Sequence[Node], colour: RGB, material: str = "cotton") -> None:
    """The inside of the shoe, seen a little from above."""
    with job.canvas.panel(curve(nodes), Cloth(palette.shade(colour, 0.72), material), puff=12, rise=-4,
            drape=0, shadow=0.0) as panel:
        spots = np.array([n[:2] for n in nodes], np.float32)
        panel.darken(ellipse(float(spots[:, 0].mean()), float(spots[:, 1].mean()), 60, 18), 0.35, 8)


def laces(job: Job, lower: Sequence[Node], upper: Sequence[Node],
        colour: RGB, width: float = 7.5, holes: RGB | None = None) -> None:
    """Laces from the eyelets (`lower`, toe to ankle) over the tongue to its far side (`upper`)."""
    cloth = Cloth(colour, "cotton")
    for i, (a, b) in enumerate(zip(lower, upper, strict=True)):
        job.canvas.lay(ellipse(a[0], a[1], 4.2), Cloth(holes or palette.STEEL, "metal"), puff=1.6, rise=1,
            shadow=0.3)
        if i:
            cross = line(upper[i - 1], between(upper[i - 1], a, 0.5), a)
            job.canvas.lay(ribbon(cross, width * 0.9), cloth.plain(palette.shade(colour, 0.86)), puff=3,
                rise=2, drape=0, shadow=0.5)
        middle = between(a, b, 0.5)
        spine = line(a, (middle[0] - 2, middle[1] - 3), b)
        with job.canvas.panel(ribbon(spine, width), cloth, puff=3, rise=2.4, drape=0, shadow=0.55) as lace:
            lace.stitch(spine, palette.shade(colour, 0.85), 1.4, width * 0.4, 0.35)


def bow(job: Job, x: float, y: float, colour: RGB, width: float = 6.5) -> None:
    """The tied ends of the laces."""
    cloth = Cloth(colour, "cotton")
    paths = (((x, y), (x - 30, y - 26), (x - 58, y - 6), (x - 32, y + 6), (x, y)),
        ((x, y), (x + 14, y + 26), (x + 30, y + 48), (x + 44, y + 20), (x, y)),
             ((x, y), (x - 22, y + 22), (x - 34, y + 60)), ((x, y), (x + 20, y + 34), (x + 14, y + 78)))
    for path in paths:
        job.canvas.lay(ribbon(line(*path), width), cloth, puff=3, rise=2.2, drape=0, shadow=0.5)
    job.canvas.lay(ellipse(x, y, 7, 6), cloth, puff=5, rise=4, drape=0)


def casual(job: Job) -> float:
    if job.cut == "slip_on":
        return _slip_on(job)
    if job.cut == "moccasin":
        return _moccasin(job)
    return _court(job, canvas=job.cut in ("canvas", "high"), high=job.cut == "high")


def _cup_sole(job: Job, colour: RGB, stripe: RGB | None, toe_cap: bool) -> None:
    outline = curve([(60, 412), (66, 396), (92, 392, 1), (200, 398), (330, 402), (470, 396), (572, 386, 1),
        (582, 404), (578, 436), (560, 446), (300, 447),
                     (110, 446), (70, 438)])
    with job.canvas.panel(outline, Cloth(colour, "rubber"), puff=9, rise=5, shadow=0.35, edge=0.25) as sole:
        sole.groove(line((62, 430), (150, 434), (330, 435), (480, 434), (580, 426)), 1.3, 0.8)
        if stripe is not None:
            sole.line(line((62, 412), (150, 414), (330, 416), (480, 412), (580, 403)), stripe, 3.2)
        sole.stitch(line((70, 402), (200, 406), (330, 409), (470, 404), (574, 394)),
            palette.shade(colour, 0.8), 4, 1.0, 0.6)
        if toe_cap:
            for k in range(12):
                sole.groove(line((62 + 4.4 * k, 414), (63 + 4.4 * k, 432)), 1.0, 0.5)
    job.canvas.lay(box(74, 441, 568, 448, 3), Cloth(palette.shade(colour, 0.72), "rubber"), puff=2, rise=1)


def _court(job: Job, canvas: bool, high: bool) -> float:
    rubber = palette.RUBBER_WHITE
    job.canvas.squeeze = 1.0 if high else 0.86
    cloth = job.cloth(scale=0.6)
    up = 96 if high else 0
    tongue = [(286, 262, 1), (322 + up * 0.2, 190 - up), (346 + up * 0.3, 164 - up),
        (376 + up * 0.3, 172 - up), (392 + up * 0.2, 220 - up), (360, 290, 1)]
    with job.canvas.panel(curve(tongue), cloth.plain(), puff=12, rise=6, drape=0.4) as panel:
        panel.stitch(inset(panel.outline, 4), palette.ink_on(job.colour), 2.6, 0.8, 0.4)
    far = [(350 + up * 0.3, 208 - up), (410 + up * 0.2, 192 - up), (486, 196 - up),
        (536 - up * 0.06, 206 - up), (490, 250 - up), (430, 262 - up), (372, 232 - up)]
    lining(job, far, palette.mix(job.colour2, palette.WHITE, 0.5) if not canvas else palette.WHITE)
    if high:
        upper = [(66, 404, 1), (74, 366), (120, 330), (190, 312), (250, 284), (312, 226), (344, 166),
            (362, 108, 1), (400, 112), (450, 134), (500, 126),
                 (528, 108, 1), (540, 122), (536, 210), (548, 300), (572, 394, 1), (330, 412)]
    else:
        upper = [(66, 404, 1), (74, 366), (120, 330), (190, 312), (250, 284), (312, 238), (346, 204, 1),
            (376, 218), (432, 248), (490, 240), (534, 204, 1),
                 (556, 212), (566, 290), (572, 394, 1), (330, 412)]
    with job.canvas.panel(curve(upper), cloth, puff=64, rise=26, drape=0.5, edge=0.2,
            origin=(300, 300)) as panel:
        thread = palette.ink_on(job.colour)
        collar = line(*([(364, 116), (400, 120), (450, 142), (500, 134), (530, 116)] if high else [(350, 212),
            (376, 226), (432, 257), (490, 249), (538, 212)]))
        panel.stitch(collar, thread, 3, 0.9, 0.6)
        heel = line(*([(512, 124), (500, 220), (506, 320), (500, 408)] if high else [(500, 236), (488, 300),
            (496, 350), (490, 408)]))
        panel.groove(heel, 1.5, 1.1).stitch(heel - (4, 0), thread, 3, 0.9, 0.5)
        for k in range(3):  # creases where the foot bends
            panel.fold(line((196 + 22 * k, 318 - 10 * k), (206 + 22 * k, 350), (222 + 20 * k, 384)), 7, 1.6)
        panel.fold(line((440, 262 - up), (420, 330), (440, 396)), 16, 1.8)
        if not canvas:
            sign = curve([(330, 400, 1), (404, 300), (432, 268, 1), (462, 262, 1), (430, 320), (376, 404, 1)])
            panel.fill(sign, job.colour2).groove(sign, 1.3, 0.9, closed=True)
            for k in range(5):
                for j in range(2):
                    panel.fill(ellipse(118 + 17 * k, 350 - 8 * k + 13 * j, 2.2),
                        palette.shade(job.colour, 0.5))
        elif high:
            panel.fill(ellipse(440, 190, 27), palette.WHITE).line(ellipse(440, 190, 24), job.colour
                if palette.luma(job.colour) < 0.7 else palette.BLACK, 2, closed=True)
            panel.fill(curve([(440, 174, 1), (446, 186, 1), (456, 190, 1), (446, 194, 1), (440, 206, 1),
                (434, 194, 1), (424, 190, 1), (434, 186, 1)]), job.colour)
    stay = [(190, 314), (250, 286), (312, 240), (346, 206, 1), (370, 222, 1), (344, 268), (286, 322),
        (226, 352), (196, 342)]
    if high:
        stay = [(190, 314), (250, 286), (314, 226), (346, 166), (363, 110, 1), (392, 116, 1), (378, 190),
            (344, 262), (286, 322), (226, 352), (196, 342)]
    with job.canvas.panel(curve(stay), cloth.plain(palette.shade(job.colour, 0.97)), puff=14, rise=4,
            drape=0.2, shadow=0.3) as panel:
        panel.stitch(inset(panel.outline, 4), palette.ink_on(job.colour), 2.8, 0.9, 0.5)
    path = line((222, 326), (280, 296), (330, 246), (354, 224)) if not high else line((222, 326), (284, 292),
        (338, 226), (364, 160), (376, 122))
    lower = along(path, 5 if not high else 7)
    upper_ends = [(p[0] - 22, p[1] - 24) for p in lower]
    lace_colour = palette.WHITE if canvas or palette.luma(job.colour) > 0.6 else job.colour2
    laces(job, lower, upper_ends, lace_colour)
    if canvas:
        cap = curve([(66, 406, 1), (72, 366), (108, 336), (152, 326), (170, 352), (168, 404, 1)])
        with job.canvas.panel(cap, Cloth(rubber, "rubber"), puff=34, rise=15, shadow=0.3) as panel:
            panel.groove(line((152, 328), (166, 354), (165, 404)), 1.2, 0.8)
    else:
        heel_tab = curve([(506, 232), (534, 204, 1), (557, 213), (566, 282), (520, 292), (500, 262)])
        with job.canvas.panel(heel_tab, cloth.plain(job.colour2), puff=18, rise=8, shadow=0.3) as panel:
            panel.stitch(inset(panel.outline, 4), palette.ink_on(job.colour2), 2.8, 0.9, 0.5)
    stripe = None if not canvas else (palette.colour("Red")
        if job.item.colour in ("Navy Blue", "White", "Blue") else job.colour if palette.luma(job.colour) < 0.8
        else palette.BLACK)
    _cup_sole(job, rubber, stripe, canvas)
    return GROUND + 2


def along(path: Points, count: int) -> list[Node]:
    at = np.linspace(0, len(path) - 1, count)
    index = np.arange(len(path))
    return [(float(np.interp(a, index, path[:, 0])), float(np.interp(a, index, path[:, 1]))) for a in at]


def _slip_on(job: Job) -> float:
    cloth = job.cloth("board" if job.item.pattern == "checked" else "", 1.0)
    lining(job, [(318, 262), (390, 232), (480, 216), (540, 226), (500, 272), (420, 292), (340, 288)],
        palette.WHITE)
    upper = [(66, 404, 1), (76, 366), (126, 326), (210, 290), (280, 262), (312, 252, 1), (350, 282),
        (430, 284), (500, 256), (544, 224, 1), (560, 232),
             (568, 300), (572, 394, 1), (330, 412)]
    with job.canvas.panel(curve(upper), cloth, puff=64, rise=26, drape=0.4, origin=(300, 300)) as panel:
        edge = line((300, 258), (316, 262), (352, 292), (430, 294), (500, 266), (552, 232))
        panel.stitch(edge, palette.ink_on(job.colour), 3, 0.9, 0.5)
        gore = curve([(326, 268, 1), (352, 286), (398, 290, 1), (384, 332), (352, 340)])
        panel.fill(gore, job.colour2 if palette.luma(job.colour2) < 0.8
            else palette.shade(job.colour, 0.7)).ribs(gore, 3.6, 0.9).groove(gore, 1.3, 1.0, closed=True)
        for k in range(2):
            panel.fold(line((196 + 30 * k, 300 - 12 * k), (210 + 28 * k, 346), (230 + 24 * k, 388)), 8, 1.6)
        panel.groove(line((492, 262), (480, 330), (486, 408)), 1.4, 1.0)
    _cup_sole(job, palette.RUBBER_WHITE, None, False)
    return GROUND + 2


def _moccasin(job: Job) -> float:
    cloth = job.cloth()
    lining(job, [(300, 300), (380, 262), (480, 244), (546, 252), (500, 300), (420, 318), (330, 322)],
        palette.mix(job.colour, (0.8, 0.7, 0.55), 0.5), "leather")
    sole = curve([(64, 424), (90, 412, 1), (560, 408, 1), (584, 424), (576, 440), (90, 442)])
    with job.canvas.panel(sole, Cloth(palette.shade(palette.LEATHER_BROWN, 0.6), "rubber"), puff=7,
            rise=4) as panel:
        for k in range(28):
            panel.groove(ellipse(86 + 17.6 * k, 437, 5.5, 6), 1.2, 1.0, closed=True)
    upper = [(64, 422, 1), (66, 390), (104, 350), (180, 322), (262, 300), (296, 288, 1), (336, 314),
        (420, 316), (500, 288), (546, 250, 1), (562, 258), (572, 330),
             (574, 416, 1), (330, 428)]
    with job.canvas.panel(curve(upper), cloth, puff=58, rise=26, drape=0.5) as panel:
        edge = line((296, 292), (336, 324), (420, 326), (500, 299), (552, 262))
        panel.stitch(edge, palette.ink_on(job.colour), 4, 1.1, 0.5)
        panel.groove(line((486, 294), (474, 350), (480, 424)), 1.4, 1.0)
    job.canvas.lay(curve([(100, 366), (134, 348), (190, 328), (262, 305), (298, 291, 1), (312, 304, 1),
        (262, 330), (190, 350), (134, 368), (108, 380)]), cloth,
                   puff=14, rise=6, shadow=0.25)
    saddle = curve([(236, 306, 1), (282, 290, 1), (318, 352), (316, 404, 1), (282, 410, 1), (278, 356)])
    with job.canvas.panel(saddle, cloth, puff=9, rise=4, shadow=0.45) as panel:
        panel.stitch(inset(panel.outline, 3.5), palette.ink_on(job.colour), 3, 0.9, 0.5)
    job.canvas.lay(box(262, 318, 292, 330, 4), Cloth(palette.GOLD, "metal"), puff=3, rise=2)
    return 443


DRAWERS = {"casual_shoes": casual}
