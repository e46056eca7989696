"""Sports shoes, from the side, toe to the left."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import box, curve, inset, line, shifted
from data.demo.draw.job import Job
from data.demo.draw.palette import RGB
from data.demo.draw.pattern import Cloth
from data.demo.draw.sneakers import GROUND, along, bow, laces, lining


def sports(job: Job) -> float:
    {"runner": _runner, "trainer": _trainer, "hiking": _hiking}[job.cut](job)
    return GROUND


def _mesh_upper(job: Job, cloth: Cloth, tongue: RGB) -> None:
    with job.canvas.panel(curve([(280, 270, 1), (316, 196), (340, 160), (374, 164), (396, 214),
            (356, 290, 1)]), cloth.plain(tongue, "mesh"), puff=14, rise=7) as panel:
        panel.fill(box(338, 176, 366, 192, 3), palette.ink_on(tongue))
    lining(job, [(350, 212), (400, 186), (486, 190), (548, 190), (500, 250), (430, 262), (372, 236)],
        palette.mix(job.colour2, (0.3, 0.3, 0.32), 0.5), "mesh")


def _runner(job: Job) -> None:
    job.canvas.squeeze = 0.84
    cloth = job.cloth(material="mesh")
    _mesh_upper(job, cloth, palette.shade(job.colour, 0.9))
    upper = [(58, 380, 1), (72, 346), (124, 314), (190, 300), (250, 276), (310, 232), (346, 200, 1),
        (380, 222), (432, 246), (490, 230), (540, 184, 1), (562, 186),
             (560, 250), (580, 330), (588, 386, 1), (330, 408)]
    with job.canvas.panel(curve(upper), cloth, puff=64, rise=26, drape=0.2) as panel:
        for k in range(3):
            panel.fold(line((192 + 24 * k, 304 - 10 * k), (204 + 22 * k, 340), (224 + 20 * k, 374)), 8, 1.4)
        panel.stitch(line((352, 210), (380, 231), (432, 256), (490, 240), (546, 196)),
            palette.ink_on(job.colour), 3, 0.9, 0.4)
    glue = Cloth(job.colour2, "smooth")
    dark = Cloth(palette.shade(job.colour, 0.75), "smooth")
    job.canvas.lay(curve([(58, 382, 1), (68, 348), (104, 322), (132, 330), (140, 388, 1)]), dark, puff=30,
        rise=12, shadow=0.2)
    for k in range(2):  # two slanted blades on the side
        blade = curve([(352 + 46 * k, 262 - 8 * k, 1), (380 + 44 * k, 268 - 8 * k, 1), (336 + 40 * k, 330),
            (300 + 34 * k, 398, 1), (268 + 34 * k, 396, 1), (310 + 40 * k, 322)])
        job.canvas.lay(blade, glue, puff=7, rise=2.4, shadow=0.25)
    counter = curve([(504, 236), (542, 190, 1), (561, 190), (558, 250), (580, 330), (588, 388, 1),
        (480, 392, 1), (520, 330)])
    with job.canvas.panel(counter, dark, puff=30, rise=12, shadow=0.25) as panel:
        panel.stitch(inset(panel.outline, 5), palette.ink_on(dark.colour), 3, 0.9, 0.4)
    stay = curve([(186, 304), (250, 278), (310, 234), (346, 202, 1), (372, 222, 1), (344, 262), (288, 308),
        (226, 338), (194, 330)])
    job.canvas.lay(stay, dark, puff=12, rise=4, shadow=0.25)
    lower = along(line((220, 314), (280, 284), (330, 240), (354, 220)), 5)
    laces(job, lower, [(p[0] - 22, p[1] - 24) for p in lower], palette.WHITE
        if palette.luma(job.colour) < 0.75 else job.colour2, holes=palette.shade(job.colour2, 0.8))
    bow(job, lower[-1][0] - 12, lower[-1][1] - 14, palette.WHITE if palette.luma(job.colour) < 0.75
        else job.colour2)
    foam = palette.RUBBER_WHITE
    sole = curve([(50, 392), (58, 374), (90, 380), (200, 392), (330, 396), (450, 382), (560, 366), (600, 372),
        (612, 400), (590, 436, 1), (470, 441), (330, 437), (160, 440), (86, 430)])
    with job.canvas.panel(sole, Cloth(foam, "rubber"), puff=20, rise=9, shadow=0.35, edge=0.22) as panel:
        panel.fill(curve([(380, 404), (470, 394), (604, 382), (604, 404), (470, 416)]), job.colour2, 0.95)
        for k in range(4):
            panel.groove(line((96 + 60 * k, 398 + 2 * k), (140 + 60 * k, 410), (178 + 60 * k, 406)), 2.0, 1.0)
    tread = curve([(74, 424), (160, 434), (330, 432), (470, 436), (596, 426, 1), (588, 442), (470, 449),
        (330, 446), (150, 448), (92, 440)])
    with job.canvas.panel(tread, Cloth(palette.shade(job.colour, 0.6) if palette.luma(job.colour) > 0.2
            else palette.BLACK, "rubber"), puff=4, rise=2) as panel:
        for k in range(24):
            panel.groove(line((90 + 21 * k, 436), (86 + 21 * k, 450)), 2.6, 1.6)


def _trainer(job: Job) -> None:
    job.canvas.squeeze = 0.86
    cloth = job.cloth(material="smooth")
    _mesh_upper(job, cloth, palette.shade(job.colour, 0.85))
    upper = [(60, 398, 1), (68, 354), (120, 320), (190, 304), (250, 278), (310, 232), (346, 198, 1),
        (380, 220), (432, 244), (490, 228), (540, 186, 1), (562, 192),
             (570, 280), (580, 392, 1), (330, 410)]
    with job.canvas.panel(curve(upper), Cloth(palette.mix(job.colour, palette.WHITE, 0.12), "mesh"), puff=64,
            rise=26) as panel:
        panel.fold(line((440, 262), (420, 330), (440, 392)), 16, 1.8)
    parts = [
        [(60, 400, 1), (68, 354), (118, 322), (160, 316), (182, 350), (250, 376), (300, 404, 1)],
        [(490, 232), (540, 188, 1), (562, 194), (570, 280), (580, 394, 1), (430, 400, 1), (470, 330)],
        [(188, 306), (250, 280), (310, 234), (346, 200, 1), (374, 220, 1), (346, 266), (320, 330),
        (330, 404, 1), (282, 404, 1), (270, 350), (222, 342), (196, 332)],
    ]
    for nodes in parts:
        with job.canvas.panel(curve(nodes), cloth, puff=30, rise=11, shadow=0.3) as panel:
            panel.stitch(inset(panel.outline, 4.5), palette.ink_on(job.colour), 3, 0.9, 0.5)
    ring = curve([(352, 300, 1), (430, 282, 1), (438, 296, 1), (360, 314, 1)])
    for dy in (0, 26, 52):
        job.canvas.lay(ring + np.array([dy * -0.1, dy], np.float32), Cloth(job.colour2, "smooth"), puff=4,
            rise=2, shadow=0.3)
    lower = along(line((222, 318), (284, 284), (332, 238), (356, 218)), 5)
    tone = palette.WHITE if palette.luma(job.colour) < 0.75 else job.colour2
    laces(job, lower, [(p[0] - 22, p[1] - 24) for p in lower], tone)
    sole = curve([(52, 404), (60, 386), (100, 392), (330, 404), (480, 396), (580, 380), (598, 396),
        (596, 438), (580, 446, 1), (90, 446, 1), (62, 432)])
    with job.canvas.panel(sole, Cloth(palette.RUBBER_WHITE, "rubber"), puff=12, rise=6, edge=0.24) as panel:
        panel.fill(box(40, 432, 610, 460), job.colour2 if palette.luma(job.colour2) < 0.85
            else palette.shade(job.colour, 0.7))
        panel.groove(line((56, 416), (330, 424), (596, 412)), 1.6, 1.0)
        for k in range(10):
            panel.groove(line((480 + 11 * k, 404), (478 + 11 * k, 424)), 1.6, 0.8)
        for k in range(30):
            panel.groove(line((74 + 17.4 * k, 438), (72 + 17.4 * k, 448)), 2.4, 1.2)


def _hiking(job: Job) -> None:
    cloth = job.cloth()
    _mesh_upper(job, cloth, palette.shade(job.colour, 0.7))
    upper = [(58, 396, 1), (66, 350), (120, 314), (190, 298), (250, 268), (308, 214), (340, 172, 1),
        (380, 196), (436, 214), (492, 196), (536, 158, 1), (558, 166),
             (564, 270), (578, 390, 1), (330, 408)]
    with job.canvas.panel(curve(upper), cloth, puff=62, rise=26, drape=0.6) as panel:
        seam = line((190, 302), (236, 350), (330, 376), (430, 350), (500, 380))
        panel.groove(seam, 1.5, 1.0).stitch(shifted(seam, 0, 4), job.colour2, 3, 1.1, 0.8)
        panel.stitch(seam - (0, 4),
            job.colour2, 3, 1.1, 0.8)
        panel.stitch(line((344, 184), (380, 206), (436, 225), (492, 207), (544, 170)),
            job.colour2, 3, 1.1, 0.8)
        panel.groove(line((496, 206), (478, 290), (492, 400)), 1.5, 1.1)
    lower = along(line((222, 304), (282, 264), (330, 206), (352, 184)), 6)
    laces(job, lower, [(p[0] - 24, p[1] - 24) for p in lower], job.colour2, 7, holes=palette.BLACK)
    dark = palette.shade(palette.BLACK, 1.08)
    bumper = curve([(56, 400, 1), (62, 352), (102, 326), (128, 356), (150, 404, 1)])
    job.canvas.lay(bumper, Cloth(dark, "rubber"), puff=30, rise=12, shadow=0.3)
    job.canvas.lay(curve([(510, 404, 1), (524, 330), (570, 322, 1), (582, 404, 1)]), Cloth(dark, "rubber"),
        puff=18, rise=8, shadow=0.3)
    sole = curve([(46, 410), (54, 388), (100, 394), (330, 406), (480, 398), (584, 382), (602, 396),
        (598, 430, 1), (430, 432, 1), (420, 424, 1), (380, 424, 1),
                  (370, 434, 1), (90, 434, 1), (58, 426)])
    with job.canvas.panel(sole, Cloth(dark, "rubber"), puff=10, rise=5) as panel:
        panel.fill(curve([(54, 402), (330, 414), (596, 396), (596, 408), (330, 424), (54, 412)]), job.colour2
            if palette.luma(job.colour2) > 0.25 else palette.shade(job.colour, 0.9))
    for k in range(23):
        x = 78 + 22.6 * k
        if 372 < x < 426:
            continue
        job.canvas.lay(box(x, 428, x + 16, 448, 3), Cloth(dark, "rubber"), puff=3, rise=2, shadow=0.2)


DRAWERS = {"sports_shoes": sports}
