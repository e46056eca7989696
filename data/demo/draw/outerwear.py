"""Jackets, coats, blazers."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, box, curve, ellipse, flip, inset, line, shifted
from data.demo.draw.details import (
    belt_with_buckle,
    button,
    buttons,
    collar,
    collar_back,
    patch_pocket,
    placket,
    puller,
    welt,
    zip_line,
)
from data.demo.draw.garment import Body, armhole_seams, back_of_neck, front, sleeves
from data.demo.draw.job import Job
from data.demo.draw.knitwear import hem_band, hood, hood_front, stand_collar

X = CENTRE


def jacket_body(job: Job, **changes: float | str) -> Body:
    woman = job.item.gender in ("women", "girls")
    base = Body(neck=50, neck_y=92, drop=40, shoulder=136 if woman else 154, chest=128 if woman else 148,
        waist=116 if woman else 142,
                hem=126 if woman else 144, arm_y=244, hem_y=540, hem_curve=4, shoulder_y=120)
    return replace(base, **changes)  # type: ignore[arg-type]


def jacket(job: Job) -> None:
    {"bomber": _bomber, "denim": _denim, "biker": _biker, "puffer": _puffer,
        "windbreaker": _windbreaker}[job.cut](job)


def _bomber(job: Job) -> None:
    body = jacket_body(job, hem=jacket_body(job).hem - 8)
    cloth = job.cloth()
    rib = cloth.plain(palette.shade(job.colour, 0.85), "cotton")
    back_of_neck(job, body, cloth, rise=16)
    hull = sleeves(job, body, "long", cloth, cuff="rib", trim=rib, flare=4)
    with front(job, body, cloth, hull, drape=1.2) as panel:
        armhole_seams(panel, body)
        hem_band(panel, body, 36, rib)
        zip_line(panel, line((X, 118), (X, body.hem_y + 6)), palette.STEEL if job.item.colour != "Burgundy"
            else palette.GOLD)
        for sign in (-1, 1):
            welt(panel, (X + sign * 56, 392), (X + sign * 96, 470), 8)
            for k in range(4):
                y = 270 + 46 * k + job.shake(12)
                panel.fold(line((X + sign * 20, y), (X + sign * 70, y + 10 + job.shake(8)),
                    (X + sign * 120, y + 4)), 9, 1.3)
    stand_collar(job, body, rib)
    puller(job, X, 140)


def _denim(job: Job) -> None:
    body = jacket_body(job, hem_y=516, hem=jacket_body(job).hem - 6)
    cloth = job.cloth(colour=palette.mix(job.colour, (0.31, 0.42, 0.57), 0.80))
    thread = palette.BRASS
    collar_back(job, body, cloth)
    hull = sleeves(job, body, "long", cloth, cuff="band", flare=2)
    with front(job, body, cloth, hull) as panel:
        armhole_seams(panel, body)
        placket(panel, body.neck_y + 30, 530, 13, thread=thread)
        for sign in (-1, 1):
            yoke = line((X + sign * 14, 212), (X + sign * (body.chest - 4), 206))
            panel.groove(yoke, 1.6, 1.2).stitch(shifted(yoke, 0, 3), thread, 3, 0.9)
            for a, b in ((30, 48), (92, 78)):
                seam = line((X + sign * a, 238), (X + sign * b, 484))
                panel.groove(seam, 1.5, 1.0).stitch(shifted(seam, 2.5, 0), thread, 3, 0.9)
            panel.fill(ellipse(X + sign * 70, 330, 40, 90), palette.mix(cloth.colour, palette.WHITE, 0.5),
                0.30, 26)
            welt(panel, (X + sign * 94, 400), (X + sign * 116, 462), 7)
        band = line((X - 170, 488), (X, 492), (X + 170, 488))
        panel.groove(band, 1.8, 1.4).stitch(shifted(band, 0, 3), thread, 3, 0.9).stitch(shifted(band, 0, 26),
            thread, 3, 0.9)
    for x in (X - 100, X + 32):
        patch_pocket(job, x, 204, 68, 62, cloth, flap=26, thread=thread, snap=palette.COPPER)
    buttons(job, X, body.neck_y + 66, 504, 6, 5.4, palette.COPPER, metal=True)
    collar(job, body, cloth, reach=50, tip=74)


def _biker(job: Job) -> None:
    body = jacket_body(job, hem_y=500, neck=46)
    cloth = job.cloth()
    collar_back(job, body, cloth)
    hull = sleeves(job, body, "long", cloth, cuff="none", flare=2)
    metal = palette.STEEL
    with front(job, body, cloth, hull, drape=1.5) as panel:
        armhole_seams(panel, body)
        zip_line(panel, line((X + 44, 214), (X - 10, 380), (X - 26, 506)), metal)
        zip_line(panel, line((X + 62, 380), (X + 104, 344)), metal, width=3)
        zip_line(panel, line((X - 62, 300), (X - 100, 268)), metal, width=3)
        zip_line(panel, line((X - 70, 420), (X - 106, 376)), metal, width=3)
        panel.groove(line((X - 150, 470), (X + 150, 470)), 1.6, 1.2)
        for sign in (-1, 1):
            panel.groove(line((X + sign * 54, 160), (X + sign * 80, 300), (X + sign * 74, 470)), 1.4, 1.0)
            for k in range(5):
                strap = line((X + sign * (body.shoulder - 10 - 2 * k), 126 + 9 * k),
                    (X + sign * (body.shoulder - 44 - 2 * k), 118 + 9 * k))
                panel.fold(strap, 3, 1.2)
    for side in (flip, np.asarray):
        lapel = [(X + 8, 226, 1), (X + 64, 214, 1), (X + 84, 150, 1), (X + 48, 138, 1), (X + 44, 92, 1),
            (X + 20, 150)]
        lean = np.asarray(side(curve(lapel)), np.float32)
        with job.canvas.panel(lean, cloth, puff=9, rise=5, shadow=0.55) as panel:
            panel.stitch(inset(lean, 4), palette.shade(job.colour, 1.3), 2.6, 0.7, 0.4)
        leaf = [(X + 46, 140, 1), (X + 82, 138, 1), (X + 70, 100), (X + 52, 82), (X + 30, 74, 1),
            (X + 42, 104)]
        job.canvas.lay(np.asarray(side(curve(leaf)), np.float32), cloth, puff=8, rise=5, shadow=0.5)
    for sign in (-1, 1):
        button(job, X + sign * 68, 204, 4.4, metal, metal=True)
        button(job, X + sign * 74, 158, 4.4, metal, metal=True)
    half = body.hem + 2
    belt_with_buckle(job, X - half, X + half, 486, 22, cloth, sag=3, metal=metal)


def _puffer(job: Job) -> None:
    body = jacket_body(job, chest=jacket_body(job).chest + 8, waist=jacket_body(job).waist + 10,
        hem=jacket_body(job).hem + 4,
        hem_y=530)
    cloth = job.cloth()
    block = job.item.pattern == "colour_block"
    back_of_neck(job, body, cloth.plain(palette.shade(job.colour, 0.8)), rise=22)
    hull = sleeves(job, body, "long", cloth.plain(job.colour2) if block else cloth, cuff="none", flare=10,
        quilted=True)
    with front(job, body, cloth, hull, drape=0.4, puff=60, rise=24) as panel:
        armhole_seams(panel, body)
        if block:
            panel.cut(box(0, 0, 640, 232), cloth.plain(job.colour2))
        for k in range(8):
            y = 142 + 50 * k
            quilt = line((X - 190, y - 4), (X, y + 3), (X + 190, y - 4))
            panel.groove(quilt, 1.5, 0.9)
            panel.fold(quilt, 9, 2.4)
            for i in range(14):  # puckers along the stitching
                at = X + (i - 6.5) * 20 + job.shake(7)
                panel.fold(line((at, y - 11), (at + job.shake(3), y), (at, y + 11)), 4, 0.9)
        zip_line(panel, line((X, 110), (X, body.hem_y + 8)), palette.shade(job.colour, 0.5), width=5)
        for sign in (-1, 1):
            welt(panel, (X + sign * 66, 412), (X + sign * 96, 480), 7)
    stand_collar(job, replace(body, neck=body.neck + 4), cloth)
    puller(job, X, 130)


def _windbreaker(job: Job) -> None:
    body = jacket_body(job, neck_y=112, shoulder_y=138, arm_y=258, hem_y=562, waist_y=420)
    cloth = job.cloth()
    block = job.item.pattern == "colour_block"
    second = cloth.plain(job.colour2) if block else cloth
    hood(job, body, cloth, lining=cloth.plain(palette.shade(job.colour, 0.7)))
    hull = sleeves(job, body, "long", second, cuff="band", flare=4)
    with front(job, body, cloth, hull, drape=1.3) as panel:
        if block:
            panel.cut(curve([(0, 60, 1), (640, 60, 1), (640, 262, 1), (X, 286), (0, 262, 1)]), second)
        panel.groove(line((X - 180, 262), (X, 286), (X + 180, 262)), 1.6, 1.2)
        armhole_seams(panel, body)
        zip_line(panel, line((X, 150), (X, body.hem_y + 6)), palette.BLACK if palette.luma(job.colour) > 0.25
            else palette.STEEL, width=5)
        for sign in (-1, 1):
            zip_line(panel, line((X + sign * 62, 420), (X + sign * 92, 500)), palette.BLACK, width=3)
            for k in range(5):
                y = 300 + 48 * k + job.shake(12)
                panel.fold(line((X + sign * 16, y), (X + sign * 70, y + 12 + job.shake(10)),
                    (X + sign * 128, y + 2)), 8, 1.5)
        panel.groove(line((X - 180, body.hem_y - 16), (X, body.hem_y - 12), (X + 180, body.hem_y - 16)),
            1.4, 1.0)
        panel.fill(box(X + 60, 216, X + 96, 224), palette.ink_on(second.colour), 0.9)
    hood_front(job, body, cloth)
    puller(job, X, 186)


DRAWERS = {"jacket": jacket}
