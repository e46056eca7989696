"""Leggings, shorts, underpants."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

import numpy as np

from data.demo.draw import palette
from data.demo.draw.bottoms import Legs, belt_loops, fly, front_pocket, hem_stitch, leg_panels, waist_line
from data.demo.draw.curve import CENTRE, box, curve, ellipse, flip, line, mirrored
from data.demo.draw.details import button, drawcord, label, patch_pocket
from data.demo.draw.job import Job

X = CENTRE


def leggings(job: Job) -> None:
    sport = job.cut == "sport"
    legs = Legs(waist=70, hip=92, hip_y=156, crotch_y=232, knee=70, knee_in=24, hem=52, inner=27, dip=5,
        waist_y=40)
    cloth = job.cloth("diamonds" if job.item.pattern == "printed" else "small", 0.8)
    for sign, panel in leg_panels(job, legs, cloth, waistband=44 if sport else 18, drape=0.35):
        if job.item.pattern == "colour_block":
            panel.cut(curve([(X + sign * 110, 40, 1), (X + sign * 66, 90), (X + sign * 82, 250),
                (X + sign * 52, 420), (X + sign * 60, 620, 1), (X + sign * 130, 620, 1)]),
                      cloth.plain(job.colour2))
        if sport:
            panel.groove(line((X + sign * 72, 84), (X + sign * 74, 230), (X + sign * 50, 410),
                (X + sign * 44, 606)), 1.2, 0.7)
        hem_stitch(panel, legs, sign, None, 9)
        panel.done()


def shorts(job: Job) -> None:
    cut = job.cut
    legs = Legs(waist=120, waist_y=120, hip=158, hip_y=236, crotch_y=356, knee=166, knee_in=12, knee_y=440,
        hem=172, inner=14, hem_y=528, dip=12)
    if cut == "denim":
        legs = Legs(waist=120, waist_y=136, hip=156, hip_y=250, crotch_y=372, knee=166, knee_in=8, knee_y=420,
            hem=172, inner=10, hem_y=470, dip=12)
    if cut == "sport":
        legs = Legs(waist=118, waist_y=130, hip=166, hip_y=250, crotch_y=364, knee=184, knee_in=8, knee_y=440,
            hem=194, inner=8, hem_y=512, dip=8)
    denim = cut == "denim"
    cloth = job.cloth("leaves" if job.item.pattern == "printed" else "",
        colour=palette.mix(job.colour, (0.34, 0.45, 0.60), 0.82) if denim else job.colour)
    thread = palette.BRASS if denim else None
    for sign, panel in leg_panels(job, legs, cloth, waistband=0 if cut == "sport" else 30,
            drape=1.1):
        if cut == "sport":
            band = np.concatenate([waist_line(legs, -30), waist_line(legs, 34)[::-1]])
            panel.ribs(band, 7.0, 1.3).groove(waist_line(legs, 34), 1.8, 1.4)
            wedge = curve([(X + sign * (legs.waist + 20), 150, 1), (X + sign * 132, 180),
                (X + sign * 152, 330), (X + sign * 136, 540, 1), (X + sign * 220, 540, 1)])
            panel.cut(wedge, cloth.plain(job.colour2))
            panel.groove(line((X + sign * 126, 166), (X + sign * 142, 250), (X + sign * 152, 330),
                (X + sign * 136, 540)), 1.3, 0.9)
            for k in range(10):
                at = X + sign * (8 + 12 * k)
                panel.fold(line((at, legs.waist_y + 34), (at + sign * 4, legs.waist_y + 74)), 6, 1.8)
        else:
            front_pocket(panel, legs, sign, thread, slanted=not denim)
            if sign > 0:
                fly(job, panel, legs, thread, 24)
        if denim:
            panel.fill(ellipse(X + sign * 84, 350, 44, 90), palette.mix(cloth.colour, palette.WHITE, 0.75),
                0.40, 24)
            cuff = line((X, legs.hem_y - 28), (X + sign * 190, legs.hem_y - 30))
            panel.groove(cuff, 2.4, 2.4).fill(box(X - 200, legs.hem_y - 28, X + 200, legs.hem_y + 9),
                palette.mix(cloth.colour, palette.WHITE, 0.4), 0.5)
            panel.stitch(waist_line(legs, 4), thread or cloth.colour, 3, 0.9).stitch(waist_line(legs, 27),
                thread or cloth.colour, 3, 0.9)
        else:
            hem_stitch(panel, legs, sign, None, 15)
        panel.done()
    if cut == "cargo":
        for sign in (-1, 1):
            patch_pocket(job, X + sign * 122 - 36, 352, 72, 92, cloth, flap=28, tilt=-sign * 4)
    if cut == "sport":
        for sign in (-1, 1):
            drawcord(job, [(X + sign * 9, 156), (X + sign * 16, 190), (X + sign * 14, 232)], palette.WHITE
                if palette.luma(job.colour) < 0.7 else palette.BLACK, 4)
        label(job, X - 108, 486, 34, 12, job.colour, palette.ink_on(job.colour))
    else:
        belt_loops(job, legs, cloth)
        button(job, X + 4, legs.waist_y + legs.dip + 15, 7.0, palette.COPPER if denim
            else palette.shade(job.colour, 0.6), metal=denim)


def underpants(job: Job) -> None:
    trunk = job.cut == "trunk"
    cloth = job.cloth()
    top, x = 190, X
    if trunk:
        half = [(x, top + 8), (x + 150, top, 1), (x + 166, top + 110), (x + 172, top + 234, 1),
            (x + 40, top + 254, 1), (x + 16, top + 232), (x, top + 228)]
    else:
        half = [(x, top + 8), (x + 158, top, 1), (x + 168, top + 66, 1), (x + 110, top + 120),
            (x + 52, top + 226, 1), (x, top + 236)]
    back = [(x, top - 10), (x + 152, top, 1), (x + 140, top + 34), (x, top + 44)]
    job.canvas.lay(curve(mirrored(back)), cloth.plain(palette.shade(job.colour, 0.7)), puff=6, rise=2,
        drape=0)
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=46, rise=16, drape=0.6) as panel:
        band = np.concatenate([line((x - 180, top - 16), (x, top - 8), (x + 180, top - 16)),
            line((x + 180, top + 32), (x, top + 42), (x - 180, top + 32))])
        dark = palette.BLACK if palette.luma(job.colour) > 0.3 else palette.shade(job.colour, 1.5)
        if trunk:
            panel.fill(band, dark).ribs(band, 3.4, 0.4)
            panel.stitch(line((x - 150, top + 14), (x, top + 22), (x + 150, top + 14)), palette.ink_on(dark),
                13, 8, 0.9)
        else:
            panel.ribs(band, 3.4, 0.5)
        panel.groove(line((x - 180, top + 33), (x, top + 42), (x + 180, top + 33)), 1.8, 1.6)
        pouch = line((x - 46, top + 42), (x - 62, top + 130), (x - 26, top + 226))
        if job.item.gender == "men":
            panel.groove(pouch, 1.5, 1.0).groove(flip(pouch), 1.5, 1.0).groove(line((x, top + 42),
                (x + 3, top + 120), (x, top + 228)), 1.4, 0.8)
            panel.raise_(curve(mirrored([(x, top + 60), (x + 48, top + 90), (x + 44, top + 170),
                (x, top + 220)])), 10, 34)
        if trunk:
            for sign in (-1, 1):
                panel.groove(line((x + sign * 176, top + 218), (x + sign * 38, top + 238)), 1.2, 0.8)
        else:
            leg = line((x + 168, top + 66), (x + 110, top + 120), (x + 52, top + 226))
            for side in (leg, flip(leg)):
                panel.groove(side, 16, 0.5).stitch(side, palette.ink_on(job.colour), 2, 0.8, 0.3)
        for sign in (-1, 1):
            for k in range(4):
                panel.fold(line((x + sign * 50, top + 200 - 30 * k), (x + sign * 90, top + 180 - 28 * k),
                    (x + sign * (130 + job.shake(14)), top + 176 - 24 * k)), 9, 1.4)


DRAWERS = {"leggings": leggings, "shorts": shorts, "underpants": underpants}
