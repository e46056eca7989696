"""Against cold and rain: gloves and umbrellas."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Node, Points, box, curve, ellipse, line, moved, ribbon
from data.demo.draw.job import Job
from data.demo.draw.pattern import Cloth

X = CENTRE
_HAND: list[Node] = [(262, 586, 1), (378, 586, 1), (384, 470), (402, 420), (446, 372), (490, 322), (496, 296),
    (474, 286), (440, 306), (408, 334), (404, 300), (408, 200), (402, 150),
                     (384, 142), (368, 154), (362, 206), (358, 262), (354, 206), (350, 122), (334, 100),
    (316, 112), (312, 150), (312, 258), (304, 200), (298, 138), (280, 124),
                     (264, 140), (266, 196), (270, 268), (256, 226), (244, 182), (228, 172), (214, 188),
    (222, 250), (238, 330), (246, 400), (258, 476)]




def gloves(job: Job) -> None:
    knit = job.cut == "knit"
    cloth = job.cloth(material="knit" if knit else job.material)
    hand = curve(_HAND)
    for right in (True, False):
        outline = moved(hand, 96 if right else -96, 22 if right else -8, 0.98)
        if not right:
            outline = outline.copy()
            outline[:, 0] = 2 * 224 - outline[:, 0]
        shift_x, shift_y = (96, 22) if right else (0, -8)

        def at(*spots: Node, mirror: bool = not right, dx: float = shift_x, dy: float = shift_y) -> Points:
            points = moved(line(*spots), dx if not mirror else -96, dy, 0.98)
            if mirror:
                points[:, 0] = 2 * 224 - points[:, 0]
            return points

        with job.canvas.panel(outline, cloth, puff=26, rise=13, drape=0.6, shadow=0.5) as panel:
            if knit:
                cuff = np.concatenate([at((240, 486), (400, 486)), at((400, 600), (240, 600))])
                panel.ribs(cuff, 6, 1.5).groove(at((250, 486), (396, 486)), 2.0, 1.4)
            else:
                for x0, x1 in ((284, 290), (324, 322), (364, 356)):
                    panel.groove(at((x0, 290), (x1, 400)), 2.0, 1.6).stitch(at((x0 + 5, 290), (x1 + 5, 400)),
                        palette.ink_on(job.colour), 3.4, 1.0, 0.4)
                panel.groove(at((256, 512), (384, 512)), 2.4, 1.8)
                panel.groove(at((256, 572), (384, 572)), 1.4, 0.8)
                for k in range(8):
                    panel.fold(at((266 + 15 * k, 502), (266 + 15 * k, 524)), 5, 1.6)
            for a, b in (((270, 264), (276, 320)), ((312, 258), (314, 320)), ((358, 262), (352, 322)),
                    ((408, 334), (386, 376))):
                panel.fold(at(a, b), 7, 3.0)


def _rib(x: float, y: float) -> list[Node]:
    """Two spots on the rib from the tip to (x, y): it bows outwards."""
    return [(X + (x - X) * 0.62, 86 + (y - 86) * 0.30), (X + (x - X) * 0.90, 86 + (y - 86) * 0.64)]


def umbrella(job: Job) -> None:
    cloth = job.cloth("wide" if job.item.pattern == "striped" else "", 1.6)
    metal = Cloth(palette.STEEL, "metal")
    if job.cut == "folded":
        spine = ((X, 92), (X, 548))
        outline = curve([(X - 34, 150, 1), (X + 34, 150, 1), (X + 50, 300), (X + 44, 470), (X + 36, 492, 1),
            (X - 36, 492, 1), (X - 44, 470), (X - 50, 300)])
        job.canvas.lay(box(X - 24, 484, X + 24, 584, 12), Cloth(palette.BLACK, "rubber"), puff=16, rise=9)
        job.canvas.lay(box(X - 8, 70, X + 8, 160, 4), metal, puff=6, rise=4)
        job.canvas.lay(ellipse(X, 66, 11), Cloth(palette.BLACK, "rubber"), puff=8, rise=5)
        with job.canvas.panel(outline, cloth, puff=46, rise=26, drape=1.0) as panel:
            for k in range(6):
                panel.fold(line((X - 52 + 12 * k, 190 + 50 * k), (X - 10 + 8 * k, 190 + 40 * k),
                    (X + 46, 152 + 44 * k)), 7, 4.2)
            panel.groove(line((X - 48, 300), (X + 50, 250)), 2, 1.4).groove(line((X - 48, 330),
                (X + 50, 280)), 2, 1.4)
        job.canvas.lay(ellipse(X + 22, 282, 8), metal, puff=4, rise=3)
        loop = line((X + 8, 580), (X + 40, 610), (X + 30, 626), (X - 20, 616), (X - 8, 582))
        job.canvas.lay(ribbon(loop, 8), Cloth(palette.BLACK, "canvas"), puff=4, rise=3)
        _ = spine
        return
    tip = (X, 66)
    job.canvas.lay(box(X - 5, 52, X + 5, 100, 3), metal, puff=4, rise=3)
    shaft = ribbon(line((X, 300), (X, 470), (X, 548)), 10)
    job.canvas.lay(shaft, metal, puff=5, rise=4)
    hook = line((X, 500), (X, 560), (X - 12, 590), (X - 40, 602), (X - 66, 588), (X - 72, 556))
    job.canvas.lay(ribbon(hook, 19), Cloth(palette.shade(palette.LEATHER_BROWN, 0.9), "glossy"), puff=9,
        rise=7)
    edges = [X - 274, X - 176, X - 62, X + 62, X + 176, X + 274]
    low = [352, 372, 380, 380, 372, 352]
    inner: list[Node] = [(X - 270, 350, 1)]
    for i in range(5):
        inner += [((edges[i] + edges[i + 1]) / 2, (low[i] + low[i + 1]) / 2 - 26),
            (edges[i + 1], low[i + 1], 1)]
    job.canvas.lay(curve([*inner, (X + 150, 300), (X, 290), (X - 150, 300)]),
        cloth.plain(palette.shade(job.colour, 0.45)), puff=20, rise=-4)
    for i in range(5):
        a, b = (edges[i], low[i]), (edges[i + 1], low[i + 1])
        bulge = 1 if i < 2 else -1 if i > 2 else 0
        gore: list[Node] = [(*tip[:1], 84, 1), *_rib(*b), (*b, 1),
            ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - 30), (*a, 1), *_rib(*a)[::-1]]
        tone = cloth
        if job.item.pattern == "striped" and i % 2:
            tone = cloth.plain(job.colour2)
        if job.item.pattern == "striped" and i % 2 == 0:
            tone = cloth.plain()
        light = palette.shade(tone.colour, (1.04, 1.08, 1.0, 0.92, 0.82)[i] if palette.luma(tone.colour) < 0.9
            else (1.0, 1.0, 0.98, 0.93, 0.86)[i])
        with job.canvas.panel(curve(gore), replace(tone, colour=light), puff=60, rise=16, drape=0.3,
                shadow=0.3, angle=(2 - i) * 16, origin=(X, 86)) as panel:
            panel.stitch(line(b if bulge >= 0 else a, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - 24), a
                if bulge >= 0 else b) - (0, 6), palette.shade(light, 0.7), 3, 0.8, 0.4)
    for e, y in zip(edges, low, strict=True):
        job.canvas.lay(ellipse(e, y + 2, 4.5), metal, puff=3, rise=2)


DRAWERS = {"gloves": gloves, "umbrella": umbrella}
