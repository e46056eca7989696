"""Dresses and skirts."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Node, box, curve, ellipse, line, mirrored, ribbon, shifted
from data.demo.draw.details import belt_with_buckle, buttons, collar, collar_back, placket
from data.demo.draw.garment import Body, armhole_seams, back_of_neck, front, hem_seam, neck_rib, sleeves
from data.demo.draw.job import Job
from data.demo.draw.panel import Panel

X = CENTRE
_BODICE = Body(neck=40, neck_y=56, drop=40, shoulder=84, shoulder_y=72, chest=80, arm_y=156, waist=64,
    waist_y=240, hem=65, hem_y=244, hem_curve=4)


def flared(top: float, top_half: float, low: float, low_half: float, waves: int = 9,
        swing: float = 9) -> list[Node]:
    """Right half and mirror image of a flared skirt whose hem waves."""
    hem: list[Node] = []
    for k in range(waves + 1):
        share = k / waves
        x = X + low_half - 2 * low_half * share
        hem.append((x,
            low + swing * np.cos(2 * np.pi * share * waves / 2) * 0.5 + 14 * (1 - (2 * share - 1) ** 2), 1
            if k in (0, waves) else 0))
    side = (X + top_half + (low_half - top_half) * 0.42, top + (low - top) * 0.5)
    return [(X - top_half, top, 1), (X, top + 4), (X + top_half, top, 1), side, *hem,
        (2 * X - side[0], side[1])]


def falls(job: Job, panel: Panel, top: float, top_half: float, low: float, low_half: float, count: int = 9,
        depth: float = 3.2, width: float = 12) -> None:
    """Folds that fall from a waist and widen to the hem."""
    for k in range(count):
        at = (k - (count - 1) / 2) / ((count - 1) / 2 or 1)
        at += job.shake(0.35 / count)
        a, c = X + at * top_half * 0.92, X + at * low_half * 0.93
        panel.fold(line((a, top + 4), (a + (c - a) * 0.42, top + (low - top) * 0.45), (c, low + 8)),
            width, depth + job.shake(0.8))


def _style(job: Job) -> tuple[str, float]:
    style = {"striped": "vertical", "dotted": "", "checked": "tartan" if job.material == "wool"
        else ""}.get(job.item.pattern, "")
    return style, {"checked": 0.6, "dotted": 0.85, "floral": 0.9}.get(job.item.pattern, 0.9)


def dress(job: Job) -> None:
    {"a_line": _a_line, "slip": _slip, "shirt": _shirt, "sheath": _sheath, "maxi": _maxi,
        "wrap": _wrap}[job.cut](job)


def _a_line(job: Job) -> None:
    girl = job.item.gender == "girls"
    body = replace(_BODICE, neckline="round", drop=34)
    body = replace(body, neck=44, shoulder=94, chest=90, waist=76 if not girl else 86, hem=77 if not girl
        else 87, hem_y=262, waist_y=256, arm_y=166)
    cloth = job.cloth(*_style(job))
    back_of_neck(job, body, cloth)
    hull = sleeves(job, body, "cap" if girl else "short", cloth)
    low, wide = (548, 168) if girl else (572, 176)
    with job.canvas.panel(curve(flared(258, body.hem - 1, low, wide, 9)), cloth, puff=44, rise=14,
            origin=(X, 258), shadow=0.3) as skirt:
        falls(job, skirt, 258, body.hem, low, wide, 10)
        skirt.groove(line((X - wide, low - 8), (X, low + 4), (X + wide, low - 8)), 1.0, 0.3)
    with front(job, body, cloth, [*hull, box(X - 90, 250, X + 90, 320)], puff=44, rise=15) as panel:
        armhole_seams(panel, body)
        for sign in (-1, 1):
            panel.groove(line((X + sign * 44, 160), (X + sign * 34, 210), (X + sign * 32, 262)), 1.1, 0.6)
    sash = line((X - body.hem - 1, 258), (X, 264), (X + body.hem + 1, 258))
    tone = palette.shade(job.colour, 0.88) if job.item.pattern == "plain" else job.colour2
    job.canvas.lay(ribbon(sash, 15 if not girl else 20), cloth.plain(tone), puff=4, rise=2)
    neck_rib(job, body, cloth.plain(), 7)


def _slip(job: Job) -> None:
    cloth = job.cloth(*_style(job))
    for sign in (-1, 1):
        strap = line((X + sign * 52, 128), (X + sign * 50, 90), (X + sign * 42, 44))
        job.canvas.lay(ribbon(strap, 4.5), cloth.plain(), puff=2, rise=1.5)
    back = [(X, 140), (X + 60, 136), (X + 86, 168, 1), (X + 76, 200, 1), (X, 210)]
    job.canvas.lay(curve(mirrored(back)), cloth.plain(palette.shade(job.colour, 0.68)), puff=6, rise=2)
    half = [(X, 164), (X + 26, 146), (X + 52, 122, 1), (X + 68, 146), (X + 88, 174, 1), (X + 74, 254),
        (X + 104, 400), (X + 128, 596, 1), (X + 60, 606), (X, 602)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=54, rise=20, origin=(X, 130)) as panel:
        for k in range(5):  # the cowl
            sag = 14 + 16 * k
            panel.fold(line((X - 46 + 3 * k, 136 + 6 * k), (X, 168 + sag), (X + 46 - 3 * k, 136 + 6 * k)),
                7, 2.6)
        for k in range(7):
            at = (k - 3) * 24 + job.shake(8)
            panel.fold(line((X + at * 0.7, 268), (X + at, 400), (X + at * 1.35, 598)),
                13, 2.4 + job.shake(0.8))
        for sign in (-1, 1):
            panel.fold(line((X + sign * 76, 240), (X + sign * 44, 262), (X + sign * 14, 268)), 10, 1.8)
        panel.groove(line((X - 130, 588), (X, 595), (X + 130, 588)), 1.0, 0.5)


def _shirt(job: Job) -> None:
    body = replace(_BODICE, neck=36, drop=30, neckline="round", hem=126, hem_y=592, waist=76, waist_y=262,
        shoulder=92, chest=88, arm_y=162, hem_curve=8)
    cloth = job.cloth(*_style(job))
    collar_back(job, body, cloth, rise=16)
    hull = sleeves(job, body, "elbow", cloth)
    with front(job, body, cloth, hull, puff=50, rise=18) as panel:
        armhole_seams(panel, body)
        falls(job, panel, 280, 72, 596, 124, 8, 2.8)
        placket(panel, 86, 600, 9)
        hem_seam(panel, body, 8)
        for sign in (-1, 1):
            panel.groove(line((X + sign * 34, 152), (X + sign * 64, 152), (X + sign * 64, 158)), 1.2, 0.7)
            for k in range(5):
                panel.fold(line((X + sign * (16 + 12 * k), 252), (X + sign * (18 + 14 * k), 222)), 6, 1.6)
    tone = palette.WHITE if palette.luma(job.colour) > 0.25 else palette.shade(job.colour, 1.4)
    buttons(job, X, 118, 232, 4, 3.4, tone)
    buttons(job, X, 306, 560, 7, 3.4, tone)
    belt_with_buckle(job, X - 80, X + 80, 266, 20, cloth.plain(palette.shade(job.colour, 0.9)), sag=4)
    collar(job, body, cloth, reach=34, tip=54, stand=24)


def _sheath(job: Job) -> None:
    body = replace(_BODICE, neck=48, drop=36, shoulder=74, chest=84, waist=70, waist_y=254, hem=84, hem_y=560,
        arm_y=160, neck_y=52, shoulder_y=62, hem_curve=5)
    cloth = job.cloth(*_style(job))
    back_of_neck(job, body, cloth)
    half = [*body.front_neck(), (X + 74, 62, 1), (X + 62, 112), (X + 84, 160, 1), (X + 70, 254),
        (X + 98, 356), (X + 92, 470), (X + 82, 560, 1), (X, 566)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=52, rise=22, origin=(X, 60)) as panel:
        for sign in (-1, 1):
            panel.groove(line((X + sign * 62, 112), (X + sign * 42, 170), (X + sign * 34, 254),
                (X + sign * 46, 360)), 1.2, 0.8)
            for k in range(4):
                y = 214 + 30 * k + job.shake(8)
                panel.fold(line((X + sign * 72, y), (X + sign * 44, y + 8), (X + sign * 18, y + 18)), 9, 1.5)
            panel.fold(line((X + sign * 90, 380), (X + sign * 60, 420), (X + sign * 40, 548)), 14, 1.4)
            arm = line((X + sign * 74, 62), (X + sign * 62, 112), (X + sign * 84, 160))
            panel.groove(arm - (sign * 6, 0), 1.0, 0.4)
        panel.groove(line((X - 72, 252), (X, 258), (X + 72, 252)), 1.3, 0.9)
        panel.groove(line((X - 90, 548), (X, 554), (X + 90, 548)), 1.0, 0.5)
    neck_rib(job, body, cloth.plain(), 5)


def _maxi(job: Job) -> None:
    cloth = job.cloth(*_style(job))
    for sign in (-1, 1):
        job.canvas.lay(ribbon(line((X + sign * 46, 96), (X + sign * 48, 60), (X + sign * 40, 28)), 13), cloth,
            puff=4, rise=2)
    back = [(X, 98), (X + 50, 92), (X + 76, 128, 1), (X + 70, 170, 1), (X, 176)]
    job.canvas.lay(curve(mirrored(back)), cloth.plain(palette.shade(job.colour, 0.7)), puff=6, rise=2)
    tiers = [(452, 608, 132, 170), (330, 470, 94, 136), (206, 346, 64, 100)]
    for top, low, a, b in tiers:
        with job.canvas.panel(curve(flared(top, a, low, b, 11, 7)), cloth, puff=26, rise=9, origin=(X, top),
                shadow=0.5) as panel:
            for k in range(15):  # gathers
                at = (k - 7) / 7
                panel.fold(line((X + at * a, top + 2), (X + at * (a + 6) + job.shake(3),
                    top + 44 + job.shake(14))), 6, 2.6)
            falls(job, panel, top, a, low, b, 9, 2.6)
    half = [(X, 128), (X + 30, 106), (X + 46, 88, 1), (X + 62, 112), (X + 76, 132, 1), (X + 64, 206, 1),
        (X, 210)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=36, rise=14, origin=(X, 206)) as panel:
        for k in range(9):
            at = (k - 4) * 13
            panel.fold(line((X + at, 204), (X + at * 1.05, 176), (X + at * 1.1, 146)), 6, 1.8)
        panel.groove(line((X - 46, 96), (X - 30, 113), (X, 135), (X + 30, 113), (X + 46, 96)), 1.0, 0.6)
    job.canvas.lay(ribbon(line((X - 66, 206), (X, 210), (X + 66, 206)), 9), cloth.plain(), puff=3, rise=2)


def _wrap(job: Job) -> None:
    body = replace(_BODICE, neck=42, drop=116, neckline="v", shoulder=92, chest=88, waist=70, hem=71,
        hem_y=254, waist_y=250, arm_y=164)
    cloth = job.cloth("diamonds" if job.item.pattern == "printed" else _style(job)[0], _style(job)[1])
    back_of_neck(job, body, cloth)
    hull = sleeves(job, body, "elbow", cloth)
    with job.canvas.panel(curve(flared(250, 71, 568, 148, 7)), cloth, puff=44, rise=14, origin=(X, 250),
            shadow=0.3) as skirt:
        falls(job, skirt, 258, 68, 566, 146, 8, 2.8)
        edge = line((X - 50, 254), (X - 6, 400), (X + 24, 596))
        skirt.groove(edge, 2.6, 3.0).fold(edge - (6, 0), 8, 2.2)
    with front(job, body, cloth, [*hull, box(X - 90, 240, X + 90, 320)], puff=44, rise=15) as panel:
        armhole_seams(panel, body)
        panel.groove(line((X + 42, 58), (X + 4, 168), (X - 30, 214), (X - 70, 250)), 2.2, 2.4)
        for k in range(6):
            panel.fold(line((X - 68, 250 - 2 * k), (X - 10 + 5 * k, 216 - 6 * k),
                (X + 40 + 6 * k, 160 + 8 * k)), 7, 1.7)
    sash = line((X - 73, 250), (X, 257), (X + 73, 250))
    job.canvas.lay(ribbon(sash, 16), cloth.plain(palette.shade(job.colour, 0.92)), puff=4, rise=2.4)
    for dx in (-6, 12):
        tail = line((X - 54, 256), (X - 60 + dx, 310), (X - 52 + dx * 2.2, 380))
        job.canvas.lay(ribbon(tail, 9, 13), cloth.plain(palette.shade(job.colour, 0.92)), puff=4, rise=2)
    job.canvas.lay(ellipse(X - 54, 256, 9, 11), cloth.plain(palette.shade(job.colour, 0.92)), puff=7, rise=5)


def skirt(job: Job) -> None:
    cloth = job.cloth(_style(job)[0], {"checked": 0.8}.get(job.item.pattern, 1.0))
    cut = job.cut
    top, half = 110, 92
    if cut in ("pleated",):
        low, wide = 580, 196
    elif cut == "a_line":
        low, wide = 500, 186
    elif cut == "pencil":
        low, wide = 580, 118
    else:
        top, half, low, wide = 160, 112, 470, 158
    denim = job.material == "denim"
    if denim:
        cloth = job.cloth(colour=palette.mix(job.colour, (0.31, 0.42, 0.57), 0.82))
    back = curve([(X - half, top, 1), (X, top - 12), (X + half, top, 1), (X + half - 8, top + 24),
        (X, top + 30), (X - half + 8, top + 24)])
    job.canvas.lay(back, cloth.plain(palette.shade(cloth.colour, 0.62)), puff=5, rise=1.5, drape=0)
    if cut in ("pencil", "mini"):
        hip = X + (136 if cut == "pencil" else 150)
        nodes = mirrored([(X, top + 9), (X + half, top, 1), (hip, top + 150), (X + wide, low, 1),
            (X, low + 8)])
    else:
        nodes = flared(top, half, low, wide, 13 if cut == "pleated" else 9, 6 if cut == "pleated" else 10)
        nodes[1] = (X, top + 9)
    with job.canvas.panel(curve(nodes), cloth, puff=58, rise=20, drape=0.4 if cut == "pleated" else 1.0,
            origin=(X, top)) as panel:
        if cut == "pleated":
            for k in range(25):
                at = (k - 12) / 12
                a, c = X + at * half, X + at * wide * 0.98
                path = line((a, top + 26), (a + (c - a) * 0.48, (top + low) / 2), (c, low + 22))
                panel.groove(path, 1.5, 1.4).fold(shifted(path, 4, 0), 5, -2.6)
        elif cut == "a_line":
            falls(job, panel, top + 20, half, low, wide, 9, 3.0, 14)
        else:
            for sign in (-1, 1):
                panel.groove(line((X + sign * 46, top + 28), (X + sign * 52, top + 110)), 1.1, 0.6)
                for k in range(4):
                    y = top + 130 + 66 * k + job.shake(14)
                    if y < low - 20:
                        panel.fold(line((X + sign * 132, y), (X + sign * 80, y + 16),
                            (X + sign * 24, y + 14)), 12, 1.4)
        if cut == "mini":
            thread = palette.BRASS if denim else palette.shade(cloth.colour, 0.75)
            panel.groove(line((X, top + 34), (X + 2, low + 8)), 1.8, 1.4).stitch(line((X + 5, top + 34),
                (X + 7, low + 8)), thread, 3, 0.9)
            for sign in (-1, 1):
                pocket = line((X + sign * 70, top + 30), (X + sign * 80, top + 66),
                    (X + sign * 142, top + 80))
                panel.groove(pocket, 2.0, 1.6).stitch(shifted(pocket, 0, 4), thread, 3, 0.9)
            if denim:
                panel.fill(ellipse(X, (top + low) / 2, 90, 100),
                    palette.mix(cloth.colour, palette.WHITE, 0.7), 0.35, 34)
        band = line((X - half - 8, top + 25), (X, top + 34), (X + half + 8, top + 25))
        panel.groove(band, 1.7, 1.4)
        if cut != "pleated":
            hem = line((X - wide - 4, low - 12), (X, low + (2 if cut == "a_line" else -4)),
                (X + wide + 4, low - 12))
            panel.groove(hem, 1.0, 0.5)
    if cut == "mini":
        buttons(job, X + 2, top + 22, top + 22, 1, 6.5, palette.COPPER, metal=True)


DRAWERS = {"dress": dress, "skirt": skirt}
