"""Necklaces, bracelets, cufflinks."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Points, box, curve, ellipse, line, ribbon, turned
from data.demo.draw.job import Job
from data.demo.draw.palette import RGB
from data.demo.draw.pattern import Cloth

X = CENTRE


def jewellery(job: Job) -> None:
    metal = {"Gold": palette.GOLD, "Silver": palette.STEEL}.get(job.item.colour, job.colour)
    {"pendant": _pendant, "bracelet": _bracelet_chain, "cufflinks": _cufflinks, "beads": _beads}[job.cut](job,
        metal)


def _chain(job: Job, path: Points, metal: RGB, size: float, thick: float) -> None:
    """Links along a path, every second one on edge."""
    steps = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    count = int(steps[-1] / (size * 1.35))
    for k in range(count):
        at = (k + 0.5) / count * steps[-1]
        x, y = float(np.interp(at, steps, path[:, 0])), float(np.interp(at, steps, path[:, 1]))
        x2, y2 = float(np.interp(at + 2, steps, path[:, 0])), float(np.interp(at + 2, steps, path[:, 1]))
        angle = float(np.degrees(np.arctan2(y2 - y, x2 - x)))
        link = ellipse(x, y, size, size * (0.72 if k % 2 else 0.34), tilt=angle, steps=28)
        job.canvas.lay(ribbon(link, thick), Cloth(metal, "metal"), puff=thick / 2, rise=thick / 2.2,
            shadow=0.35)


def _pendant(job: Job, metal: RGB) -> None:
    path = line((150, 70), (160, 200), (220, 360), (300, 448), (320, 456), (340, 448), (420, 360), (480, 200),
        (490, 70))
    _chain(job, path, metal, 7.5, 3.2)
    job.canvas.lay(ribbon(ellipse(320, 462, 11), 5), Cloth(metal, "metal"), puff=2.5, rise=2)
    drop = curve([(320, 470, 1), (356, 528), (344, 572), (320, 582), (296, 572), (284, 528)])
    job.canvas.lay(drop, Cloth(metal, "metal"), puff=12, rise=8)
    stone = curve([(320, 492, 1), (343, 532), (334, 562), (320, 568), (306, 562), (297, 532)])
    with job.canvas.panel(stone, Cloth(job.colour2, "glossy"), puff=18, rise=12, shadow=0.2) as panel:
        for a, b in (((320, 492), (320, 568)), ((300, 530), (340, 530)), ((308, 560), (332, 514)),
                ((332, 560), (308, 514))):
            panel.groove(line(a, b), 1.0, 0.8)
    job.canvas.blot(ellipse(312, 524, 5, 9, tilt=24), (1, 1, 1), 0.75, 1.5)


def _bracelet_chain(job: Job, metal: RGB) -> None:
    _chain(job, ellipse(320, 320, 206, 164, steps=160), metal, 23, 8.5)
    job.canvas.lay(ribbon(line((292, 490), (320, 500), (350, 484), (322, 476), (294, 488)), 8),
        Cloth(metal, "metal"), puff=4, rise=3)


def _cufflinks(job: Job, metal: RGB) -> None:
    for x, y, lean in ((214, 290, -12), (436, 350, 10)):
        job.canvas.lay(turned(box(x - 12, y + 20, x + 12, y + 124, 6), lean, (x, y)), Cloth(metal, "metal"),
            puff=9, rise=6)
        job.canvas.lay(turned(box(x - 40, y + 112, x + 40, y + 140, 13), lean, (x, y)), Cloth(metal, "metal"),
            puff=11, rise=7)
        job.canvas.lay(turned(box(x - 78, y - 78, x + 78, y + 78, 14), lean, (x, y)), Cloth(metal, "metal"),
            puff=10, rise=6, shadow=0.5)
        with job.canvas.panel(turned(box(x - 60, y - 60, x + 60, y + 60, 8), lean, (x, y)),
                Cloth(job.colour2, "glossy"), puff=7, rise=3, shadow=0.2) as panel:
            for k in range(-3, 4):
                panel.groove(turned(line((x + 18 * k - 60, y + 60), (x + 18 * k + 60, y - 60)), lean, (x, y)),
                    1.2, 0.5)
        job.canvas.blot(turned(curve([(x - 56, y - 56, 1), (x + 10, y - 56, 1), (x - 56, y + 20, 1)]), lean,
            (x, y)), (1, 1, 1), 0.16, 3)


def _beads(job: Job, metal: RGB) -> None:
    for k in range(23):
        angle = 2 * np.pi * (k + 0.5) / 23
        x, y = 320 + 198 * np.sin(angle), 320 - 178 * np.cos(angle)
        gold = k % 23 == 11
        tone = palette.GOLD if gold else palette.shade(job.colour, 1 + job.shake(0.10))
        ball = Cloth(tone, "metal" if gold else "glossy")
        with job.canvas.panel(ellipse(x, y, 26), ball, puff=26, rise=23, shadow=0.5, edge=0.3) as panel:
            for _ in range(3):
                vein = line((x + job.shake(20), y + job.shake(20)), (x + job.shake(14), y + job.shake(14)),
                    (x + job.shake(22), y + job.shake(22)))
                panel.line(vein, palette.shade(tone, 1.25), 1.2, 0.35)


DRAWERS = {"jewellery": jewellery}
