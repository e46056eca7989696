"""Backpacks, laptop bags, duffel bags."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from data.demo.draw import palette
from data.demo.draw.bags import handle, metal_of, plate, ring
from data.demo.draw.curve import CENTRE, Node, box, curve, ellipse, inset, line, mirrored, ribbon
from data.demo.draw.details import label, puller, zip_line
from data.demo.draw.heels import buckle
from data.demo.draw.job import Job
from data.demo.draw.pattern import Cloth

X = CENTRE


def _straps(job: Job, cloth: Cloth, top: float = 150) -> None:
    """Shoulder straps that look out at both sides, and the grab loop."""
    for sign in (-1, 1):
        path: list[Node] = [(X + sign * 70, top), (X + sign * 190, top + 40), (X + sign * 228, top + 170),
            (X + sign * 204, top + 330), (X + sign * 160, 556)]
        handle(job, path, 34, cloth, True, 9)
    handle(job, [(X - 44, top - 14), (X - 36, top - 66), (X, top - 82), (X + 36, top - 66),
        (X + 44, top - 14)], 15, cloth, False, 6)


def backpack(job: Job) -> float:
    return {"school": _school, "roll": _roll, "hiking": _hiking}[job.cut](job)


def _school(job: Job) -> float:
    cloth = job.cloth(scale=0.9)
    block = job.item.pattern == "colour_block"
    second = cloth.plain(job.colour2) if block else cloth
    dark = cloth.plain(palette.shade(job.colour, 0.78))
    _straps(job, dark, 140)
    half = [(X, 92), (X + 84, 98), (X + 146, 140), (X + 172, 240), (X + 182, 430), (X + 172, 560),
        (X + 140, 586), (X, 590)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=70, rise=32, drape=0.7) as panel:
        zip_line(panel, line((X - 160, 330), (X - 150, 190), (X - 100, 126), (X, 112), (X + 100, 126),
            (X + 150, 190), (X + 160, 330)), palette.shade(palette.STEEL, 0.9), width=5)
        for sign in (-1, 1):
            panel.groove(line((X + sign * 150, 330), (X + sign * 160, 450), (X + sign * 150, 586)), 1.4, 0.8)
            panel.fold(line((X + sign * 110, 180), (X + sign * 124, 230), (X + sign * 118, 290)), 16, 2.0)
    for sign in (-1, 1):  # side pockets
        pocket = curve([(X + sign * 150, 420, 1), (X + sign * 190, 408, 1), (X + sign * 186, 560),
            (X + sign * 150, 588, 1)])
        with job.canvas.panel(pocket, dark, puff=12, rise=6) as panel:
            panel.groove(line((X + sign * 148, 432), (X + sign * 192, 420)), 1.4, 1.0)
    front = [(X, 326), (X + 112, 330), (X + 136, 352), (X + 140, 540), (X + 116, 574), (X, 578)]
    with job.canvas.panel(curve(mirrored(front)), second, puff=34, rise=16, shadow=0.5, drape=0.7) as panel:
        zip_line(panel, line((X - 128, 390), (X - 118, 362), (X, 352), (X + 118, 362), (X + 128, 390)),
            palette.shade(palette.STEEL, 0.9), width=4.5)
        panel.groove(line((X - 138, 450), (X, 458), (X + 138, 450)), 1.4, 0.8)
    puller(job, X - 120, 128, palette.STEEL, 1.3, 30)
    puller(job, X + 96, 358, palette.STEEL, 1.2, -6)
    label(job, X, 300, 64, 22, palette.shade(job.colour, 0.6) if palette.luma(job.colour) > 0.3
        else palette.shade(job.colour, 1.3), palette.WHITE)
    return 590


def _roll(job: Job) -> float:
    cloth = job.cloth()
    leather = Cloth(job.colour2 if job.item.colour2 else palette.shade(palette.LEATHER_BROWN, 0.9), "leather")
    if job.material == "leather":
        leather = cloth.plain(palette.shade(job.colour, 0.8))
    _straps(job, leather, 160)
    half = [(X, 130), (X + 120, 136), (X + 158, 170), (X + 168, 320), (X + 178, 540), (X + 160, 584),
        (X, 590)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=66, rise=30, drape=0.9) as panel:
        for k in range(9):
            at = X + (k - 4) * 34
            panel.fold(line((at, 150), (at + job.shake(6), 220), (at + job.shake(8), 300)), 12, 2.6)
    for sign in (-1, 1):
        pocket = curve([(X + sign * 138, 400, 1), (X + sign * 190, 396, 1), (X + sign * 192, 560),
            (X + sign * 150, 586, 1)])
        job.canvas.lay(pocket, cloth, puff=14, rise=8)
    front = [(X, 408), (X + 112, 408, 1), (X + 122, 550), (X + 104, 578), (X, 582)]
    with job.canvas.panel(curve(mirrored(front)), cloth, puff=26, rise=13, shadow=0.5) as panel:
        panel.stitch(line((X - 114, 420), (X, 420), (X + 114, 420)), palette.ink_on(job.colour), 4, 1.1, 0.6)
    flap = [(X, 108), (X + 130, 114), (X + 172, 150), (X + 176, 330), (X + 150, 372), (X, 384)]
    with job.canvas.panel(curve(mirrored(flap)), cloth, puff=40, rise=18, shadow=0.6, drape=0.8) as panel:
        panel.stitch(line((X - 168, 330), (X - 146, 364), (X, 375), (X + 146, 364), (X + 168, 330)),
            palette.ink_on(job.colour), 4, 1.1, 0.6)
    for sign in (-1, 1):
        strap = ribbon(line((X + sign * 78, 300), (X + sign * 78, 400), (X + sign * 78, 470)), 24)
        with job.canvas.panel(strap, leather, puff=6, rise=4, shadow=0.55) as panel:
            panel.stitch(inset(strap, 3.6), palette.ink_on(leather.colour), 3.4, 1.0, 0.6)
            for k in range(3):
                panel.fill(ellipse(X + sign * 78, 436 + 12 * k, 2.2), palette.shade(leather.colour, 0.3))
        buckle(job, X + sign * 78, 404, 17, palette.BRASS, 90)
    return 590


def _hiking(job: Job) -> float:
    cloth = job.cloth()
    second = cloth.plain(job.colour2)
    _straps(job, second, 140)
    half = [(X, 96), (X + 112, 108), (X + 146, 190), (X + 160, 380), (X + 168, 540), (X + 140, 592), (X, 598)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=64, rise=30, drape=0.9) as panel:
        panel.cut(curve(mirrored([(X, 470), (X + 200, 486, 1), (X + 200, 620, 1), (X, 620)])), second)
        panel.groove(line((X - 166, 482), (X, 470), (X + 166, 482)), 1.6, 1.2)
    lid = [(X, 76), (X + 110, 88), (X + 152, 132), (X + 156, 204), (X + 120, 226), (X, 232)]
    with job.canvas.panel(curve(mirrored(lid)), cloth, puff=44, rise=22, shadow=0.6) as panel:
        zip_line(panel, line((X - 140, 176), (X, 188), (X + 140, 176)), palette.BLACK, width=5)
    front = [(X, 262), (X + 84, 266), (X + 98, 300), (X + 104, 450), (X + 84, 468), (X, 470)]
    with job.canvas.panel(curve(mirrored(front)), second, puff=26, rise=13, shadow=0.5) as panel:
        zip_line(panel, line((X - 60, 280), (X - 66, 440)), palette.shade(palette.STEEL, 0.8), width=4)
    for sign in (-1, 1):
        pocket = curve([(X + sign * 112, 412, 1), (X + sign * 178, 392, 1), (X + sign * 182, 560),
            (X + sign * 124, 588, 1)])
        job.canvas.lay(pocket, Cloth(palette.BLACK, "mesh"), puff=16, rise=8)
        for y in (300, 376):
            strap = ribbon(line((X + sign * 100, y), (X + sign * 168, y - 16)), 11)
            job.canvas.lay(strap, Cloth(palette.BLACK, "canvas"), puff=3, rise=2, shadow=0.5)
            job.canvas.lay(box(X + sign * 126 - 13, y - 18, X + sign * 126 + 13, y + 2, 4),
                Cloth(palette.BLACK, "rubber"), puff=4, rise=3, shadow=0.5)
        clip = ribbon(line((X + sign * 60, 226), (X + sign * 60, 300)), 13)
        job.canvas.lay(clip, Cloth(palette.BLACK, "canvas"), puff=3, rise=2, shadow=0.5)
    label(job, X, 150, 58, 20, palette.BLACK, palette.WHITE)
    return 598


def laptop_bag(job: Job) -> float:
    cloth = job.cloth()
    metal = metal_of(job)
    if job.cut == "briefcase":
        strap: list[Node] = [(92, 282), (70, 200), (120, 110), (240, 80), (400, 80), (520, 110), (570, 200),
            (548, 282)]
        handle(job, strap, 17, Cloth(palette.shade(job.colour, 0.7), "canvas"), False, 4)
        handle(job, [(X - 84, 240), (X - 76, 178), (X - 40, 152), (X + 40, 152), (X + 76, 178),
            (X + 84, 240)], 16, cloth.plain(palette.shade(job.colour, 0.66)), False)
        body = box(70, 226, 570, 566, 26)
        with job.canvas.panel(body, cloth, puff=36, rise=16, drape=0.5) as panel:
            zip_line(panel, line((84, 250), (X, 246), (556, 250)), palette.STEEL, width=5)
            panel.stitch(inset(body, 10), palette.ink_on(job.colour), 4, 1.0, 0.4)
        front = box(106, 342, 534, 548, 16)
        with job.canvas.panel(front, cloth, puff=20, rise=9, drape=0.5, shadow=0.5) as panel:
            zip_line(panel, line((120, 366), (520, 366)), palette.STEEL, width=5)
            panel.stitch(inset(front, 7), palette.ink_on(job.colour), 4, 1.0, 0.4)
        for sign in (-1, 1):
            tab = ribbon(line((X + sign * 84, 236), (X + sign * 84, 350)), 24)
            with job.canvas.panel(tab, cloth.plain(palette.shade(job.colour, 0.88)), puff=5, rise=3,
                    shadow=0.5) as panel:
                panel.stitch(inset(tab, 3.6), palette.ink_on(job.colour), 3.4, 1.0, 0.5)
            ring(job, X + sign * 236, 270, 12, metal)
        handle(job, [(X - 84, 252), (X - 80, 180), (X - 46, 138), (X, 132), (X + 46, 138), (X + 80, 180),
            (X + 84, 252)], 20, cloth, True, 8)
        puller(job, 500, 250, palette.STEEL, 1.4)
        puller(job, 486, 366, palette.STEEL, 1.4)
        plate(job, X, 440, metal, 60, 18)
        return 567
    leather = Cloth(job.colour2 if job.item.colour2 else palette.shade(job.colour, 0.7), "leather")
    handle(job, [(104, 300), (78, 190), (130, 92), (240, 58), (400, 58), (510, 92), (562, 190), (536, 300)],
        24, cloth.plain(palette.shade(job.colour, 0.85)), True, 5)
    job.canvas.lay(box(80, 258, 560, 572, 22), cloth, puff=34, rise=15)
    flap = curve([(76, 250, 1), (564, 250, 1), (568, 400), (556, 474), (530, 486), (110, 486), (84, 474),
        (72, 400)])
    with job.canvas.panel(flap, cloth, puff=34, rise=14, shadow=0.6, drape=0.7) as panel:
        panel.stitch(inset(flap, 9), palette.ink_on(job.colour), 4, 1.1, 0.5)
    for sign in (-1, 1):
        strap_outline = ribbon(line((X + sign * 140, 390), (X + sign * 140, 470), (X + sign * 140, 534)), 28)
        with job.canvas.panel(strap_outline, leather, puff=6, rise=4, shadow=0.55) as panel:
            panel.stitch(inset(strap_outline, 4), palette.ink_on(leather.colour), 3.4, 1.0, 0.6)
        buckle(job, X + sign * 140, 478, 19, palette.BRASS, 90)
    label(job, X, 420, 80, 30, leather.colour, palette.ink_on(leather.colour), material="leather")
    return 573


def duffel_bag(job: Job) -> float:
    cloth = job.cloth()
    weekender = job.cut == "weekender"
    trim = Cloth(job.colour2 if job.item.colour2 else palette.shade(job.colour, 0.7), "leather" if weekender
        else "nylon")
    handle(job, [(212, 420), (206, 260), (250, 150), (320, 126), (390, 150), (434, 260), (428, 420)],
        20, trim.plain(palette.shade(trim.colour, 0.66)), False)
    if weekender:
        half = [(X, 226), (X + 190, 234), (X + 244, 280), (X + 266, 420), (X + 258, 540), (X + 226, 570),
            (X, 574)]
    else:
        half = [(X, 236), (X + 220, 242), (X + 266, 280), (X + 284, 400), (X + 268, 520), (X + 224, 558),
            (X, 562)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=84, rise=40, drape=0.9) as panel:
        zip_line(panel, line((X - 220, 268), (X, 258), (X + 220, 268)), palette.STEEL if not weekender
            else palette.BRASS, width=6)
        for sign in (-1, 1):
            if not weekender:
                end = curve([(X + sign * 204, 220, 1), (X + sign * 300, 220, 1), (X + sign * 300, 600, 1),
                    (X + sign * 204, 600, 1), (X + sign * 216, 400)])
                panel.cut(end, trim)
                panel.groove(line((X + sign * 204, 220), (X + sign * 216, 400), (X + sign * 204, 600)),
                    1.8, 1.4)
            panel.fold(line((X + sign * 150, 290), (X + sign * 170, 350), (X + sign * 150, 430)), 18, 3)
        if weekender:
            panel.cut(box(0, 500, 640, 640), trim)
            panel.groove(line((0, 500), (640, 500)), 1.8, 1.4).stitch(line((60, 507), (580, 507)),
                palette.ink_on(trim.colour), 4, 1.1, 0.6)
    for sign in (-1, 1):
        strip = ribbon(line((X + sign * 108, 268), (X + sign * 112, 420), (X + sign * 110, 566)), 24)
        with job.canvas.panel(strip, trim, puff=5, rise=3, shadow=0.4) as panel:
            panel.stitch(inset(strip, 4), palette.ink_on(trim.colour), 3.4, 1.0, 0.6)
    handle(job, [(X - 110, 400), (X - 112, 262), (X - 70, 140), (X, 108), (X + 70, 140), (X + 112, 262),
        (X + 110, 400)], 24, trim, True, 8)
    grip = ribbon(line((X - 42, 119), (X, 109), (X + 42, 119)), 34)
    with job.canvas.panel(grip, trim, puff=14, rise=9, shadow=0.4) as panel:
        panel.stitch(inset(grip, 5), palette.ink_on(trim.colour), 3.4, 1.0, 0.6)
    if weekender:
        tag = box(X + 130, 300, X + 168, 362, 6)
        job.canvas.lay(tag, trim, puff=4, rise=2.4, shadow=0.5)
    else:
        label(job, X, 420, 110, 36, cloth.colour, job.colour2)
        ring(job, X + 244, 300, 13, palette.STEEL)
        ring(job, X - 244, 300, 13, palette.STEEL)
    puller(job, X + 150, 264, palette.STEEL, 1.5, -10)
    return 574 if weekender else 562


DRAWERS = {"backpack": backpack, "laptop_bag": laptop_bag, "duffel_bag": duffel_bag}
