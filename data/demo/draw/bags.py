"""Handbags, clutches, wallets: the soft and the small."""

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
    mirrored,
    ribbon,
    turned,
)
from data.demo.draw.details import puller, zip_line
from data.demo.draw.job import Job
from data.demo.draw.palette import RGB
from data.demo.draw.pattern import Cloth

X = CENTRE


def metal_of(job: Job) -> RGB:
    return palette.STEEL if job.item.colour in ("Black", "Grey", "Navy Blue", "Silver", "Blue",
        "Grey Melange") else palette.GOLD


def handle(job: Job, path: list[Node],
        width: float, cloth: Cloth, stitched: bool = True, rise: float = 6, shadow: float = 0.45) -> None:
    """A carrying strap along a path."""
    spine = line(*path)
    with job.canvas.panel(ribbon(spine, width), cloth, puff=width / 2.1, rise=rise, drape=0.2,
            shadow=shadow) as panel:
        if stitched:
            for off in (-width / 2 + 2.8, width / 2 - 2.8):
                panel.stitch(_beside(spine, off), palette.ink_on(cloth.colour), 3, 0.8, 0.5)


def _beside(spine: Points, off: float) -> Points:
    along = np.gradient(spine, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)[:, None]
    return (spine + np.stack([-along[:, 1], along[:, 0]], 1) * off).astype(np.float32)


def ring(job: Job, x: float, y: float, radius: float, metal: RGB, square: bool = False) -> None:
    """A metal ring that joins strap and bag."""
    path = box(x - radius, y - radius * 0.8, x + radius, y + radius * 0.8, 3) if square else ellipse(x, y,
        radius)
    job.canvas.lay(ribbon(np.concatenate([path, path[:1]]), 4.0), Cloth(metal, "metal"), puff=2, rise=1.8,
        shadow=0.5)


def plate(job: Job, x: float, y: float, metal: RGB, width: float = 44, height: float = 15) -> None:
    """A small metal sign with the brand."""
    with job.canvas.panel(box(x - width / 2, y - height / 2, x + width / 2, y + height / 2, 2.5),
            Cloth(metal, "metal"), puff=2, rise=1.0, shadow=0.5) as panel:
        panel.stitch(line((x - width * 0.36, y), (x + width * 0.36, y)), palette.shade(metal, 0.4),
            3.6, height * 0.32, 0.9)


def handbag(job: Job) -> float:
    return {"tote": _tote, "satchel": _satchel, "hobo": _hobo, "crossbody": _crossbody}[job.cut](job)


def _tote(job: Job) -> float:
    cloth = job.cloth("wide" if job.item.pattern == "striped" else "")
    canvas = job.material == "canvas"
    trim = Cloth(job.colour2 if job.item.colour2 and job.item.pattern == "plain"
        else palette.shade(palette.LEATHER_BROWN, 1.0) if canvas else palette.shade(job.colour, 0.95),
        "leather")
    handle(job, [(X - 92, 262), (X - 86, 150), (X - 44, 82), (X, 72), (X + 44, 82), (X + 86, 150),
        (X + 92, 262)], 17, trim.plain(palette.shade(trim.colour, 0.7)), False)
    back = [(X, 236), (X + 186, 240, 1), (X + 190, 280, 1), (X, 284)]
    job.canvas.lay(curve(mirrored(back)), cloth.plain(palette.shade(job.colour, 0.6)), puff=6, rise=2)
    half = [(X, 256), (X + 190, 246, 1), (X + 204, 400), (X + 178, 572, 1), (X + 160, 580), (X, 583)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=56, rise=22, drape=0.8,
            origin=(X, 250)) as panel:
        panel.stitch(line((X - 190, 256), (X, 266), (X + 190, 256)), palette.ink_on(job.colour), 4, 1.1, 0.5)
        for sign in (-1, 1):
            panel.groove(line((X + sign * 168, 256), (X + sign * 176, 400), (X + sign * 156, 580)), 1.5, 0.9)
            panel.fold(line((X + sign * 120, 300), (X + sign * 130, 400), (X + sign * 110, 500)), 24, 2.6)
        if canvas:
            panel.cut(box(0, 506, 640, 640), trim)
            panel.groove(line((0, 506), (640, 506)), 1.6, 1.2).stitch(line((100, 512), (540, 512)),
                palette.ink_on(trim.colour), 4, 1.1, 0.6)
    for sign in (-1, 1):
        tab = box(X + sign * 92 - 15, 258, X + sign * 92 + 15, 326, 4)
        with job.canvas.panel(tab, trim, puff=4, rise=2, shadow=0.45) as panel:
            panel.stitch(inset(tab, 4), palette.ink_on(trim.colour), 3.4, 1.0, 0.6)
    path: list[Node] = [(X - 92, 300), (X - 92, 250), (X - 80, 140), (X - 40, 66), (X, 54), (X + 40, 66),
        (X + 80, 140), (X + 92, 250), (X + 92, 300)]
    handle(job, path, 17, trim, True, 6)
    plate(job, X, 330, metal_of(job))
    return 582


def _satchel(job: Job) -> float:
    cloth = job.cloth()
    metal = metal_of(job)
    handle(job, [(X - 74, 236), (X - 66, 150), (X - 30, 112), (X + 30, 112), (X + 66, 150), (X + 74, 236)],
        15, cloth.plain(palette.shade(job.colour, 0.66)), False)
    side = [(X, 214), (X + 176, 222, 1), (X + 236, 330), (X + 246, 540, 1), (X, 552)]
    job.canvas.lay(curve(mirrored(side)), cloth.plain(palette.shade(job.colour, 0.72)), puff=20, rise=9)
    half = [(X, 226), (X + 150, 222, 1), (X + 182, 236), (X + 214, 380), (X + 218, 540, 1), (X + 204, 556),
        (X, 560)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=44, rise=20, drape=0.6, edge=0.2) as panel:
        zip_line(panel, line((X - 160, 240), (X, 246), (X + 160, 240)), metal, width=4.5)
        panel.stitch(inset(panel.outline, 8), palette.ink_on(job.colour), 4, 1.0, 0.5)
        panel.groove(line((X - 216, 440), (X, 448), (X + 216, 440)), 1.6, 1.1).stitch(line((X - 216, 447),
            (X, 455), (X + 216, 447)), palette.ink_on(job.colour), 4, 1.0, 0.5)
        panel.fold(line((X - 60, 300), (X, 312), (X + 80, 302)), 26, 1.8)
    for sign in (-1, 1):
        with job.canvas.panel(curve([(X + sign * 74 - 15, 240, 1), (X + sign * 74 + 15, 240, 1),
                (X + sign * 74 + 13, 300), (X + sign * 74, 316), (X + sign * 74 - 13, 300)]), cloth,
                              puff=5, rise=3, shadow=0.5) as panel:
            panel.stitch(inset(panel.outline, 3.6), palette.ink_on(job.colour), 3, 0.9, 0.6)
        ring(job, X + sign * 74, 240, 11, metal)
        job.canvas.lay(ellipse(X + sign * 186, 548, 9, 7), Cloth(metal, "metal"), puff=4, rise=3)
    handle(job, [(X - 74, 234), (X - 70, 150), (X - 36, 96), (X, 88), (X + 36, 96), (X + 70, 150),
        (X + 74, 234)], 17, cloth, True, 8)
    puller(job, X + 150, 242, metal, 1.3, 8)
    plate(job, X, 384, metal, 54, 18)
    return 562


def _hobo(job: Job) -> float:
    cloth = job.cloth()
    metal = metal_of(job)
    handle(job, [(132, 306), (150, 200), (220, 96), (320, 62), (420, 96), (490, 200), (508, 306)],
        28, cloth.plain(palette.shade(job.colour, 0.8)), True, 9)
    outline = curve([(112, 288), (146, 278), (230, 330), (320, 346), (410, 330), (494, 278), (528, 288),
        (556, 400), (532, 500), (470, 556), (320, 574), (170, 556), (108, 500), (84, 400)])
    with job.canvas.panel(outline, cloth, puff=74, rise=34, drape=1.4) as panel:
        zip_line(panel, line((150, 290), (230, 341), (320, 357), (410, 341), (490, 290)), metal, width=4)
        for sign in (-1, 1):
            for k in range(4):
                panel.fold(line((X + sign * 196, 306 + 6 * k), (X + sign * (170 - 18 * k), 380 + 14 * k),
                    (X + sign * (130 - 34 * k), 450 + 22 * k)), 13, 3.4)
            panel.groove(line((X + sign * 196, 300), (X + sign * 190, 420), (X + sign * 150, 556)), 1.5, 1.0)
    for sign in (-1, 1):
        ring(job, X + sign * 192, 296, 16, metal)
    tassel = ribbon(line((462, 330), (470, 372), (466, 440)), 15, 24)
    with job.canvas.panel(tassel, cloth.plain(palette.shade(job.colour, 0.9)), puff=6, rise=4,
            shadow=0.5) as panel:
        for k in range(5):
            panel.groove(line((460 + 3.4 * k, 376), (454 + 6 * k, 440)), 1.2, 0.9)
    return 574


def _crossbody(job: Job) -> float:
    cloth = job.cloth()
    metal = metal_of(job)
    path: list[Node] = [(124, 320), (110, 200), (150, 96), (250, 52), (390, 52), (490, 96), (530, 200),
        (516, 320)]
    handle(job, path, 11, cloth, False, 4)
    side = box(104, 300, 536, 548, 26)
    with job.canvas.panel(side, cloth, puff=24, rise=11) as panel:
        panel.stitch(inset(side, 8), palette.ink_on(job.colour), 4, 1.0, 0.5)
    flap = curve([(100, 288, 1), (540, 288, 1), (544, 380), (516, 450), (430, 474), (320, 482), (210, 474),
        (124, 450), (96, 380)])
    with job.canvas.panel(flap, cloth, puff=26, rise=12, shadow=0.6, drape=0.5) as panel:
        panel.stitch(inset(flap, 8), palette.ink_on(job.colour), 4, 1.0, 0.5)
        quilted = job.seed % 2 == 0
        if quilted:
            for k in range(-8, 13):
                panel.groove(line((60 + 48 * k, 280), (280 + 48 * k, 500)),
                    1.6, 1.1).groove(line((580 - 48 * k, 280), (360 - 48 * k, 500)), 1.6, 1.1)
    lock = box(X - 26, 446, X + 26, 494, 6)
    job.canvas.lay(lock, Cloth(metal, "metal"), puff=4, rise=2.4, shadow=0.6)
    job.canvas.lay(box(X - 13, 462, X + 13, 476, 5), Cloth(palette.shade(metal, 0.85), "metal"), puff=4,
        rise=3, shadow=0.6)
    for sign in (-1, 1):
        ring(job, X + sign * 200, 306, 13, metal)
    return 549


def clutch(job: Job) -> float:
    cloth = job.cloth()
    metal = metal_of(job)
    if job.cut == "box":
        half = [(X, 206), (X + 226, 210, 1), (X + 244, 320), (X + 226, 440, 1), (X, 446)]
        with job.canvas.panel(curve(mirrored(half)), cloth, puff=26, rise=15, drape=0.3) as panel:
            panel.darken(ellipse(X, 420, 240, 40), 0.12, 20)
        for y0, y1 in ((198, 214), (438, 454)):
            job.canvas.lay(curve([(90, y0, 1), (X, y0 - 5), (550, y0, 1), (550, y1, 1), (X, y1 + 4 if y0 > 300
                else y1 - 3), (90, y1, 1)]), Cloth(metal, "metal"), puff=5, rise=3)
        for sign in (-1, 1):
            job.canvas.lay(ellipse(X + sign * 12, 193, 13, 13), Cloth(palette.mix(metal, palette.WHITE, 0.4),
                "glossy"), puff=10, rise=9, shadow=0.5)
        return 454
    body = box(84, 208, 556, 466, 12)
    job.canvas.lay(body, cloth, puff=18, rise=8)
    flap = curve([(82, 206, 1), (558, 206, 1), (556, 250), (330, 392), (310, 392), (84, 250)])
    with job.canvas.panel(flap, cloth, puff=16, rise=8, shadow=0.6, drape=0.4) as panel:
        panel.stitch(inset(flap, 7), palette.ink_on(job.colour), 4, 1.0, 0.4)
    with job.canvas.panel(ellipse(X, 376, 17), Cloth(metal, "metal"), puff=8, rise=5, shadow=0.6) as panel:
        panel.groove(ellipse(X, 376, 11), 1.2, 0.8, closed=True)
    strap = line((556, 226), (592, 300), (584, 400), (560, 452), (556, 430))
    job.canvas.lay(ribbon(strap, 10), cloth, puff=4, rise=3)
    return 467


def wallet(job: Job) -> float:
    cloth = job.cloth(scale=0.8)
    thread = palette.ink_on(job.colour)
    metal = metal_of(job)
    if job.cut == "bifold":
        inner = palette.shade(job.colour, 0.85)
        back = turned(box(150, 170, 486, 440, 12), -3, (318, 305))
        job.canvas.lay(back, cloth.plain(inner), puff=8, rise=4)
        for k in range(3):  # cards and notes looking out
            edge = turned(box(168 + 6 * k, 160 + 6 * k, 470 + 3 * k, 300, 5), -3, (318, 305))
            tone = ((0.83, 0.80, 0.70), (0.72, 0.78, 0.86), inner)[k]
            job.canvas.lay(edge, Cloth(tone, "smooth"), puff=2, rise=1, shadow=0.4)
        front = box(140, 186, 480, 464, 14)
        with job.canvas.panel(front, cloth, puff=14, rise=7, drape=0.6, shadow=0.6) as panel:
            panel.stitch(inset(front, 8), thread, 4, 1.1, 0.6)
            panel.fold(line((150, 196), (146, 320), (150, 456)), 9, -3)
            panel.groove(line((400, 418), (448, 418)), 9, 0.5)
            panel.stitch(line((402, 418), (448, 418)), palette.shade(job.colour, 0.55), 4, 7, 0.7)
        return 466
    if job.cut == "long":
        body = box(70, 212, 570, 452, 24)
        with job.canvas.panel(body, cloth, puff=20, rise=10, drape=0.5) as panel:
            zip_line(panel, line((70, 430), (70, 236), (94, 216), (546, 216), (570, 236), (570, 430)), metal,
                width=5)
            panel.stitch(inset(body, 16), thread, 4, 1.1, 0.5)
        puller(job, 566, 404, metal, 1.6, -8)
        strap = line((572, 400), (600, 440), (596, 500), (578, 470), (570, 420))
        job.canvas.lay(ribbon(strap, 9), cloth, puff=4, rise=3)
        plate(job, 136, 408, metal, 64, 20)
        return 454
    body = box(96, 196, 544, 462, 18)
    with job.canvas.panel(body, cloth, puff=16, rise=8) as panel:
        panel.stitch(inset(body, 8), thread, 4, 1.1, 0.5)
    flap = curve([(94, 192, 1), (546, 192, 1), (546, 330), (526, 352), (360, 358), (320, 362), (280, 358),
        (114, 352), (94, 330)])
    with job.canvas.panel(flap, cloth, puff=16, rise=8, drape=0.5, shadow=0.6) as panel:
        panel.stitch(inset(flap, 8), thread, 4, 1.1, 0.5)
    tab = curve([(X - 28, 320, 1), (X + 28, 320, 1), (X + 26, 386), (X, 404), (X - 26, 386)])
    with job.canvas.panel(tab, cloth.plain(palette.shade(job.colour, 0.9)), puff=6, rise=4,
            shadow=0.6) as panel:
        panel.stitch(inset(tab, 4), thread, 3.4, 1.0, 0.6)
    job.canvas.lay(ellipse(X, 376, 11), Cloth(metal, "metal"), puff=6, rise=4)
    return 464


DRAWERS = {"handbag": handbag, "clutch": clutch, "wallet": wallet}
