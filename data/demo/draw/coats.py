"""Coats and blazers."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Points, curve, ellipse, flip, line, mirrored, ribbon
from data.demo.draw.details import (
    belt_with_buckle,
    button,
    buttons,
    collar_back,
    flap_pocket,
    lapels,
    patch_pocket,
    placket,
)
from data.demo.draw.garment import Body, armhole_seams, front, sleeves
from data.demo.draw.job import Job
from data.demo.draw.knitwear import hood, hood_front
from data.demo.draw.outerwear import jacket_body
from data.demo.draw.panel import Panel
from data.demo.draw.pattern import Cloth

X = CENTRE


def coat(job: Job) -> None:
    {"overcoat": _overcoat, "trench": _trench, "parka": _parka}[job.cut](job)


def _long_body(job: Job, **changes: float | str) -> Body:
    woman = job.item.gender == "women"
    base = Body(neck=38, neck_y=58, drop=30, shoulder=104 if woman else 114, shoulder_y=80, chest=98 if woman
        else 108, arm_y=176,
                waist=88 if woman else 104, waist_y=288, hem=112 if woman else 116, hem_y=606, hem_curve=3,
        arm=366)
    return replace(base, **changes)  # type: ignore[arg-type]


def _coat_front(job: Job, body: Body, cloth: Cloth, hull: list[Points], low: float) -> Panel:
    panel = front(job, body, cloth, hull, puff=56, rise=20)
    armhole_seams(panel, body)
    panel.groove(line((X + 6, low), (X + 8, 450), (X + 10, 615)), 2.0, 2.4)
    for k in range(4):
        at = (-64, -24, 40, 74)[k]
        panel.fold(line((X + at * 0.8, 340), (X + at, 460), (X + at * 1.12, 604)), 12, 2.2)
    return panel


def _overcoat(job: Job) -> None:
    body = _long_body(job)
    cloth = job.cloth("glen" if job.item.pattern == "checked" else "", 0.8)
    if job.item.pattern == "checked":
        cloth = job.cloth("tartan", 0.55)
    collar_back(job, body, cloth.plain(palette.shade(job.colour, 0.8)), rise=16)
    hull = sleeves(job, body, "long", cloth, cuff="none")
    with _coat_front(job, body, cloth, hull, 230) as panel:
        panel.groove(line((X + 22, 190), (X + 48, 186)), 1.8, 1.2)
    for sign in (-1, 1):
        flap_pocket(job, X + sign * 56 - 22, 356, 44, 17, cloth, tilt=sign * 5)
    lapels(job, body, cloth, depth=164, width=50, notch=0.34)
    buttons(job, X - 4, 246, 386, 3, 6.2, palette.shade(job.colour, 0.45))


def _trench(job: Job) -> None:
    body = _long_body(job, hem=122)
    cloth = job.cloth()
    collar_back(job, body, cloth.plain(palette.shade(job.colour, 0.8)), rise=16)
    hull = sleeves(job, body, "long", cloth, cuff="none")
    for sign in (-1, 1):
        strap = line((X + sign * 138, 416), (X + sign * 184, 410))
        job.canvas.lay(ribbon(strap, 12), cloth, puff=3, rise=2, shadow=0.5)
    with _coat_front(job, body, cloth, hull, 240) as panel:
        panel.groove(line((X + 46, 230), (X + 44, 310)), 1.6, 1.4)
        panel.groove(line((X - 96, 168), (X - 50, 196), (X - 20, 194)), 1.6, 1.6)  # storm flap
    tone = palette.shade(palette.LEATHER_BROWN,
        0.7) if palette.luma(job.colour) > 0.3 else palette.shade(job.colour, 1.35)
    for sign in (-1, 1):
        buttons(job, X + sign * 30, 222, 262, 2, 5.6, tone)
        buttons(job, X + sign * 30, 340, 392, 2, 5.6, tone)
        epaulette = line((X + sign * (body.shoulder - 2), 84), (X + sign * 56, 70))
        job.canvas.lay(ribbon(epaulette, 14, 11), cloth, puff=3, rise=2, shadow=0.5)
        button(job, X + sign * 62, 71, 3.4, tone)
    lapels(job, body, cloth, depth=150, width=58, notch=0.42)
    belt_with_buckle(job, X - 92, X + 92, 296, 22, cloth, sag=4, metal=None)
    tail = line((X + 10, 304), (X + 30, 350), (X + 34, 410))
    job.canvas.lay(ribbon(tail, 18), cloth, puff=4, rise=2, shadow=0.5)


def _parka(job: Job) -> None:
    body = _long_body(job, neck_y=92, shoulder_y=112, arm_y=206, waist_y=330, hem_y=596, shoulder=112,
        chest=112, waist=104, hem=114,
                      neck=42)
    cloth = job.cloth()
    hood(job, body, cloth, lining=Cloth(palette.mix(job.colour, (0.5, 0.42, 0.34), 0.6), "fleece"))
    hull = sleeves(job, body, "long", cloth, cuff="band")
    with front(job, body, cloth, hull, puff=56, rise=20) as panel:
        armhole_seams(panel, body)
        placket(panel, 130, 600, 14)
        panel.groove(line((X - 130, 350), (X, 356), (X + 130, 350)), 2.2, 1.8)
        for k in range(12):
            at = X + (k - 5.5) * 17
            panel.fold(line((at, 330), (at + job.shake(3), 374)), 5, 1.8)
    for sign in (-1, 1):
        patch_pocket(job, X + sign * 58 - 30, 414, 60, 78, cloth, flap=26)
        patch_pocket(job, X + sign * 54 - 24, 226, 48, 52, cloth, flap=20)
    buttons(job, X, 176, 570, 7, 4.6, palette.BRASS, metal=True)
    hood_front(job, body, cloth, cords=False)
    fur = Cloth((0.62, 0.50, 0.38), "fleece")
    y, n = body.neck_y, body.neck
    edge = line((X - 12, y + 94), (X - n - 26, y + 40), (X - n - 30, y - 12), (X - 46, y - 58), (X, y - 68),
        (X + 46, y - 58),
                (X + n + 30, y - 12), (X + n + 26, y + 40), (X + 12, y + 94))
    strip = edge
    rim = ribbon(strip, 30)
    rim = rim + job.canvas.rng.normal(0, 2.6, rim.shape).astype(np.float32)
    with job.canvas.panel(rim, fur, puff=12, rise=8, shadow=0.5) as panel:
        for i in range(2, len(strip) - 2):
            for _ in range(4):
                a = strip[i] + job.canvas.rng.normal(0, 4, 2).astype(np.float32)
                b = a + job.canvas.rng.normal(0, 8, 2).astype(np.float32)
                tone = palette.shade(fur.colour, float(job.canvas.rng.uniform(0.55, 1.35)))
                panel.line(np.stack([a, b]), tone, 1.0, 0.6)


def blazer(job: Job) -> None:
    woman = job.item.gender == "women"
    body = jacket_body(job, hem_y=566, neck=46, neck_y=74, shoulder_y=102, arm_y=228, waist_y=360, waist=112
        if woman else 128,
                 hem=132 if woman else 142, chest=124 if woman else 142, shoulder=132 if woman else 150,
        hem_curve=2)
    cloth = job.cloth("glen" if job.item.pattern == "checked" else "")
    double, soft = job.cut == "double", job.cut == "soft"
    depth = {"two_button": 210, "double": 226, "soft": 250}[job.cut]
    top, low = body.neck_y, body.neck_y + depth
    collar_back(job, body, cloth.plain(palette.shade(job.colour, 0.8)), rise=18)
    lining = [(X, top + 6), (X + 44, top, 1), (X + 52, top + 90), (X + 6, low, 1)]
    with job.canvas.panel(curve(mirrored(lining)), Cloth(palette.shade(palette.mix(job.colour,
            (0.5, 0.5, 0.55), 0.25), 0.75), "satin"),
                          puff=12, rise=-3, drape=0.4) as panel:
        panel.groove(line((X - 46, top + 20), (X, top + 30), (X + 46, top + 20)), 1.4, 0.8)
        panel.darken(ellipse(X, top + 110, 40, 80), 0.3, 14)
    hull = sleeves(job, body, "long", cloth, cuff="none", flare=0)
    overlap = 34 if double else 10
    for left in (True, False):  # the right front lies below the left one
        nodes = [(X + body.neck, top, 1), *body.armhole(), (X + body.waist, body.waist_y),
            (X + body.hem, body.hem_y, 1)]
        if double:
            nodes += [(X - overlap, body.hem_y + 4, 1), (X - overlap, low + 8, 1)]
        else:
            nodes += [(X + 70, body.hem_y + 6), (X + 26, body.hem_y - 14), (X - 2, low + 110),
                (X - overlap, low + 40, 1),
                      (X - overlap + 2, low, 1)]
        outline = curve(nodes)
        whole = [*hull, flip(outline), outline]
        outline = outline if not left else flip(outline)
        with job.canvas.panel(outline, cloth, puff=78, rise=25, hull=whole, origin=(X, top),
                shadow=0.5) as panel:
            side = (lambda p: flip(p)) if left else (lambda p: p)
            panel.groove(side(line(*body.armhole())), 1.6, 1.1)
            dart = line((X + 64, 250), (X + 60, 360), (X + 70, 420))
            panel.groove(side(dart), 1.2, 0.6).fold(side(dart), 7, 1.4)
            panel.fold(side(line((X + body.chest - 6, body.arm_y + 6), (X + 92, 300), (X + 70, 360))),
                10, 2.2)
            for k in range(2):
                y = body.waist_y - 14 + 40 * k
                panel.fold(side(line((X + body.waist, y), (X + body.waist - 34, y + 8),
                    (X + body.waist - 66, y + 22))), 9, 1.6)
            if not left:
                panel.groove(line((X + 50, 236), (X + 92, 228)), 4.0, 1.4)
    for sign in (-1, 1):
        flap_pocket(job, X + sign * 80 - 34, 424, 68, 22, cloth, tilt=-sign * 4)
    lapels(job, body, cloth, depth=depth, width=66 if not double else 74, notch=0.36, peak=double)
    tone = palette.GOLD if job.item.colour in ("Navy Blue", "White",
        "Burgundy") and double else palette.shade(job.colour, 0.5)
    if palette.luma(job.colour) < 0.2 and tone != palette.GOLD:
        tone = palette.shade(job.colour, 1.12)
    if double:
        for sign in (-1, 1):
            buttons(job, X + sign * 34, low + 6, low + 76, 2, 6.4, tone)
            button(job, X + sign * 44, low - 44, 6.4, tone)
    else:
        buttons(job, X, low + 8, low + (8 if soft else 66), 1 if soft else 2, 6.6, tone)
    for sign in (-1, 1):
        buttons(job, X + sign * (body.shoulder + 50), 422, 454, 3, 3.6, tone)


DRAWERS = {"coat": coat, "blazer": blazer}
