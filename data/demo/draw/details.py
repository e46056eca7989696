"""What is sewn on: buttons, zips, pockets, collars, lapels, belts, labels."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Node, Points, box, curve, ellipse, flip, inset, line, ribbon, turned
from data.demo.draw.garment import Body
from data.demo.draw.job import Job
from data.demo.draw.palette import RGB
from data.demo.draw.panel import Panel
from data.demo.draw.pattern import Cloth


def button(job: Job, x: float, y: float, radius: float = 4.6, colour: RGB | None = None,
        metal: bool = False) -> None:
    """A sewn button with four holes, or a metal one."""
    tone = colour or palette.ink_on(job.colour)
    cloth = Cloth(tone, "metal" if metal else "glossy")
    with job.canvas.panel(ellipse(x, y, radius), cloth, puff=2.0, rise=1.4, shadow=0.6, edge=0.25) as panel:
        panel.groove(ellipse(x, y, radius * 0.62), 0.9, 0.5, closed=True)
        if not metal:
            for dx in (-0.24, 0.24):
                for dy in (-0.24, 0.24):
                    panel.fill(ellipse(x + dx * radius, y + dy * radius, radius * 0.13),
                        palette.shade(tone, 0.35))


def buttons(job: Job, x: float, y0: float, y1: float, count: int, radius: float = 4.6,
        colour: RGB | None = None,
            metal: bool = False) -> None:
    for i in range(count):
        button(job, x, y0 + (y1 - y0) * i / max(1, count - 1), radius, colour, metal)


def placket(panel: Panel, y0: float, y1: float, half_width: float = 13, x: float = CENTRE,
        thread: RGB | None = None) -> None:
    """The folded edges of a button front, with their stitching."""
    for side in (-1, 1):
        edge = line((x + side * half_width, y0), (x + side * half_width, y1))
        panel.groove(edge, 1.5, 1.3 if side > 0 else 0.6)
        panel.stitch(edge - np.array([side * 3.0, 0], np.float32), thread
            or palette.ink_on(panel.cloth.colour), 2.6, 0.7, 0.35)
    panel.fold(line((x + half_width, y0), (x + half_width + 1, (y0 + y1) / 2), (x + half_width, y1)), 4, 0.9)


def zip_line(panel: Panel, points: Points, colour: RGB = palette.STEEL, tape: RGB | None = None,
        width: float = 4.0) -> None:
    """A closed zip along a line."""
    panel.line(points, tape or palette.shade(panel.cloth.colour, 0.6), width + 2.5)
    panel.groove(points, width + 4, 0.8)
    panel.stitch(points, colour, 1.7, width * 0.62, 0.95)


def puller(job: Job, x: float, y: float, colour: RGB = palette.STEEL, size: float = 1.0,
        angle: float = 0.0) -> None:
    """The slider and tag of a zip, hanging down from (x, y)."""
    metal = Cloth(colour, "metal")
    job.canvas.lay(turned(box(x - 3.4 * size, y - 4 * size, x + 3.4 * size, y + 4 * size, 1.5), angle,
        (x, y)), metal, puff=2,
                   rise=1.2, shadow=0.5)
    job.canvas.lay(turned(box(x - 2.2 * size, y + 3 * size, x + 2.2 * size, y + 15 * size, 2.0), angle,
        (x, y)), metal, puff=1.6,
                   rise=1.0, shadow=0.5)


def collar_back(job: Job, body: Body, cloth: Cloth, rise: float = 22) -> None:
    """The inside of a collar's back and of the yoke below it."""
    x, top, n = CENTRE, body.neck_y, body.neck
    hole = curve([(x - n - 2, top - 4, 1), (x - n * 0.6, top - rise), (x, top - rise - 5),
        (x + n * 0.6, top - rise),
                  (x + n + 2, top - 4, 1), (x + n * 0.7, top + body.drop), (x, top + body.drop + 14),
                  (x - n * 0.7, top + body.drop)])
    with job.canvas.panel(hole, cloth.plain(palette.shade(cloth.colour, 0.80)), puff=8, rise=2.5,
            drape=0.1) as panel:
        panel.groove(line((x - n, top), (x, top + 6), (x + n, top)), 1.6, 1.2)
        panel.darken(ellipse(x, top + body.drop + 4, n, 26), 0.45, 9)
        panel.fill(box(x - 13, top + 9, x + 13, top + 22), palette.ink_on(cloth.colour))


def collar(job: Job, body: Body, cloth: Cloth, *, reach: float = 44, tip: float = 70, gap: float = 2.0,
        stand: float = 30,
           trim: RGB | None = None, stitched: bool = True) -> None:
    """A turned-down collar: two leaves that meet `stand` below the neck's top and end in points."""
    x, top, n = CENTRE, body.neck_y, body.neck
    leaf: list[Node] = [(x + gap, top + stand, 1), (x + reach, top + tip, 1), (x + n + 11, top + 17),
        (x + n + 4, top - 6),
                        (x + n - 16, top - 21, 1), (x + n * 0.62, top + 2),
        (x + n * 0.30, top + stand * 0.68)]
    for side in (flip, np.asarray):
        outline = np.asarray(side(curve(leaf)), np.float32)
        with job.canvas.panel(outline, cloth, puff=7, rise=3.6, drape=0.15, shadow=0.5, angle=28
                if side is flip else -28) as panel:
            edge = np.asarray(side(line(leaf[0], leaf[1], leaf[2], leaf[3], steps=6)), np.float32)
            if trim is not None:
                panel.line(edge, trim, 7)
            if stitched:
                inner = np.asarray(side(line((x + gap + 3, top + stand - 4),
                    (x + reach - 1, top + tip - 7, 1),
                                             (x + n + 5, top + 14), (x + n - 2, top - 6))), np.float32)
                panel.stitch(inner, palette.ink_on(cloth.colour), 2.6, 0.7, 0.35)


def lapels(job: Job, body: Body, cloth: Cloth, *, depth: float, width: float = 62, notch: float = 0.36,
        peak: bool = False,
           roll: float = 8) -> None:
    """Jacket lapels with a collar above; they meet `depth` below the neck's top."""
    x, top, n = CENTRE, body.neck_y, body.neck
    low = top + depth
    level = top + depth * notch
    tip: Node = (x + width + (14 if peak else 6), level - (16 if peak else -2), 1)
    lapel: list[Node] = [(x + 2, low, 1), (x + width * 0.72, top + depth * 0.60), tip,
        (x + width * 0.70, level + 2, 1),
                         (x + n * 0.86, top + 16, 1), (x + n * 0.62, top + depth * 0.30)]
    leaf: list[Node] = [(x + width * 0.70 - 2, level + 4, 1), (x + width * 0.94, level - 15, 1),
        (x + n + 14, top + 16),
                        (x + n + 5, top - 6), (x + n - 18, top - 19, 1), (x + n * 0.80, top + 8)]
    for side in (flip, np.asarray):
        lean = 20 if side is flip else -20
        with job.canvas.panel(np.asarray(side(curve(lapel)), np.float32), cloth, puff=9, rise=4, drape=0.25,
                shadow=0.5,
                              angle=lean) as panel:
            edge = inset(panel.outline, 4)
            panel.stitch(edge, palette.shade(cloth.colour, 0.6), 2.4, 0.6, 0.25)
        with job.canvas.panel(np.asarray(side(curve(leaf)), np.float32), cloth, puff=8, rise=4, drape=0.15,
                shadow=0.45,
                              angle=lean):
            pass


def patch_pocket(job: Job, x: float, y: float, width: float, height: float, cloth: Cloth, *,
        flap: float = 0.0,
                 thread: RGB | None = None, tilt: float = 0.0, snap: RGB | None = None) -> None:
    """A pocket sewn on, its upper left corner at (x, y); with a flap of the given height."""
    spot = (x + width / 2, y + height / 2)
    colour = thread or palette.ink_on(cloth.colour)
    bag = curve([(x, y, 1), (x + width, y, 1), (x + width - 1, y + height * 0.82, 1),
        (x + width / 2, y + height, 1),
                 (x + 1, y + height * 0.82, 1)])
    with job.canvas.panel(turned(bag, tilt, spot), cloth, puff=3, rise=1.4, drape=0.4, shadow=0.3,
            edge=0.2) as panel:
        panel.stitch(turned(inset(bag, 2.6), tilt, spot), colour, 2.6, 0.8, 0.5)
        if not flap:
            panel.groove(turned(line((x, y + 11), (x + width, y + 11)), tilt, spot), 1.2, 0.6)
    if flap:
        lid = curve([(x - 2, y - 3, 1), (x + width + 2, y - 3, 1), (x + width + 2, y + flap * 0.72, 1),
            (x + width / 2, y + flap, 1),
                     (x - 2, y + flap * 0.72, 1)])
        with job.canvas.panel(turned(lid, tilt, spot), cloth, puff=4, rise=2, drape=0.3, shadow=0.5) as panel:
            panel.stitch(turned(inset(lid, 2.6), tilt, spot), colour, 2.6, 0.8, 0.5)
        button(job, x + width / 2, y + flap * 0.66, 3.6, snap, metal=snap is not None)


def flap_pocket(job: Job, x: float, y: float, width: float, height: float, cloth: Cloth,
        tilt: float = 0.0) -> None:
    """The flap of a set-in pocket."""
    lid = turned(box(x, y, x + width, y + height, 4), tilt, (x + width / 2, y))
    job.canvas.lay(lid, cloth, puff=4, rise=2, drape=0.3, shadow=0.45)


def welt(panel: Panel, a: Node, b: Node, width: float = 7.0) -> None:
    """A slanted pocket opening with a narrow welt."""
    panel.groove(line(a, b), 1.8, 1.6)
    shift = np.array([width * (1 if a[0] < CENTRE else -1), 0], np.float32)
    panel.groove(line(a, b) + shift, 1.0, 0.6)
    panel.fold(line(a, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), b), 4, 1.4)


def drawcord(job: Job, path: Sequence[Node], colour: RGB, width: float = 4.2, tip: RGB | None = None) -> None:
    """A cord that hangs along a path and ends in a tip."""
    spine = line(*path)
    with job.canvas.panel(ribbon(spine, width), Cloth(colour, "cotton"), puff=width / 2, rise=width / 2.2,
            drape=0, shadow=0.5) as cord:
        cord.stitch(spine, palette.shade(colour, 0.8), 1.6, width * 0.5, 0.4)
    end = spine[-6:]
    job.canvas.lay(ribbon(end, width + 0.8), Cloth(tip or palette.STEEL, "metal" if tip is None
        else "glossy"), puff=2, rise=1.6)


def belt_with_buckle(job: Job, x0: float, x1: float, y: float, width: float, cloth: Cloth, sag: float = 4,
        metal: RGB | None = None) -> None:
    """A belt across a garment from x0 to x1, buckled in the middle."""
    spine = line((x0, y), (CENTRE, y + sag), (x1, y))
    with job.canvas.panel(ribbon(spine, width), cloth, puff=4, rise=2.4, drape=0.3, shadow=0.5) as panel:
        for off in (-width / 2 + 2.5, width / 2 - 2.5):
            panel.stitch(spine + np.array([0, off], np.float32), palette.ink_on(cloth.colour), 2.6, 0.7, 0.4)
    half = width / 2 + 3
    frame = np.concatenate([box(CENTRE - half, y + sag - half, CENTRE + half, y + sag + half, 3)])
    ring = ribbon(np.concatenate([frame, frame[:1]]), 4.2)
    job.canvas.lay(ring, Cloth(metal or palette.shade(cloth.colour, 0.5), "metal" if metal else "glossy"),
        puff=2, rise=1.6, shadow=0.5)


def label(job: Job, x: float, y: float, width: float, height: float, colour: RGB, ink: RGB, *,
        material: str = "cotton",
          lines: int = 1) -> None:
    """A small sewn brand label with a hint of lettering."""
    with job.canvas.panel(box(x - width / 2, y - height / 2, x + width / 2, y + height / 2, 1.5),
            Cloth(colour, material), puff=2,
                          rise=0.9, drape=0, shadow=0.3) as panel:
        for i in range(lines):
            yy = y + (i - (lines - 1) / 2) * height * 0.36
            panel.stitch(line((x - width * 0.34, yy), (x + width * 0.34, yy)),
                ink, width * 0.085, height * 0.17 / max(1, lines * 0.7), 0.95)
