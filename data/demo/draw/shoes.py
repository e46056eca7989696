"""Formal shoes and boots, from the side, toe to the left."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from data.demo.draw import palette
from data.demo.draw.curve import Node, box, curve, ellipse, inset, line, ribbon, shifted
from data.demo.draw.job import Job
from data.demo.draw.palette import RGB
from data.demo.draw.pattern import Cloth
from data.demo.draw.sneakers import along, laces, lining


def leather_sole(job: Job, colour: RGB, heel_height: float = 26, y: float = 412) -> float:
    """A thin welt with a stacked heel; returns the ground line."""
    welt = curve([(54, y + 2), (80, y - 6), (330, y - 2), (574, y - 8), (582, y), (576, y + 8, 1),
        (432, y + 8), (330, y + 14), (120, y + 14), (66, y + 11)])
    with job.canvas.panel(welt, Cloth(colour, "leather"), puff=4, rise=2.4, shadow=0.3) as panel:
        panel.stitch(line((60, y + 1), (330, y + 3), (576, y - 2)), palette.shade(colour, 1.35), 3, 1.0, 0.7)
    ground = y + 8 + heel_height
    heel = curve([(436, y + 6, 1), (577, y + 4, 1), (574, ground, 1), (444, ground, 1)])
    with job.canvas.panel(heel, Cloth(palette.shade(colour, 0.9), "leather"), puff=5, rise=2.6) as panel:
        for k in (9, 17):
            panel.groove(line((430, y + k), (580, y + k - 1)), 1.0, 0.6)
    front = curve([(76, y + 10), (330, y + 12), (440, y + 6, 1), (400, ground - 8), (300, ground),
        (120, ground), (82, ground - 8)])
    job.canvas.lay(front, Cloth(palette.shade(colour, 0.6), "rubber"), puff=4, rise=2, shadow=0.0)
    return ground


def formal(job: Job) -> float:
    job.canvas.squeeze = 0.92
    cloth = Cloth(job.colour, "leather", seed=job.seed)
    polish = Cloth(job.colour, "leather")
    brown = palette.luma(job.colour) > 0.2
    loafer = job.cut == "loafer"
    tan = palette.mix(job.colour, (0.78, 0.64, 0.46), 0.7)
    if loafer:
        lining(job, [(316, 296), (390, 262), (480, 246), (548, 250), (500, 300), (420, 316), (340, 314)],
            tan, "leather")
        upper = [(56, 410, 1), (60, 384), (104, 348), (180, 322), (262, 300), (310, 286, 1), (346, 312),
            (420, 316), (500, 288), (546, 248, 1), (562, 256), (570, 330),
                 (576, 406, 1), (330, 418)]
    else:
        tongue = curve([(284, 286, 1), (318, 226), (342, 200), (372, 208), (384, 250), (356, 300, 1)])
        job.canvas.lay(tongue, cloth, puff=12, rise=6, drape=0.3)
        lining(job, [(356, 246), (410, 226), (490, 224), (546, 232), (496, 276), (430, 286), (376, 264)],
            tan, "leather")
        upper = [(56, 410, 1), (60, 386), (100, 356), (180, 336), (250, 312), (314, 262), (350, 236, 1),
            (380, 252), (432, 276), (494, 266), (542, 228, 1), (560, 238),
                 (570, 320), (576, 406, 1), (330, 418)]
    with job.canvas.panel(curve(upper), polish, puff=60, rise=30, drape=0.5, edge=0.24) as panel:
        thread = palette.shade(job.colour, 1.35) if not brown else palette.shade(job.colour, 0.55)
        for k in range(2):
            panel.fold(line((206 + 22 * k, 330 - 8 * k), (216 + 20 * k, 360), (232 + 20 * k, 392)), 7, 1.3)
        panel.fill(ellipse(130, 378, 52, 16, tilt=-14), palette.shade(job.colour, 1.35), 0.35, 12)
        counter = line((504, 276), (486, 330), (500, 372), (470, 414)) if not loafer else line((488, 296),
            (476, 350), (484, 414))
        panel.groove(counter, 1.4, 1.0).stitch(counter - (4, 0), thread, 2.6, 0.9, 0.6)
        if job.cut == "oxford":
            cap = line((176, 334), (196, 368), (190, 414))
            panel.groove(cap, 1.6, 1.2).stitch(shifted(cap, 4, 0), thread, 2.6, 0.9, 0.6)
            panel.stitch(shifted(cap, 8, 0),
                thread, 2.6, 0.9, 0.6)
            for k in range(9):
                spot = cap[2 + 2 * k] - (5, 0) if 2 + 2 * k < len(cap) else cap[-1]
                panel.fill(ellipse(spot[0], spot[1], 1.8), palette.shade(job.colour, 0.35))
            quarter = line((230, 322), (262, 352), (330, 372), (420, 362), (470, 396))
            panel.groove(quarter, 1.5, 1.1).stitch(shifted(quarter, 0, 4), thread, 2.6, 0.9, 0.6)
        top = line((354, 246), (380, 261), (432, 286), (494, 276),
            (548, 240)) if not loafer else line((312, 296), (346, 321), (420, 326), (500, 299), (552, 260))
        panel.stitch(top, thread, 2.6, 0.9, 0.5)
    if loafer:
        apron = curve([(96, 368), (130, 348), (190, 326), (262, 303), (308, 288, 1), (322, 302, 1),
            (262, 328), (190, 350), (134, 370), (104, 382)])
        with job.canvas.panel(apron, polish, puff=15, rise=7, shadow=0.3) as panel:
            panel.stitch(line((110, 378), (134, 366), (190, 346), (262, 324), (316, 302)),
                palette.shade(job.colour, 0.5), 4, 1.4, 0.7)
        strap = curve([(232, 310, 1), (284, 292, 1), (326, 340), (334, 410, 1), (290, 414, 1), (282, 356)])
        with job.canvas.panel(strap, polish, puff=9, rise=4.5, shadow=0.5) as panel:
            panel.stitch(inset(panel.outline, 4), palette.shade(job.colour, 0.5), 3, 1.0, 0.6)
            panel.fill(curve([(262, 316, 1), (284, 310, 1), (292, 324, 1), (270, 330, 1)]),
                palette.shade(job.colour, 0.35))
    else:
        if job.cut == "derby":
            wing: list[Node] = [(246, 330), (262, 306), (314, 264), (350, 238, 1), (380, 254), (400, 300),
                (360, 352), (300, 366), (254, 356)]
            with job.canvas.panel(curve(wing), polish, puff=14, rise=5, shadow=0.4) as panel:
                panel.stitch(inset(panel.outline, 4.5), palette.shade(job.colour, 0.5), 3, 0.9, 0.6)
        path = line((270, 312), (318, 276), (354, 248)) if job.cut == "derby" else line((252, 318),
            (310, 276), (350, 246))
        lower = along(path, 5)
        laces(job, lower, [(p[0] - 13, p[1] - 17) for p in lower], palette.shade(job.colour, 0.7), 4.6,
            holes=palette.shade(job.colour, 0.4))
    return leather_sole(job, palette.shade(palette.LEATHER_BROWN, 0.55) if brown else palette.BLACK)


def boots(job: Job) -> float:
    return {"chelsea": _chelsea, "lace": _lace, "ankle": _ankle, "tall": _tall}[job.cut](job)


_SHAFT: list[Node] = [(58, 452, 1), (62, 424), (104, 390), (180, 366), (250, 330), (300, 262), (312, 170),
    (310, 96, 1), (400, 88), (508, 96, 1), (512, 200),
                      (530, 320), (560, 390), (566, 448, 1), (330, 460)]


def _opening(job: Job, x0: float, x1: float, y: float, colour: RGB, depth: float = 16) -> None:
    job.canvas.lay(curve([(x0, y, 1), ((x0 + x1) / 2, y - depth), (x1, y, 1), ((x0 + x1) / 2, y + depth)]),
        Cloth(palette.shade(colour, 0.6), "leather"), puff=6, rise=-2)


def _chelsea(job: Job) -> float:
    cloth = job.cloth()
    _opening(job, 312, 506, 98, palette.mix(job.colour, (0.7, 0.58, 0.42), 0.5))
    for at in (506,):
        tab = ribbon(line((at - 14, 120), (at - 4, 64), (at + 8, 62), (at + 6, 124)), 12)
        job.canvas.lay(tab, Cloth(palette.shade(job.colour, 0.8), "canvas"), puff=3, rise=2)
    with job.canvas.panel(curve(_SHAFT), cloth, puff=70, rise=32, drape=0.7) as panel:
        gore = curve([(366, 92, 1), (452, 92, 1), (452, 180), (430, 262), (410, 276), (388, 262), (368, 180)])
        panel.fill(gore, palette.shade(job.colour, 0.55) if palette.luma(job.colour) > 0.2
            else palette.shade(job.colour, 0.75)).ribs(gore, 5.0, 1.1)
        panel.groove(gore, 2.0, 1.6, closed=True)
        seam = line((410, 276), (420, 360), (412, 462))
        panel.groove(seam, 1.5, 1.1)
        panel.fold(line((256, 330), (310, 330), (352, 352)), 10, 2.2).fold(line((240, 350), (300, 362),
            (340, 388)), 10, 1.8)
        panel.fold(line((516, 260), (480, 280), (450, 300)), 10, 2.0)
    return leather_sole(job, palette.BLACK if palette.luma(job.colour) < 0.2
        else palette.shade(palette.LEATHER_BROWN, 0.6), 30, 456)


def _lace(job: Job) -> float:
    cloth = job.cloth()
    tongue = curve([(270, 300, 1), (288, 180), (292, 84), (330, 66), (380, 76), (372, 180), (340, 300, 1)])
    job.canvas.lay(tongue, cloth, puff=14, rise=7)
    _opening(job, 330, 506, 98, palette.mix(job.colour, (0.7, 0.58, 0.42), 0.5))
    with job.canvas.panel(curve(_SHAFT), cloth, puff=70, rise=32, drape=0.7) as panel:
        thread = palette.BRASS if palette.luma(job.colour) < 0.45 else palette.shade(job.colour, 0.6)
        vamp = line((236, 342), (276, 372), (330, 392), (400, 392), (440, 462))
        panel.groove(vamp, 1.6, 1.2).stitch(shifted(vamp, 0, 4), thread, 3, 1.0, 0.7)
        back = line((470, 100), (476, 220), (500, 320), (480, 460))
        panel.groove(back, 1.5, 1.0).stitch(back - (4, 0), thread, 3, 1.0, 0.7)
        panel.stitch(line((314, 106), (400, 98), (506, 106)), thread, 3, 1.0, 0.6)
        panel.groove(line((184, 370), (214, 404), (206, 460)), 1.4, 0.9)
        panel.fold(line((500, 270), (450, 290), (410, 320)), 10, 2.2)
        panel.fold(line((230, 356), (262, 392), (270, 430)), 8, 1.6)
    stay = curve([(238, 340), (284, 290), (302, 210), (310, 98, 1), (344, 98, 1), (338, 214), (322, 300),
        (292, 368), (252, 366)])
    with job.canvas.panel(stay, cloth, puff=12, rise=4, shadow=0.3) as panel:
        panel.stitch(inset(panel.outline, 4), palette.shade(job.colour, 0.55), 3, 0.9, 0.6)
    lower = along(line((268, 342), (306, 282), (322, 206), (328, 112)), 8)
    laces(job, lower, [(p[0] - 26, p[1] - 12) for p in lower], palette.mix(job.colour, (0.2, 0.18, 0.16),
        0.6), 6.5, holes=palette.BRASS)
    y = 452.0
    sole = curve([(46, y + 6), (60, y - 8), (330, y), (568, y - 8), (580, y), (576, y + 18), (330, y + 22),
        (62, y + 20)])
    with job.canvas.panel(sole, Cloth(palette.shade(palette.BLACK, 1.05), "rubber"), puff=7, rise=4) as panel:
        panel.stitch(line((56, y + 2), (330, y + 7), (574, y)), (0.85, 0.72, 0.3), 5, 1.3, 0.9)
    for k in range(19):
        x = 66 + 26.4 * k
        if 380 < x < 430:
            continue
        job.canvas.lay(box(x, y + 14, x + 20, y + (34 if x < 380 else 40), 3), Cloth(palette.BLACK, "rubber"),
            puff=3, rise=2, shadow=0.2)
    return y + 38


def _heeled_sole(job: Job, sole: RGB, block: list[Node]) -> None:
    with job.canvas.panel(curve(block), Cloth(sole, "leather"), puff=9, rise=5, shadow=0.3) as panel:
        panel.groove(line((block[0][0] - 20, block[2][1] - 8), (block[1][0] + 20, block[2][1] - 8)), 1.2, 0.8)


def _ankle(job: Job) -> float:
    cloth = job.cloth()
    sole = palette.BLACK if palette.luma(job.colour) < 0.3 else palette.shade(palette.LEATHER_BROWN, 0.8)
    _heeled_sole(job, sole, [(452, 396, 1), (566, 372, 1), (556, 498, 1), (472, 498, 1)])
    _opening(job, 318, 500, 104, palette.mix(job.colour, (0.7, 0.58, 0.42), 0.5))
    upper = [(60, 478, 1), (70, 448), (120, 412), (190, 380), (254, 330), (300, 256), (314, 170),
        (316, 102, 1), (400, 96), (502, 104, 1), (508, 200), (536, 300),
             (566, 350), (562, 392, 1), (470, 412), (390, 452), (300, 478, 1), (180, 484)]
    with job.canvas.panel(curve(upper), cloth, puff=66, rise=30, drape=0.7) as panel:
        zipper = line((408, 104), (414, 240), (428, 350))
        panel.line(zipper, palette.shade(job.colour, 0.6),
            5).groove(zipper, 6, 0.8).stitch(zipper, palette.STEEL, 1.7, 2.2)
        panel.fold(line((268, 324), (320, 320), (370, 340)), 10, 2.2).fold(line((250, 346), (310, 356),
            (352, 384)), 10, 1.8)
        panel.fold(line((518, 250), (470, 268), (440, 262)), 10, 2)
        panel.groove(line((500, 120), (506, 230), (540, 330)), 1.3, 0.8)
    edge = curve([(56, 480), (180, 486), (300, 480, 1), (390, 456), (462, 416, 1), (470, 424), (396, 468),
        (300, 496), (180, 499), (66, 494)])
    job.canvas.lay(edge, Cloth(sole, "rubber"), puff=4, rise=2, shadow=0.2)
    return 498


def _tall(job: Job) -> float:
    cloth = job.cloth()
    sole = palette.BLACK if palette.luma(job.colour) < 0.2 else palette.shade(palette.LEATHER_BROWN, 0.6)
    _heeled_sole(job, sole, [(430, 548, 1), (516, 532, 1), (508, 612, 1), (446, 612, 1)])
    _opening(job, 270, 476, 46, palette.mix(job.colour, (0.7, 0.58, 0.42), 0.5), 18)
    upper = [(120, 596, 1), (128, 570), (168, 540), (226, 514), (276, 476), (302, 420), (304, 330),
        (284, 200), (266, 100), (268, 44, 1), (370, 36), (478, 44, 1),
             (486, 120), (484, 220), (464, 330), (466, 430), (496, 486), (516, 516), (514, 544, 1),
        (440, 560), (390, 584), (320, 600, 1), (220, 604)]
    with job.canvas.panel(curve(upper), cloth, puff=70, rise=32, drape=0.8) as panel:
        panel.groove(line((452, 52), (456, 200), (440, 340), (444, 440), (480, 540)), 1.4, 0.9)
        panel.groove(line((272, 74), (370, 66), (482, 74)), 1.4, 0.9)
        for k in range(4):
            y = 380 + 30 * k
            panel.fold(line((300, y + 10), (350, y), (400, y + 8)), 10, 2.0).fold(line((466, y + 4),
                (430, y + 14), (396, y + 22)), 9, 1.6)
        seam = line((276, 480), (330, 500), (370, 490), (440, 560))
        panel.groove(seam, 1.4, 0.9)
    edge = curve([(116, 598), (220, 606), (320, 602, 1), (390, 588), (438, 564, 1), (444, 570), (392, 600),
        (320, 614), (220, 617), (124, 612)])
    job.canvas.lay(edge, Cloth(sole, "rubber"), puff=4, rise=2, shadow=0.2)
    return 613


DRAWERS = {"formal_shoes": formal, "boots": boots}
