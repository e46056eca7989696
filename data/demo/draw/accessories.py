"""Socks, belts, ties, scarves, caps, hats, gloves, umbrellas."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import (
    CENTRE,
    Node,
    Points,
    box,
    curve,
    ellipse,
    inset,
    line,
    moved,
    ribbon,
    shifted,
    turned,
)
from data.demo.draw.job import Job
from data.demo.draw.pattern import Cloth

X = CENTRE


def socks(job: Job) -> None:
    cloth = job.cloth("small" if job.item.pattern == "dotted" else "", 0.9)
    low = job.cut == "ankle"
    top = 270 if low else 62
    nodes: list[Node] = [(300, top, 1), (408, top, 1), (412, 240 if not low else 330), (416, 380), (410, 448),
        (370, 500), (280, 548), (180, 590), (118, 580), (108, 530),
                         (150, 486), (238, 442), (286, 390), (298, 300 if low else 240)]
    trim = job.colour2 if job.item.colour2 else palette.shade(job.colour, 0.86)
    for back in (True, False):
        shift = (96, -26) if back else (-6, 14)
        outline = moved(curve(nodes), *shift)
        with job.canvas.panel(outline, cloth, puff=52, rise=22, drape=0.8, shadow=0.5, edge=0.2, angle=0,
                origin=(300 + shift[0], top + shift[1])) as panel:

            def at(*spots: Node, dx: float = shift[0], dy: float = shift[1]) -> Points:
                return line(*[(s[0] + dx, s[1] + dy) for s in spots])

            def patch(*spots: Node, dx: float = shift[0], dy: float = shift[1]) -> Points:
                return curve([(s[0] + dx, s[1] + dy, *s[2:]) for s in spots])

            welt = patch((280, top - 10, 1), (430, top - 10, 1), (430, top + (34 if low else 52), 1),
                (280, top + (34 if low else 52), 1))
            panel.fill(welt, trim if job.item.pattern != "dotted" else job.colour).ribs(welt, 4.4, 0.9)
            panel.groove(at((290, top + (34 if low else 52)), (420, top + (34 if low else 52))), 1.4, 0.9)
            heel = patch((424, 378, 1), (424, 470, 1), (350, 520), (352, 450), (384, 400))
            toe = patch((196, 596, 1), (90, 610, 1), (90, 520, 1), (146, 484, 1), (168, 532))
            for area in (heel, toe):
                panel.fill(area, trim, 0.9).groove(area, 1.4, 0.8, closed=True)
            for k in range(4):
                panel.fold(at((300, 400 + 14 * k), (330, 404 + 16 * k), (366, 392 + 10 * k)), 9, 1.8)
            panel.fold(at((390, top + 80), (388, 260), (396, 360)), 10, 1.5)


def belt(job: Job) -> None:
    """Closed to a loop and seen a little from above, the buckle in front."""
    leather = job.material == "leather"
    cloth = job.cloth("vertical" if job.item.pattern == "striped" else "", 3.4)
    width = 46 if job.cut == "dress" else 60
    metal = palette.GOLD if job.item.colour in ("Brown", "Tan", "Red", "White") else palette.STEEL
    down = np.array([0, width], np.float32)
    thread = palette.ink_on(job.colour) if job.cut == "casual" else palette.shade(job.colour, 0.6)
    back = ellipse(X, 268, 262, 104, start=178, stop=362, steps=60)
    inside = cloth.plain(palette.shade(palette.mix(job.colour, (0.6, 0.5, 0.4), 0.25 if leather else 0.0),
        0.72))
    with job.canvas.panel(np.concatenate([back, (back + down)[::-1]]), inside, puff=7, rise=2.5,
            drape=0.2) as panel:
        panel.stitch(shifted(back, 0, 5), palette.shade(inside.colour, 0.8), 4, 1.0, 0.5)
    for spread, lift, tone in ((262, 0, 1.0),):
        front = ellipse(X, 268 + lift, spread, 122, start=-2, stop=182, steps=70)
        with job.canvas.panel(np.concatenate([front, (front + down)[::-1]]), cloth.plain() if not leather
                else cloth, puff=12, rise=6, drape=0.3, shadow=0.5) as panel:
            if leather:
                panel.stitch(shifted(front, 0, 5), thread, 4, 1.1, 0.6).stitch(front + down - (0, 5),
                    thread, 4, 1.1, 0.6)
            else:
                for k in range(-70, 71):
                    panel.groove(line((X + 4 * k, 260), (X + 4 * k + 10, 470)), 1.2, 0.4)
                if job.item.pattern == "striped":
                    panel.line(front + down * 0.36, job.colour2, width * 0.16).line(front + down * 0.64,
                        job.colour2, width * 0.16)
            panel.darken(ellipse(X - 262, 300, 40, 70), 0.4, 16).darken(ellipse(X + 262, 300, 40, 70),
                0.5, 16)
        _ = tone
    # The free end lies over the front and runs out to the left.
    y = 268 + 122 + width / 2
    end = line((X + 30, y), (X - 60, y - 2), (X - 150, y - 12), (X - 214, y - 26))
    tongue = ribbon(end, width - 2, width - 8)
    with job.canvas.panel(tongue, cloth.plain() if not leather else cloth, puff=12, rise=6, drape=0.2,
            shadow=0.65) as panel:
        if leather:
            panel.stitch(inset(tongue, 5), thread, 4, 1.1, 0.6)
            for k in range(4):
                spot = end[min(len(end) - 1, 9 + 5 * k)]
                panel.fill(ellipse(float(spot[0]), float(spot[1]), 4.4), palette.shade(job.colour, 0.25))
        else:
            for k in range(70):
                panel.groove(line((X - 224 + 4 * k, y - 70), (X - 214 + 4 * k, y + 40)), 1.2, 0.4)
    half = width / 2 + 13
    cx = X + 26.0
    if leather:
        frame = box(cx - half * 0.72, y - half, cx + half * 0.72, y + half, 9)
        job.canvas.lay(ribbon(np.concatenate([frame, frame[:1]]), 11), Cloth(metal, "metal"), puff=5, rise=4,
            shadow=0.6)
        job.canvas.lay(ribbon(line((cx + half * 0.7, y), (cx - half * 0.85, y - 1)), 8),
            Cloth(metal, "metal"), puff=3, rise=3, shadow=0.6)
        keeper = box(cx - half - 30, y - width / 2 - 5, cx - half - 10, y + width / 2 + 3, 3)
        job.canvas.lay(keeper, cloth.plain(palette.shade(job.colour, 0.92)), puff=5, rise=4, shadow=0.6)
    else:
        job.canvas.lay(box(cx - half * 0.8, y - half * 0.9, cx + half * 0.8, y + half * 0.9, 6),
            Cloth(palette.shade(palette.STEEL, 0.85), "metal"), puff=6, rise=4, shadow=0.6)
        job.canvas.lay(box(cx - half * 0.8 + 6, y - 4, cx + half * 0.8 - 6, y + 4, 3),
            Cloth(palette.STEEL, "metal"), puff=4, rise=3, shadow=0.5)


def tie(job: Job) -> None:
    slim = job.cut == "slim"
    style = {"striped": "diagonal", "dotted": "small", "printed": "paisley",
        "checked": ""}.get(job.item.pattern, "")
    cloth = job.cloth(style, 0.62 if job.item.pattern in ("checked", "printed") else 0.8)
    w = 0.72 if slim else 1.0
    # The loop that goes round the neck, the narrow end behind, the knot, the blade.
    loop = line((X - 8, 92), (X - 52, 60), (X - 60, 34), (X, 22), (X + 60, 34), (X + 52, 60), (X + 8, 92))
    job.canvas.lay(ribbon(loop, 26), cloth.plain(palette.shade(job.colour, 0.8)), puff=9, rise=4)
    narrow = curve([(X + 4, 130, 1), (X + 22, 130, 1), (X + 40 * w + 8, 520, 1), (X + 22 * w + 8, 546, 1),
        (X + 2, 522, 1)])
    job.canvas.lay(narrow, cloth.plain(palette.shade(job.colour, 0.8)), puff=8, rise=3, angle=-3)
    blade = curve([(X - 19 * w, 122, 1), (X + 19 * w, 122, 1), (X + 40 * w, 330), (X + 66 * w, 556, 1),
        (X, 618, 1), (X - 66 * w, 556, 1), (X - 40 * w, 330)])
    with job.canvas.panel(blade, cloth, puff=24, rise=8, drape=0.5, shadow=0.6, origin=(X, 120)) as panel:
        panel.fold(line((X, 124), (X + 3, 160), (X - 2, 236)), 6, 3.2)
        panel.fold(line((X - 9 * w, 124), (X - 14 * w, 170), (X - 18 * w, 250)), 5, 1.8)
        panel.stitch(inset(blade, 5), palette.shade(job.colour, 0.75), 3, 0.6, 0.2)
    knot = curve([(X - 35 * w, 78, 1), (X + 35 * w, 78, 1), (X + 30 * w, 100), (X + 19 * w, 134, 1), (X, 138),
        (X - 19 * w, 134, 1), (X - 30 * w, 100)])
    with job.canvas.panel(knot, cloth, puff=18, rise=9, drape=0.2, shadow=0.6, angle=14,
            origin=(X, 100)) as panel:
        panel.fold(line((X - 26 * w, 84), (X - 4, 104), (X + 8 * w, 132)), 5, 1.6)


def scarf(job: Job) -> None:
    if job.cut == "square":
        _square_scarf(job)
        return
    knit = job.cut == "knit"
    cloth = job.cloth("tartan" if job.item.pattern == "checked" else "", 0.9)
    tails = (((252, 250), (236, 400), (214, 548), 8), ((392, 262), (402, 380), (418, 486), -7))
    for (ax, ay), (bx, by), (cx, cy), lean in tails:
        spine = line((ax, ay), (bx, by), (cx, cy))
        outline = ribbon(spine, 128, 144)
        if not knit:  # the fringe first, under the end
            along = spine[-1] - spine[-4]
            along /= np.hypot(*along)
            across = np.array([-along[1], along[0]])
            for k in range(15):
                start = spine[-1] + across * (k - 7) * 9.4 - along * 4
                end = start + along * (44 + job.shake(6)) + across * job.shake(5)
                job.canvas.lay(ribbon(line(tuple(start), tuple((start + end) / 2 + across * job.shake(2)),
                    tuple(end)), 6.4, 4), cloth.plain(palette.mix(job.colour, job.colour2, 0.3 if k % 3 == 0
                    and job.item.colour2 else 0)), puff=3, rise=2, drape=0)
        with job.canvas.panel(outline, cloth, puff=30, rise=11, drape=1.2, angle=lean, shadow=0.55,
                origin=(ax, ay)) as panel:
            if knit:
                panel.ribs(None, 13, 3.2)
            for k in range(4):
                off = (k - 1.5) * 32
                panel.fold(line((ax + off * 0.7, ay + 20), (bx + off, by), (cx + off * 1.05, cy - 10)),
                    11, 3.0)
    ring_back = curve([(150, 190), (200, 104), (320, 74), (440, 104), (490, 190), (440, 168), (320, 142),
        (200, 168)])
    job.canvas.lay(ring_back, cloth.plain(palette.shade(job.colour, 0.68)), puff=22, rise=8)
    for spine_nodes, wide in (([(146, 196), (206, 286), (320, 320), (430, 290), (494, 196)], 104),
            ([(160, 168), (230, 236), (326, 252), (420, 226), (482, 160)], 70)):
        spine = line(*spine_nodes)
        with job.canvas.panel(ribbon(spine, wide), cloth, puff=36, rise=17, drape=1.2, shadow=0.55, angle=90
                if knit else 4, origin=(X, 200)) as panel:
            if knit:
                panel.ribs(None, 13, 3.2)
            for k in range(4):
                shift = np.array([0, (k - 1.5) * wide * 0.2 + job.shake(4)], np.float32)
                panel.fold(spine[6:-6] + shift, 9, 3.0)


def _square_scarf(job: Job) -> None:
    cloth = job.cloth("paisley" if job.item.pattern == "printed" else "", 1.3)
    border = job.colour2
    diamond = turned(box(132, 132, 508, 508, 8), 45, (X, X))
    diamond = moved(diamond, 0, 0, 1.02)
    with job.canvas.panel(diamond, cloth, puff=12, rise=4, drape=1.6, origin=(X, X)) as panel:
        inner = moved(diamond, 0, 0, 0.90)
        ring_area = np.concatenate([np.vstack([diamond, diamond[:1]]), np.vstack([inner, inner[:1]])[::-1]])
        panel.fill(ring_area, border)
        panel.line(inner, palette.shade(border, 0.7), 2.0, closed=True).line(moved(diamond, 0, 0, 0.86),
            border, 3.0, closed=True)
        for angle in (-72, -18, 20, 68, 130, 200):
            c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
            panel.fold(line((X + 40 * c, X + 40 * s), (X + 130 * c + 14, X + 130 * s),
                (X + 230 * c, X + 230 * s)), 13, 3.2)


DRAWERS = {"socks": socks, "belt": belt, "tie": tie, "scarf": scarf}
