"""Jeans, trousers, track pants, leggings, shorts, underpants."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Points, box, curve, ellipse, flip, line, shifted
from data.demo.draw.details import button, drawcord, patch_pocket
from data.demo.draw.job import Job
from data.demo.draw.panel import Panel
from data.demo.draw.pattern import Cloth

X = CENTRE


@dataclass(frozen=True)
class Legs:
    """Measures of trousers, half widths from the middle line; `inner` is where the inseam ends."""

    waist: float = 84
    waist_y: float = 44
    hip: float = 112
    hip_y: float = 150
    crotch_y: float = 226
    knee: float = 104
    knee_in: float = 18
    knee_y: float = 400
    hem: float = 98
    inner: float = 28
    hem_y: float = 606
    dip: float = 8  # the front of the waist hangs lower than its back

    def right(self) -> Points:
        x = X
        return curve([(x, self.waist_y + self.dip, 1), (x + self.waist, self.waist_y, 1),
            (x + self.hip, self.hip_y),
                      (x + self.knee, self.knee_y), (x + self.hem, self.hem_y, 1),
            (x + self.inner, self.hem_y + 2, 1),
                      (x + self.knee_in, self.knee_y), (x + 3, self.crotch_y + 22), (x, self.crotch_y, 1)])

    def outline(self) -> Points:
        right = self.right()
        return np.concatenate([right, flip(right)[::-1]])


def leg_panels(job: Job, legs: Legs, cloth: Cloth, *, waistband: float = 24,
               drape: float = 1.0) -> list[tuple[int, Panel]]:
    """Back of the waist, then both legs as open panels (side, panel), to be ended by the caller."""
    back = curve([(X - legs.waist, legs.waist_y, 1), (X, legs.waist_y - 9), (X + legs.waist, legs.waist_y, 1),
        (X + legs.waist - 6, legs.waist_y + 26),
                  (X, legs.waist_y + 30), (X - legs.waist + 6, legs.waist_y + 26)])
    with job.canvas.panel(back, cloth.plain(palette.shade(cloth.colour, 0.62)), puff=5, rise=1.5,
            drape=0) as panel:
        panel.groove(line((X - legs.waist, legs.waist_y + 14), (X, legs.waist_y + 8),
            (X + legs.waist, legs.waist_y + 14)), 1.2, 0.6)
    panels: list[tuple[int, Panel]] = []
    right = legs.right()
    for sign in (-1, 1):
        outline = right if sign > 0 else flip(right)
        seat = [curve([(X - 60, 0, 1), (X + 60, 0, 1), (X + 16, legs.crotch_y - 30), (X, legs.crotch_y + 6),
            (X - 16, legs.crotch_y - 30)])]
        panel = job.canvas.panel(outline, cloth, puff=46, rise=19, drape=drape, hull=[*seat],
            angle=-2.0 * sign, shadow=0.45,
                                 origin=(X + sign * 60, 60))
        for k in range(4):  # whiskers from the crotch
            y = legs.crotch_y - 26 + 16 * k + job.shake(5)
            reach = 62 + job.shake(18)
            panel.fold(line((X + sign * 5, y), (X + sign * reach * 0.6, y - 9 + 5 * k),
                (X + sign * reach, y - 24 + 12 * k)), 8, 1.9)
        for k in range(5):  # breaks at the knee and above the hem
            y = legs.knee_y - 34 + 24 * k + job.shake(10)
            if y < legs.hem_y - 20:
                a, b = legs.knee_in + 4, legs.knee - 6
                tilt = 13 if k % 2 else -11
                panel.fold(line((X + sign * a, y + tilt), (X + sign * (a + b) / 2, y),
                    (X + sign * b, y + tilt * 0.5)), 9, 1.3 + job.shake(0.5))
        for k in range(3):
            y = legs.hem_y - 26 - 20 * k + job.shake(5)
            if y > legs.knee_y:
                panel.fold(line((X + sign * (legs.inner + 3), y + 6),
                    (X + sign * (legs.inner + legs.hem) / 2, y - 3), (X + sign * (legs.hem - 8), y + 7)),
                    8, 1.6)
        if waistband:
            panel.groove(waist_line(legs, waistband), 1.7, 1.3)
        panels.append((sign, panel))
    return panels


def waist_line(legs: Legs, down: float) -> Points:
    return line((X - legs.waist - 6, legs.waist_y + down - 1), (X, legs.waist_y + legs.dip + down),
        (X + legs.waist + 6, legs.waist_y + down - 1))


def hem_stitch(panel: Panel, legs: Legs, sign: int, thread: palette.RGB | None, up: float = 10) -> None:
    seam = line((X + sign * (legs.inner - 3), legs.hem_y + 2 - up), (X + sign * (legs.hem + 3),
        legs.hem_y - up))
    panel.groove(seam, 1.1, 0.8)
    if thread is not None:
        panel.stitch(seam, thread, 3, 0.9)


def fly(job: Job, panel: Panel, legs: Legs, thread: palette.RGB | None, curve_in: float = 20) -> None:
    """The front closing, sewn on the right leg's panel."""
    top = legs.waist_y + legs.dip + 24
    low = legs.crotch_y - 22
    path = line((X + curve_in, top), (X + curve_in, low - 34), (X + curve_in * 0.6, low - 8), (X, low))
    panel.groove(path, 1.1, 0.6)
    if thread is not None:
        panel.stitch(path, thread, 3, 0.9).stitch(path - (3, 0), thread, 3, 0.9)


def front_pocket(panel: Panel, legs: Legs, sign: int, thread: palette.RGB | None, slanted: bool) -> None:
    top = legs.waist_y + 26
    if slanted:
        path = line((X + sign * (legs.waist - 26), top), (X + sign * (legs.hip - 8), top + 84))
    else:
        path = line((X + sign * (legs.waist - 38), top), (X + sign * (legs.waist - 30), top + 30),
            (X + sign * (legs.hip - 4), top + 48))
    panel.groove(path, 2.0, 1.8)
    if thread is not None:
        panel.stitch(shifted(path, -3 * sign, 2), thread, 3, 0.9)
    else:
        panel.groove(shifted(path, -4 * sign, 0), 1.0, 0.4)


def belt_loops(job: Job, legs: Legs, cloth: Cloth) -> None:
    for at in (-0.62, 0.62):
        x = X + at * legs.waist
        y = legs.waist_y + legs.dip * (1 - abs(at)) - 3
        job.canvas.lay(box(x - 4, y, x + 4, y + 31, 1.5), cloth, puff=2.5, rise=1.6, drape=0, shadow=0.5)


def jeans(job: Job) -> None:
    woman = job.item.gender == "women"
    legs = {
        "slim": Legs(hem=76, inner=30, knee=88, knee_in=20, hip=104),
        "straight": Legs(),
        "wide": Legs(hem=146, inner=22, knee=124, knee_in=14, hip=106, waist=74),
        "ripped": Legs(hem=84, inner=28, knee=94),
    }[job.cut]
    if woman and job.cut == "slim":
        legs = Legs(waist=76, hip=108, hem=72, inner=34, knee=84, knee_in=22)
    blue = job.item.colour == "Blue"
    cloth = job.cloth(colour=palette.mix(job.colour, (0.27, 0.37, 0.52), 0.80) if blue else job.colour)
    thread = palette.mix(palette.BRASS, (0.75, 0.5, 0.25), 0.5)
    if not blue and job.item.colour != "Navy Blue":
        thread = palette.shade(cloth.colour,
            0.7) if palette.luma(cloth.colour) > 0.5 else palette.shade(cloth.colour, 1.2)
    fade = 0.42 if blue else 0.16
    for sign, panel in leg_panels(job, legs, cloth):
        pale = palette.mix(cloth.colour, palette.WHITE, 0.75)
        mid = (legs.knee_in + legs.knee) / 2
        panel.fill(ellipse(X + sign * mid, (legs.crotch_y + legs.knee_y) / 2 - 8, mid * 0.36, 110),
            pale, fade, 24)
        panel.fill(ellipse(X + sign * mid, legs.knee_y + 90, mid * 0.22, 70), pale, fade * 0.5, 22)
        side = line((X + sign * (legs.hip - 9), legs.hip_y), (X + sign * (legs.knee - 9), legs.knee_y),
            (X + sign * (legs.hem - 8), legs.hem_y))
        panel.groove(side, 1.4, 0.6)
        inseam = line((X + sign * 8, legs.crotch_y + 26), (X + sign * (legs.knee_in + 7), legs.knee_y),
            (X + sign * (legs.inner + 7), legs.hem_y))
        panel.groove(inseam, 1.2, 0.5).stitch(shifted(inseam, 2 * sign, 0), thread, 3, 0.8, 0.6)
        panel.stitch(waist_line(legs, 4), thread, 3, 0.9).stitch(waist_line(legs, 21), thread, 3, 0.9)
        front_pocket(panel, legs, sign, thread, slanted=False)
        hem_stitch(panel, legs, sign, thread)
        if sign > 0:
            fly(job, panel, legs, thread)
        if job.cut == "ripped":
            for y, w in ((legs.knee_y - 10, 30), (legs.knee_y - 96, 20)):
                at = X + sign * (mid + job.shake(6))
                tear = curve([(at - w, y), (at, y - 12 - job.random.random() * 6), (at + w, y + 2),
                    (at, y + 13)])
                panel.fill(tear, (0.86, 0.80, 0.76)).darken(tear, 0.12, 2)
                for k in range(7):
                    yy = y - 10 + 3.4 * k
                    panel.line(line((at - w, yy + job.shake(2)), (at, yy + job.shake(3)),
                        (at + w, yy + job.shake(2))), (0.95, 0.95, 0.95), 1.0)
        panel.done()
    belt_loops(job, legs, cloth)
    button(job, X + 3, legs.waist_y + legs.dip + 12, 6.0, palette.COPPER, metal=True)


def trousers(job: Job) -> None:
    suit, wide, cargo = job.cut == "suit", job.cut == "wide", job.cut == "cargo"
    legs = Legs(hem=82, inner=28, knee=96)
    if suit:
        legs = Legs(hem=86, inner=26, knee=98, hip=108)
    if wide:
        legs = Legs(waist=74, hip=106, hem=158, inner=10, knee=130, knee_in=9)
    if cargo:
        legs = Legs(hem=92, inner=26, knee=106, hip=118, knee_in=14)
    cloth = job.cloth("glen" if job.item.pattern == "checked" else "", 0.8 if job.item.pattern == "camouflage"
        else 1.0)
    for sign, panel in leg_panels(job, legs, cloth, waistband=26, drape=0.7 if suit else 1.2 if wide
            else 1.0):
        mid = (legs.inner + legs.hem) / 2
        if suit or wide:
            crease = line((X + sign * legs.waist * 0.46, 80),
                (X + sign * (legs.knee_in + legs.knee) / 2, legs.knee_y), (X + sign * mid, legs.hem_y))
            panel.fold(crease, 4, -2.4).groove(crease, 1.0, 0.2)
        if wide:
            for k in (-1, 1, 2):
                panel.fold(line((X + sign * (60 + 8 * k), 260), (X + sign * (mid + 22 * k), 430),
                    (X + sign * (mid + 28 * k), 600)), 12, 2.4)
            panel.fold(line((X + sign * 40, 76), (X + sign * 46, 110), (X + sign * 50, 160)), 4, 2.2)
        front_pocket(panel, legs, sign, None, slanted=True)
        if not suit:
            hem_stitch(panel, legs, sign, None, 13)
        if sign > 0:
            fly(job, panel, legs, None)
        panel.done()
    if cargo:
        for sign in (-1, 1):
            patch_pocket(job, X + sign * 86 - 32, 318, 62, 80, cloth, flap=24, tilt=-sign * 3)
    belt_loops(job, legs, cloth)
    if wide:
        job.canvas.stroke(line((X + 2, legs.waist_y + 8), (X + 2, legs.waist_y + 34)),
            palette.shade(job.colour, 0.5), 1.0, 0.6)
    else:
        button(job, X + 4, legs.waist_y + legs.dip + 13, 5.0, palette.shade(job.colour, 0.55))


def track_pants(job: Job) -> None:
    stripe = job.cut == "stripe"
    legs = Legs(waist=78, hip=114, knee=104, knee_in=14, hem=84 if stripe else 66, inner=28 if stripe else 30,
        hem_y=600)
    cloth = job.cloth()
    trim = cloth.plain(palette.shade(job.colour, 0.9))
    for sign, panel in leg_panels(job, legs, cloth, waistband=0, drape=1.2):
        band = np.concatenate([waist_line(legs, -30), waist_line(legs, 30)[::-1]])
        panel.ribs(band, 6.0, 1.1).groove(waist_line(legs, 30), 1.8, 1.4)
        for k in range(8):
            at = X + sign * (8 + 10 * k)
            panel.fold(line((at, legs.waist_y + 32), (at + sign * 2, legs.waist_y + 62)), 5, 1.6)
        front_pocket(panel, legs, sign, None, slanted=True)
        if stripe:
            for k in range(2):
                off = 8 + 13 * k
                side = line((X + sign * (legs.waist + 2 - off), 78), (X + sign * (legs.hip - off),
                    legs.hip_y), (X + sign * (legs.knee - off), legs.knee_y),
                            (X + sign * (legs.hem - off), legs.hem_y))
                panel.line(side, job.colour2, 6.5)
            hem_stitch(panel, legs, sign, None)
        else:
            cuff = box(X + sign * 48 - 60, legs.hem_y - 34, X + sign * 48 + 60, legs.hem_y + 12)
            panel.ribs(cuff, 4.8, 0.9).fill(cuff, trim.colour, 0.5)
            panel.groove(line((X + sign * 10, legs.hem_y - 33), (X + sign * 110, legs.hem_y - 35)), 2.0, 1.8)
            for k in range(5):
                at = X + sign * (legs.inner + 2 + 8 * k)
                panel.fold(line((at, legs.hem_y - 36), (at, legs.hem_y - 62)), 5, 2)
        panel.done()
    tone = palette.WHITE if palette.luma(job.colour) < 0.7 else palette.shade(job.colour, 0.6)
    for sign in (-1, 1):
        drawcord(job, [(X + sign * 9, 66), (X + sign * 14, 100), (X + sign * (13 + job.shake(4)),
            142 + job.shake(8))], tone, 3.6)


DRAWERS = {"jeans": jeans, "trousers": trousers, "track_pants": track_pants}
