"""Caps and hats."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Node, curve, ellipse, inset, line, shifted
from data.demo.draw.details import label
from data.demo.draw.job import Job
from data.demo.draw.pattern import Cloth

X = CENTRE


def cap(job: Job) -> None:
    """From the front, turned a little to the left."""
    snap = job.cut == "snapback"
    cloth = job.cloth(scale=0.9)
    brim = cloth.plain(job.colour2) if job.item.pattern == "colour_block" or (job.item.colour2
        and not snap) else cloth
    crown: list[Node] = [(146, 396, 1), (140, 310), (172, 214), (250, 148), (336, 132), (430, 158),
        (500, 230), (520, 320), (512, 404, 1), (330, 424)]
    if snap:
        crown = [(148, 392, 1), (140, 290), (164, 196), (240, 146), (336, 136), (430, 150), (500, 206),
            (522, 300), (512, 400, 1), (330, 418)]
    with job.canvas.panel(curve(crown), cloth, puff=110, rise=62, drape=0.4, edge=0.2) as panel:
        thread = palette.ink_on(job.colour)
        for nodes in (((332, 134), (300, 240), (286, 410)), ((332, 134), (430, 220), (462, 408)),
                ((332, 134), (196, 214), (160, 390)), ((332, 134), (500, 250), (514, 396))):
            seam = line(*nodes)
            panel.groove(seam, 1.8, 1.3).stitch(shifted(seam, 4, 0), thread, 3.4, 1.0, 0.5)
            panel.stitch(seam - (4, 0),
                thread, 3.4, 1.0, 0.5)
        for x, y in ((250, 210), (392, 200), (178, 280)):
            panel.fill(ellipse(x, y, 5, 6), palette.shade(job.colour, 0.35)).line(ellipse(x, y, 7, 8),
                thread, 1.6, 0.7, closed=True)
        if snap or job.item.colour2:
            badge = ellipse(330, 300, 46, 42)
            panel.fill(badge, job.colour2 if not snap else palette.WHITE).line(badge, thread, 3, closed=True)
            star = [(330 + 28 * (1 if k % 2 == 0 else 0.45) * np.sin(k * np.pi / 5), 300 - 28 * (1
                if k % 2 == 0 else 0.45) * np.cos(k * np.pi / 5)) for k in range(10)]
            panel.fill(np.array(star, np.float32), job.colour)
    job.canvas.lay(ellipse(333, 135, 14, 8), brim, puff=7, rise=5)
    if snap:
        visor = curve([(150, 388, 1), (236, 362), (330, 356), (430, 364), (514, 396, 1), (540, 440),
            (528, 470), (430, 486), (310, 490), (170, 478), (120, 462), (118, 430)])
    else:
        visor = curve([(148, 392, 1), (230, 366), (326, 362), (420, 374), (470, 406, 1), (462, 450),
            (400, 492), (290, 512), (170, 504), (98, 470), (92, 436)])
    with job.canvas.panel(visor, brim, puff=30, rise=13, drape=0.2, shadow=0.6) as panel:
        thread = palette.ink_on(brim.colour)
        for k in range(5):
            row = curve([(160, 404 + 5 * k), (240, 388 + 16 * k), (330, 386 + 19 * k), (420, 396 + 13 * k),
                (462, 412 + 4 * k)], closed=False)
            panel.stitch(row, thread, 3.4, 0.9, 0.35)
        panel.darken(ellipse(320, 376, 170, 14), 0.35, 9)


def hat(job: Job) -> None:
    {"beanie": _beanie, "fedora": _fedora, "sun": _sun_hat, "bucket": _bucket}[job.cut](job)


def _beanie(job: Job) -> None:
    cloth = job.cloth()
    crown = curve([(142, 430, 1), (140, 330), (176, 208), (250, 142), (320, 126), (390, 142), (464, 208),
        (500, 330), (498, 430, 1)])
    with job.canvas.panel(crown, cloth, puff=120, rise=66, drape=0.6) as panel:
        for k in range(-9, 10):
            at = k / 9
            rib = line((X + at * 26, 134), (X + at * 150, 250), (X + at * 182, 440))
            panel.groove(rib, 5.5, 2.6)
        for sign in (-1, 1):
            panel.fold(line((X + sign * 30, 140), (X + sign * 60, 180), (X + sign * 70, 230)), 12, 3)
    if job.item.gender == "women":
        ball = ellipse(X, 106, 58, 54)
        fluff = ball + job.canvas.rng.normal(0, 2.4, ball.shape).astype(np.float32)
        with job.canvas.panel(fluff, cloth.plain(palette.shade(job.colour, 1.12), "fleece"), puff=50,
                rise=36) as panel:
            for _ in range(160):
                a = np.array([X, 106], np.float32) + job.canvas.rng.normal(0, 26, 2).astype(np.float32)
                b = a + job.canvas.rng.normal(0, 9, 2).astype(np.float32)
                panel.line(np.stack([a, b]),
                    palette.shade(job.colour, float(job.canvas.rng.uniform(0.7, 1.4))), 1.2, 0.6)
    brim = curve([(128, 408, 1), (230, 396), (320, 393), (410, 396), (512, 408, 1), (516, 460), (508, 516, 1),
        (410, 526), (320, 529), (230, 526), (132, 516, 1), (124, 460)])
    with job.canvas.panel(brim, cloth, puff=40, rise=20, drape=0.4, shadow=0.6) as panel:
        for k in range(-11, 12):
            at = k / 11
            panel.groove(line((X + at * 186, 394), (X + at * 190, 528)), 6, 2.8)
    label(job, X + 96, 486, 52, 24, palette.shade(palette.LEATHER_BROWN, 0.9), palette.WHITE)


def _fedora(job: Job) -> None:
    cloth = job.cloth()
    brim = curve([(54, 436), (110, 400), (220, 408), (320, 416), (420, 408), (530, 400), (586, 436),
        (540, 486), (420, 516), (320, 522), (220, 516), (100, 486)])
    with job.canvas.panel(brim, cloth.plain(palette.shade(job.colour, 0.85)), puff=26, rise=9) as panel:
        panel.darken(ellipse(X, 430, 190, 30), 0.4, 16)
        panel.stitch(inset(brim, 8), palette.ink_on(job.colour), 3.4, 1.0, 0.3)
    crown = curve([(138, 440, 1), (150, 330), (176, 214), (236, 158), (290, 176), (320, 190), (350, 176),
        (404, 158), (464, 214), (490, 330), (502, 440, 1), (320, 470)])
    with job.canvas.panel(crown, cloth, puff=84, rise=46, drape=0.5, shadow=0.6) as panel:
        panel.fold(line((320, 188), (316, 230), (320, 290)), 22, 9)
        for sign in (-1, 1):
            panel.fold(line((X + sign * 110, 190), (X + sign * 96, 240), (X + sign * 110, 300)), 20, 7)
        band = curve([(132, 384, 1), (230, 408), (320, 414), (410, 408), (508, 384, 1), (512, 450, 1),
            (410, 466), (320, 474), (230, 466), (128, 450, 1)])
        tone = palette.shade(job.colour,
            0.42) if palette.luma(job.colour) > 0.2 else palette.shade(job.colour, 1.22)
        panel.fill(band, tone).groove(line((132, 384), (230, 408), (320, 414), (410, 408), (508, 384)),
            2.4, 1.8)
    tone = palette.shade(job.colour, 0.5) if palette.luma(job.colour) > 0.2 else palette.shade(job.colour,
        1.26)
    job.canvas.lay(curve([(150, 396, 1), (214, 402, 1), (206, 428), (216, 458, 1), (146, 446, 1),
        (156, 420)]), Cloth(tone, "satin"), puff=8, rise=4)


def _sun_hat(job: Job) -> None:
    cloth = job.cloth()
    brim = ellipse(X, 404, 288, 108)
    with job.canvas.panel(brim, cloth, puff=60, rise=14, drape=1.6) as panel:
        for k in range(1, 9):
            panel.groove(ellipse(X, 400 - k, 288 - 17 * k, 108 - 8.5 * k), 1.8, 1.0, closed=True)
        for angle in (20, 60, 120, 165):
            c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
            panel.fold(line((X + 180 * c, 404 + 50 * s), (X + 240 * c, 404 + 80 * s),
                (X + 288 * c, 404 + 106 * s)), 18, 5)
    crown = curve([(150, 392, 1), (156, 290), (200, 204), (320, 172), (440, 204), (484, 290), (490, 392, 1),
        (320, 428)])
    with job.canvas.panel(crown, cloth, puff=110, rise=60, shadow=0.6) as panel:
        for k in range(9):
            panel.groove(line((140, 236 + 24 * k), (230, 252 + 25 * k), (320, 257 + 25 * k),
                (410, 252 + 25 * k), (500, 236 + 24 * k)), 1.8, 1.1)
        band = curve([(146, 336, 1), (230, 366), (320, 374), (410, 366), (494, 336, 1), (496, 392, 1),
            (410, 420), (320, 428), (230, 420), (144, 392, 1)])
        panel.fill(band, job.colour2).groove(line((146, 336), (230, 366), (320, 374), (410, 366), (494, 336)),
            2.2, 1.6)
    for nodes in (((452, 392), (500, 380), (520, 400), (470, 408)), ((452, 400), (486, 440), (512, 486),
            (476, 470))):
        job.canvas.lay(curve(list(nodes)), Cloth(job.colour2, "satin"), puff=8, rise=5, shadow=0.5)


def _bucket(job: Job) -> None:
    denim = job.material == "denim"
    cloth = job.cloth(colour=palette.mix(job.colour, (0.31, 0.42, 0.57), 0.8) if denim else job.colour)
    thread = palette.BRASS if denim else palette.ink_on(job.colour)
    crown = curve([(180, 380, 1), (196, 280), (222, 196), (270, 172), (320, 166), (370, 172), (418, 196),
        (444, 280), (460, 380, 1), (320, 400)])
    with job.canvas.panel(crown, cloth, puff=80, rise=42, drape=0.8) as panel:
        top = line((214, 212), (270, 228), (320, 232), (370, 228), (426, 212))
        panel.groove(top, 2.0, 1.5).stitch(shifted(top, 0, 5), thread, 3.6, 1.1, 0.7)
        panel.groove(line((320, 232), (322, 400)), 1.5, 1.0)
        for x in (240, 400):
            panel.fill(ellipse(x, 276, 5), palette.shade(cloth.colour, 0.35)).line(ellipse(x, 276, 7.5),
                thread, 1.6, 0.7, closed=True)
    brim = curve([(176, 366, 1), (250, 386), (320, 390), (390, 386), (464, 366, 1), (520, 450), (552, 500),
        (500, 540), (400, 566), (320, 570), (240, 566), (140, 540), (88, 500), (120, 450)])
    with job.canvas.panel(brim, cloth, puff=50, rise=20, drape=1.0, shadow=0.6) as panel:
        for k in range(6):
            ring_line = line((162 - 12 * k, 392 + 23 * k), (240 - 4 * k, 412 + 26 * k), (320, 416 + 27 * k),
                (400 + 4 * k, 412 + 26 * k), (478 + 12 * k, 392 + 23 * k))
            panel.stitch(ring_line, thread, 3.6, 1.0, 0.6).groove(ring_line, 1.0, 0.4)
        panel.darken(ellipse(X, 384, 150, 12), 0.3, 8)


DRAWERS = {"cap": cap, "hat": hat}
