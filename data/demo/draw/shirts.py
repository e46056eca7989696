"""Shirts, blouses, dressy tops, tunics, kurtas."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Node, box, curve, ellipse, line, mirrored, ribbon
from data.demo.draw.details import buttons, collar, collar_back, patch_pocket, placket
from data.demo.draw.garment import Body, armhole_seams, back_of_neck, front, hem_seam, neck_rib, sleeves
from data.demo.draw.job import Job
from data.demo.draw.pattern import Cloth
from data.demo.draw.tops import body_of


def shirt(job: Job) -> None:
    woman = job.item.gender == "women"
    body = body_of(job, neck=50, neck_y=92, drop=44, hem_y=548, side_rise=30)
    if job.cut == "slim":
        body = replace(body, waist=118, hem=128, chest=132)
    if job.cut == "short":
        body = replace(body, side_rise=8, hem=body.hem + 4, waist=body.waist + 6)
    style = {"striped": "vertical", "dotted": "small", "printed": "leaves"}.get(job.item.pattern, "")
    scale = 0.86 if job.item.pattern == "checked" else 1.0
    if job.cut == "western" and job.item.pattern == "checked":
        style, scale = "tartan", 0.8
    cloth = job.cloth(style, scale)
    thread = palette.BRASS if job.material == "denim" else None
    collar_back(job, body, cloth)
    hull = sleeves(job, body, "short" if job.cut == "short" else "long", cloth, cuff="hem"
        if job.cut == "short" else "band")
    with front(job, body, cloth, hull) as panel:
        armhole_seams(panel, body)
        hem_seam(panel, body, up=6, double=False)
        placket(panel, body.neck_y + 30, body.hem_y + 10, 12, thread=thread)
        for sign in (-1, 1):
            yoke = line((CENTRE + sign * 46, 118), (CENTRE + sign * (body.shoulder - 4), 134))
            panel.groove(yoke, 1.2, 0.6)
            if woman:
                panel.fold(line((CENTRE + sign * 62, 270), (CENTRE + sign * 56, 350),
                    (CENTRE + sign * 66, 450)), 4, 1.2)
    tone = {"denim": palette.STEEL}.get(job.material, palette.WHITE if palette.luma(job.colour) > 0.25
        else palette.shade(job.colour, 1.4))
    count = 6
    buttons(job, CENTRE, body.neck_y + 62, body.hem_y - 60, count, 4.0, tone, metal=job.material == "denim")
    if job.cut == "western":
        for x in (CENTRE - 98, CENTRE + 30):
            patch_pocket(job, x, 204, 68, 74, cloth, flap=26, thread=thread, snap=palette.STEEL if thread
                else None)
    elif job.cut != "slim" and not woman:
        patch_pocket(job, CENTRE + 34, 206, 62, 70, cloth)
    collar(job, body, cloth)


def blouse(job: Job) -> None:
    body = body_of(job, neck=48, neck_y=90, drop=36, waist=112, hem=126, hem_y=540, hem_curve=10)
    cloth = job.cloth({"striped": "vertical", "dotted": "small"}.get(job.item.pattern, ""), 0.9)
    back_of_neck(job, body, cloth, rise=12)
    hull = sleeves(job, body, "long", cloth, flare=10, cuff="band")
    with front(job, body, cloth, hull) as panel:
        armhole_seams(panel, body)
        hem_seam(panel, body, up=6, double=False)
        if job.cut != "bow":
            placket(panel, body.neck_y + 30, body.hem_y + 10, 9)
        for k in range(7):  # gathers below the neck
            x = CENTRE + (k - 3) * 22 + job.shake(5)
            panel.fold(line((x * 0.8 + CENTRE * 0.2, 150), (x, 190), (x + job.shake(4), 232 + job.shake(16))),
                5, 1.6)
    if job.cut == "stand":
        band = body.neck_line() + np.array([0, -8], np.float32)
        job.canvas.lay(ribbon(band, 22), cloth.plain(palette.shade(job.colour, 0.98)), puff=6, rise=2.4,
            drape=0)
        buttons(job, CENTRE, body.neck_y + 46, body.hem_y - 50, 7, 3.6, palette.shade(job.colour, 0.8))
    elif job.cut == "ruffle":
        for sign in (-1, 1):
            nodes: list[Node] = [(CENTRE + sign * 5, 124, 1)]
            for k in range(12):
                nodes.append((CENTRE + sign * (34 - 10 * (k % 2) - k * 0.8), 142 + 26 * k))
            nodes += [(CENTRE + sign * 10, 462, 1), (CENTRE + sign * 4, 300)]
            with job.canvas.panel(curve(nodes), cloth, puff=4, rise=2.5, shadow=0.55) as frill:
                for k in range(13):
                    y = 132 + 25 * k
                    frill.fold(line((CENTRE + sign * 6, y - 4), (CENTRE + sign * 20, y + 2),
                        (CENTRE + sign * 32, y + 6)), 5, 2.2)
        neck_rib(job, body, cloth.plain(palette.shade(job.colour, 0.97)), 14)
    else:
        job.canvas.lay(ribbon(body.neck_line() + np.array([0, -6], np.float32), 20), cloth, puff=7, rise=3,
            drape=0.3)
        _bow(job, cloth, CENTRE, body.neck_y + 46)


def _bow(job: Job, cloth: Cloth, x: float, y: float) -> None:
    for sign in (-1, 1):
        tail = curve([(x, y, 1), (x + sign * 20, y + 60), (x + sign * 26, y + 168, 1),
            (x + sign * 58, y + 158, 1),
                      (x + sign * 40, y + 70), (x + sign * 14, y + 2, 1)])
        with job.canvas.panel(tail, cloth, puff=9, rise=4, shadow=0.5) as panel:
            panel.fold(line((x + sign * 8, y + 10), (x + sign * 28, y + 74), (x + sign * 38, y + 150)),
                6, 2.4)
        loop = curve([(x, y, 1), (x + sign * 32, y - 26), (x + sign * 72, y - 20), (x + sign * 74, y + 14),
            (x + sign * 36, y + 22)])
        with job.canvas.panel(loop, cloth, puff=16, rise=9, shadow=0.5) as panel:
            panel.fold(line((x + sign * 4, y), (x + sign * 30, y - 4), (x + sign * 56, y - 2)), 6, 3)
            panel.fold(line((x + sign * 4, y + 4), (x + sign * 28, y + 8), (x + sign * 44, y + 12)), 5, 2)
    job.canvas.lay(curve([(x - 11, y - 12), (x + 11, y - 12), (x + 12, y + 12), (x - 12, y + 12)]), cloth,
        puff=8, rise=6)


def top(job: Job) -> None:
    x = CENTRE
    cloth = job.cloth({"striped": "", "dotted": "small"}.get(job.item.pattern, ""), 0.9)
    if job.cut == "cami":
        _camisole(job, cloth)
        return
    if job.cut == "off_shoulder":
        _off_shoulder(job, cloth)
        return
    body = body_of(job, hem_y=520, waist_y=360, waist=100, hem=120)
    if job.cut == "wrap":
        body = replace(body, neckline="v", drop=120, neck=60)
    if job.cut == "crop":
        body = replace(body, hem_y=410, waist=108, hem=104, waist_y=340, neckline="round", drop=56)
    if job.cut == "peplum":
        body = replace(body, hem_y=372, waist=96, waist_y=350, hem=97, hem_curve=4)
    back_of_neck(job, body, cloth, label=job.cut != "wrap")
    hull = sleeves(job, body, {"peplum": "cap", "wrap": "elbow", "crop": "short"}[job.cut], cloth)
    if job.cut == "peplum":
        _peplum(job, body, cloth)
    with front(job, body, cloth, hull) as panel:
        armhole_seams(panel, body)
        if job.cut == "wrap":
            panel.groove(line((x + 60, 86), (x + 6, 196), (x - 60, 310), (x - body.waist, 372)), 2.0, 2.0)
            for k in range(5):
                panel.fold(line((x - body.waist, 376 + 3 * k), (x - 20, 340 + 14 * k),
                    (x + 70, 280 + 34 * k)), 8, 1.8)
        elif job.cut == "crop":
            panel.ribs(None, 4.6, 0.5)
            panel.groove(line((x - 110, 398), (x, 404), (x + 110, 398)), 1.2, 0.8)
        if job.cut == "wrap":
            hem_seam(panel, body, 7, double=False)
    if job.cut == "wrap":
        for dy, reach in ((74, 30), (92, 14)):
            tie = line((x - body.waist + 2, 372), (x - body.waist - reach * 0.6, 372 + dy * 0.5),
                (x - body.waist - reach + 18, 372 + dy))
            job.canvas.lay(ribbon(tie, 9), cloth, puff=4, rise=2)
        job.canvas.lay(ellipse(x - body.waist + 1, 373, 8, 9), cloth, puff=6, rise=5)
    else:
        neck_rib(job, body, cloth.plain(), 9)


def _peplum(job: Job, body: Body, cloth: Cloth) -> None:
    x = CENTRE
    half = [(x, 366), (x + 96, 362, 1), (x + 132, 440), (x + 156, 506, 1), (x + 120, 520), (x + 86, 510),
        (x + 44, 526), (x, 518)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=30, rise=10) as panel:
        for k in range(9):
            at = (k - 4) / 4
            panel.fold(line((x + at * 80, 372), (x + at * 104 + job.shake(5), 440),
                (x + at * 134 + job.shake(6), 514)), 9, 3.2)
        panel.groove(line((x - 150, 500), (x, 512), (x + 150, 500)), 1.0, 0.3)


def _camisole(job: Job, cloth: Cloth) -> None:
    x = CENTRE
    for sign in (-1, 1):
        strap = line((x + sign * 66, 196), (x + sign * 66, 140), (x + sign * 58, 72))
        job.canvas.lay(ribbon(strap, 5.5), cloth.plain(), puff=2.5, rise=1.6)
    back = [(x, 196), (x + 60, 190), (x + 112, 236, 1), (x + 100, 280, 1), (x, 290)]
    job.canvas.lay(curve(mirrored(back)), cloth.plain(palette.shade(job.colour, 0.7)), puff=6, rise=2)
    half = [(x, 232, 1), (x + 34, 206), (x + 66, 184, 1), (x + 92, 222), (x + 114, 246, 1), (x + 106, 370),
        (x + 128, 536, 1), (x, 548)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=64, rise=24, origin=(x, 180)) as panel:
        for sign in (-1, 1):
            for k in range(4):
                top_x = x + sign * (24 + 22 * k)
                panel.fold(line((top_x, 236 + 4 * k), (top_x + sign * 4, 360), (top_x + sign * (14 + 6 * k),
                    530)), 11, 2.6 + job.shake(0.8))
            panel.fold(line((x + sign * 108, 262), (x + sign * 70, 290), (x + sign * 40, 296)), 8, 2)
        panel.groove(line((x - 66, 191), (x - 34, 212), (x, 239), (x + 34, 212), (x + 66, 191)), 1.1, 0.6)
        panel.groove(line((x - 128, 528), (x, 540), (x + 128, 528)), 1.1, 0.5)


def _off_shoulder(job: Job, cloth: Cloth) -> None:
    x = CENTRE
    for sign in (-1, 1):
        sleeve = [(x + sign * 120, 168, 1), (x + sign * 176, 180), (x + sign * 206, 250),
            (x + sign * 208, 316, 1),
                  (x + sign * 140, 322, 1), (x + sign * 116, 262)]
        with job.canvas.panel(curve(sleeve), cloth, puff=30, rise=13, angle=-14 * sign) as panel:
            for k in range(5):
                at = x + sign * (132 + 15 * k)
                panel.fold(line((at, 306), (at + sign * 2, 262), (at - sign * 6, 200)), 7, 2.4)
            panel.groove(line((x + sign * 204, 304), (x + sign * 140, 310)), 1.6, 1.4)
    half = [(x, 190), (x + 90, 178), (x + 128, 170, 1), (x + 118, 262, 1), (x + 104, 370), (x + 122, 520, 1),
        (x, 530)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=64, rise=24, origin=(x, 170)) as panel:
        for k in range(9):
            at = (k - 4) * 26 + job.shake(6)
            panel.fold(line((x + at, 270), (x + at * 0.96, 350), (x + at * 1.02, 440)), 8, 1.6)
        panel.groove(line((x - 124, 510), (x, 520), (x + 124, 510)), 1.1, 0.6)
    nodes = [(x - 172, 176, 1), (x - 90, 166), (x, 176), (x + 90, 166), (x + 172, 176, 1)]
    wave = [(x + 176 - 352 * k / 16, 262 + (7 if k % 2 else -3) + 14 * (1 - abs(k / 8 - 1)))
        for k in range(17)]
    with job.canvas.panel(curve([*nodes, *wave]), cloth, puff=14, rise=6, shadow=0.5) as frill:
        for k in range(17):
            at = x + (k - 8) * 21 + job.shake(4)
            frill.fold(line((at * 0.97 + x * 0.03, 178), (at, 220), (at + job.shake(3), 264)), 7, 2.6)
        frill.groove(line((x - 170, 184), (x - 90, 175), (x, 185), (x + 90, 175), (x + 170, 184)), 1.6, 1.0)


def tunic(job: Job) -> None:
    x = CENTRE
    body = body_of(job, hem_y=584, waist_y=330, waist=108, hem=146, neck_y=66, shoulder_y=92, arm_y=200,
        chest=116, drop=36, hem_curve=4)
    cloth = job.cloth("paisley" if job.item.pattern == "printed" else "")
    back_of_neck(job, body, cloth)
    hull = sleeves(job, body, "elbow", cloth, cuff="hem")
    with front(job, body, cloth, hull) as panel:
        armhole_seams(panel, body)
        hem_seam(panel, body, 9)
        panel.fill(curve([(x - 7, 96, 1), (x + 7, 96, 1), (x, 176, 1)]), palette.shade(job.colour, 0.5))
        panel.groove(line((x - 9, 98), (x, 182), (x + 9, 98)), 1.6, 1.0)
        for sign in (-1, 1):
            panel.groove(line((x + sign * (body.hem - 10), 584), (x + sign * (body.hem - 18), 480)), 1.6, 1.2)
            for k in range(3):
                at = sign * (22 + 30 * k)
                panel.fold(line((x + at * 0.8, 350), (x + at, 450), (x + at * 1.15, 578)), 12, 2.2)
    if job.cut == "belted":
        belt = line((x - 110, 322), (x, 328), (x + 110, 322))
        job.canvas.lay(ribbon(belt, 22), cloth.plain(palette.shade(job.colour, 0.92)), puff=6, rise=3)
        for dx in (-10, 12):
            tail = line((x + 2, 330), (x + dx, 380), (x + dx * 1.6, 432))
            job.canvas.lay(ribbon(tail, 13, 16), cloth.plain(palette.shade(job.colour, 0.92)), puff=4, rise=2)
        job.canvas.lay(ellipse(x, 328, 11, 13), cloth.plain(palette.shade(job.colour, 0.92)), puff=8, rise=5)
    neck_rib(job, body, cloth.plain(), 8)


def kurta(job: Job) -> None:
    x = CENTRE
    man = job.cut == "men"
    body = body_of(job, hem_y=606, waist_y=300, waist=104 if not man else 114, hem=128 if not man else 124,
        neck_y=58, shoulder_y=80,
                   arm_y=182, chest=106 if not man else 118, shoulder=112 if not man else 124, neck=42,
        drop=34, hem_curve=2)
    cloth = job.cloth({"striped": "vertical", "printed": "paisley"}.get(job.item.pattern, ""), 0.9)
    trim = job.colour2 if job.item.colour2 else palette.mix(job.colour, palette.GOLD, 0.75)
    back_of_neck(job, body, cloth, rise=12)
    hull = sleeves(job, body, "long" if man else "elbow", cloth)
    with front(job, body, cloth, hull) as panel:
        armhole_seams(panel, body)
        hem_seam(panel, body, 9)
        low = 250 if man else 216
        for side in (-10, 10):
            panel.groove(line((x + side, 90), (x + side, low)), 1.4, 0.9)
        panel.groove(line((x - 10, low), (x, low + 7), (x + 10, low)), 1.2, 0.8)
        for sign in (-1, 1):
            panel.groove(line((x + sign * (body.hem - 8), 606), (x + sign * (body.hem - 16), 470)), 1.8, 1.5)
            for k in range(3):
                at = sign * (20 + 28 * k)
                panel.fold(line((x + at * 0.9, 330), (x + at, 450), (x + at * 1.08, 600)), 12, 1.9)
        if not man:
            yoke = curve([(x, 236), (x + 34, 222), (x + 46, 170), (x + 50, 70, 1), (x - 50, 70, 1),
                (x - 46, 170), (x - 34, 222)])
            panel.fill(yoke, trim, 0.55)
            for k in range(5):
                for j in range(-2, 3):
                    panel.fill(ellipse(x + j * 17, 116 + 24 * k + 3 * abs(j), 4.4), trim).line(
                        ellipse(x + j * 17, 116 + 24 * k + 3 * abs(j), 7), trim, 1.0)
            panel.fill(box(0, 566, 640, 590), trim, 0.85)
            for k in range(26):
                panel.fill(ellipse(x - 130 + 10.4 * k, 578, 3.6, 6), job.colour)
    if man:
        buttons(job, x, 112, 232, 5, 3.8, palette.shade(job.colour, 0.7) if palette.luma(job.colour) > 0.4
            else palette.GOLD)
        band = body.neck_line() + np.array([0, -8], np.float32)
        job.canvas.lay(ribbon(band, 22), cloth.plain(), puff=6, rise=2.4, drape=0)
    else:
        neck_rib(job, body, cloth.plain(trim), 8)


DRAWERS = {"shirt": shirt, "blouse": blouse, "top": top, "tunic": tunic, "kurta": kurta}
