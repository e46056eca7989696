"""Sweatshirts, hoodies, sweaters, cardigans."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.demo.draw import motif, palette
from data.demo.draw.curve import CENTRE, Points, box, curve, ellipse, flip, line, mirrored, ribbon, shifted
from data.demo.draw.details import buttons, drawcord, puller, zip_line
from data.demo.draw.garment import Body, armhole_seams, back_of_neck, front, neck_rib, sleeves
from data.demo.draw.job import Job
from data.demo.draw.panel import Panel
from data.demo.draw.pattern import Cloth
from data.demo.draw.tops import body_of


def hem_band(panel: Panel, body: Body, height: float = 30, trim: Cloth | None = None) -> None:
    """The ribbed band that gathers the hem."""
    x = CENTRE
    low = body.hem_y + body.hem_curve + 12
    top = line((x - body.hem - 20, body.hem_y - height), (x, body.hem_y + body.hem_curve - height),
        (x + body.hem + 20, body.hem_y - height))
    band = np.concatenate([top, np.array([(x + 200, low), (x - 200, low)], np.float32)])
    if trim is not None:
        panel.fill(band, trim.colour)
    panel.ribs(band, 5.2, 0.8).groove(top, 2.0, 1.8)
    for k in range(13):
        at = x + (k - 6) * body.hem / 6.6
        panel.fold(line((at, body.hem_y - height - 2), (at, body.hem_y - height - 26)), 6, 1.5)


def _knit_body(job: Job, **changes: float | str) -> Body:
    woman = job.item.gender in ("women", "girls")
    return body_of(job, shoulder=136 if woman else 150, chest=132 if woman else 146, waist=124 if woman
        else 142, hem=122 if woman else 136,
                   arm_y=244, hem_y=544, hem_curve=5, drop=34, **changes)


def sweatshirt(job: Job) -> None:
    body = _knit_body(job)
    cloth = job.cloth()
    trim = cloth.plain(palette.shade(job.colour, 0.93))
    half_zip = job.cut == "half_zip"
    block = job.item.pattern == "colour_block"
    back_of_neck(job, body, cloth, rise=16 if half_zip else 10)
    hull = sleeves(job, body, "long", cloth, cuff="rib", flare=2)
    with front(job, body, cloth, hull) as panel:
        if block:
            panel.cut(curve([(0, 60, 1), (640, 60, 1), (640, 240, 1), (CENTRE, 262), (0, 240, 1)]),
                cloth.plain(job.colour2))
            panel.groove(line((0, 240), (CENTRE, 262), (640, 240)), 1.5, 1.0)
        armhole_seams(panel, body)
        hem_band(panel, body)
        if job.item.pattern == "graphic":
            motif.stamp(panel, job, (CENTRE, body.arm_y + 40), 140)
        if half_zip:
            zip_line(panel, line((CENTRE, 96), (CENTRE, 250)), palette.STEEL)
        else:  # the small triangle below the neck
            panel.groove(line((CENTRE - 15, body.neck_y + 42), (CENTRE, body.neck_y + 66),
                (CENTRE + 15, body.neck_y + 42)), 1.3, 0.8)
    if half_zip:
        stand_collar(job, body, cloth.plain(job.colour2 if block else job.colour))
        puller(job, CENTRE, 96)
    else:
        neck_rib(job, body, trim, 15)


def stand_collar(job: Job, body: Body, cloth: Cloth) -> None:
    x, top, n = CENTRE, body.neck_y, body.neck
    for side in (flip, np.asarray):
        leaf = np.asarray(side(curve([(x, top + body.drop + 4, 1), (x, top - 4, 1), (x + n * 0.62, top - 20),
            (x + n + 2, top - 26, 1),
                                      (x + n + 6, top + 2), (x + n * 0.55, top + body.drop * 0.86)])),
            np.float32)
        with job.canvas.panel(leaf, cloth, puff=10, rise=5, shadow=0.45) as panel:
            panel.groove(np.asarray(side(line((x + 4, top + 6), (x + n * 0.6, top - 10), (x + n, top - 16))),
                np.float32), 1.0, 0.4)
            panel.line(np.asarray(side(line((x, top - 6), (x, top + body.drop + 6))), np.float32),
                palette.shade(cloth.colour, 0.5), 5)
            panel.stitch(np.asarray(side(line((x + 1, top - 4), (x + 1, top + body.drop + 6))), np.float32),
                palette.STEEL, 1.7, 2.4)


def hood(job: Job, body: Body, cloth: Cloth, *, open_front: bool = False,
        lining: Cloth | None = None) -> None:
    """A hood lying behind the neck; call it before the body is drawn, and `hood_front` after."""
    x, top, n = CENTRE, body.neck_y, body.neck
    half = [(x, top - 62), (x + 58, top - 54), (x + n + 42, top - 10), (x + n + 46, top + 34),
        (x + n, top + 66), (x, top + 92)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=30, rise=14) as panel:
        panel.groove(line((x, top - 60), (x, top - 20)), 1.5, 0.9)
    inner = [(x, top - 40), (x + 44, top - 34), (x + n + 12, top + 6), (x + n + 4, top + 46), (x, top + 100)]
    dark = (lining or cloth).plain(palette.shade((lining or cloth).colour, 0.66))
    with job.canvas.panel(curve(mirrored(inner)), dark, puff=18, rise=-6, shadow=0.2) as panel:
        panel.groove(line((x, top - 38), (x, top + 60)), 1.3, 0.6)
        panel.darken(ellipse(x, top + 60, n, 40), 0.35, 12)
        panel.fill(box(x - 13, top + 18, x + 13, top + 32), palette.ink_on(cloth.colour))


def hood_front(job: Job, body: Body, cloth: Cloth, cords: bool = True) -> None:
    """The two edges of the hood that cross at the throat, and the cords."""
    x, top, n = CENTRE, body.neck_y, body.neck
    edge = [(x - 4, top + 82, 1), (x + n * 0.5, top + 56), (x + n + 4, top + 14), (x + n - 8, top - 30, 1),
        (x + n + 20, top - 28, 1),
            (x + n + 44, top + 12), (x + n + 10, top + 62), (x + 26, top + 96), (x + 4, top + 104, 1)]
    for side in (flip, np.asarray):
        with job.canvas.panel(np.asarray(side(curve(edge)), np.float32), cloth, puff=14, rise=8,
                shadow=0.5) as panel:
            seam = np.asarray(side(line((x + 2, top + 92), (x + n * 0.6, top + 66), (x + n + 16, top + 14),
                (x + n + 4, top - 26))), np.float32)
            panel.groove(seam, 1.1, 0.6)
    if cords:
        tone = palette.WHITE if palette.luma(job.colour) < 0.75 else palette.shade(job.colour, 0.7)
        for sign in (-1, 1):
            spot = (x + sign * 26, top + 78)
            job.canvas.lay(ellipse(*spot, 4.4), Cloth(palette.STEEL, "metal"), puff=2, rise=1.4)
            drawcord(job, [spot, (x + sign * 32, top + 120), (x + sign * (28 + job.shake(5)),
                top + 172 + job.shake(10))], tone)


def hoodie(job: Job) -> None:
    body = replace(_knit_body(job), neck_y=112, shoulder_y=136, arm_y=258, hem_y=566, waist_y=410, drop=40)
    cloth = job.cloth()
    zip_up = job.cut == "zip"
    hood(job, body, cloth)
    hull = sleeves(job, body, "long", cloth, cuff="rib", flare=2)
    x = CENTRE
    with front(job, body, cloth, hull) as panel:
        armhole_seams(panel, body)
        hem_band(panel, body)
        if job.item.pattern == "graphic":
            motif.stamp(panel, job, (x, body.arm_y + 30), 120)
        if zip_up:
            zip_line(panel, line((x, 150), (x, body.hem_y + 2)), palette.STEEL)
            for sign in (-1, 1):
                pocket = line((x + sign * 58, 430), (x + sign * 104, 522))
                panel.groove(pocket, 2.0, 1.8).groove(shifted(pocket, sign * 5, -3), 1.0, 0.5)
                panel.groove(line((x + sign * 58, 430), (x + sign * 16, 430)), 1.2, 0.7)
    if zip_up:
        puller(job, x, 196)
    else:
        pouch = [(x, 420), (x + 68, 420, 1), (x + 106, 494, 1), (x + 102, 532, 1), (x, 536)]
        with job.canvas.panel(curve(mirrored(pouch)), cloth.plain(), puff=8, rise=4, drape=0.6,
                shadow=0.35) as panel:
            for sign in (-1, 1):
                edge = line((x + sign * 68, 420), (x + sign * 106, 494))
                panel.groove(edge - (sign * 8, -4), 1.2, 0.7)
            panel.groove(line((x - 66, 428), (x + 66, 428)), 1.0, 0.5)
    hood_front(job, body, cloth)


def sweater(job: Job) -> None:
    body = _knit_body(job)
    style = {"striped": "wide", "checked": "argyle"}.get(job.item.pattern, "")
    cloth = job.cloth(style)
    trim = cloth.plain(palette.shade(job.colour, 0.95))
    if job.cut == "v":
        body = replace(body, neckline="v", drop=96)
    if job.cut == "cardigan":
        body = replace(body, neckline="v", drop=150, neck=52)
    back_of_neck(job, body, cloth, rise=12)
    hull = sleeves(job, body, "long", cloth, cuff="rib", flare=3)
    x = CENTRE
    with front(job, body, cloth, hull, drape=0.8) as panel:
        armhole_seams(panel, body)
        hem_band(panel, body, 38)
        if job.cut == "cable":
            _cables(panel, body)
        if job.cut == "cardigan":
            strip = box(x - 13, body.neck_y + 130, x + 13, 620)
            panel.fill(strip, trim.colour).ribs(strip, 4.4, 0.6)
            panel.groove(line((x - 13, 200), (x - 13, 600)), 1.4, 0.9).groove(line((x + 13, 200),
                (x + 13, 600)), 2.0, 2.0)
            for sign in (-1, 1):
                pocket = box(x + sign * 68 - 36, 430, x + sign * 68 + 36, 446)
                panel.ribs(pocket, 4.4, 0.8).groove(line((x + sign * 68 - 36, 430),
                    (x + sign * 68 + 36, 430)), 1.6, 1.6)
                panel.groove(line((x + sign * 68 - 36, 446), (x + sign * 68 + 36, 446)), 1.2, 0.8)
    if job.cut == "cardigan":
        spine = body.neck_line()
        job.canvas.lay(ribbon(spine, 24), trim, puff=7, rise=3, drape=0, shadow=0.4)
        buttons(job, x, body.neck_y + 166, body.hem_y - 10, 6, 5.6, palette.shade(palette.LEATHER_BROWN, 0.8))
    elif job.cut == "roll":
        _roll_neck(job, body, cloth)
    else:
        neck_rib(job, body, trim, 18)


def _roll_neck(job: Job, body: Body, cloth: Cloth) -> None:
    x, top, n = CENTRE, body.neck_y, body.neck + 2
    half = [(x, top - 38), (x + n * 0.75, top - 38), (x + n + 2, top - 26), (x + n + 6, top + 10),
        (x + n * 0.72, top + 40), (x, top + 52)]
    with job.canvas.panel(curve(mirrored(half)), cloth.plain(), puff=16, rise=10, shadow=0.5) as panel:
        panel.ribs(None, 5.0, 0.9)
        panel.fold(line((x - n, top + 6), (x, top + 22), (x + n, top + 4)), 7, 3)
        panel.groove(line((x - n - 6, top - 12), (x, top - 24), (x + n + 6, top - 12)), 1.4, 0.6)


def _cables(panel: Panel, body: Body) -> None:
    """Twisted strands from neck to hem."""
    low = body.hem_y - 40
    for centre in (-78, -26, 26, 78):
        top = 124 if abs(centre) < 40 else 128
        y = np.arange(top, low, 4, dtype=np.float32)
        wave = 11 * np.sin((y - top) / 46 * np.pi)
        for sign in (-1, 1):
            strand: Points = np.stack([CENTRE + centre + sign * wave, y], 1)
            for start in range(0, len(strand) - 8, 11):
                panel.fold(strand[start : start + 14], 6, -4.0)
        for side in (-19, 19):
            panel.groove(line((CENTRE + centre + side, top), (CENTRE + centre + side, low)), 3.0, 1.1)


DRAWERS = {"sweatshirt": sweatshirt, "hoodie": hoodie, "sweater": sweater}
