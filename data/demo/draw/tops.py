"""T-shirts, polo shirts, long-sleeve tops, tank tops, bodysuits."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from dataclasses import replace

from data.demo.draw import motif, palette
from data.demo.draw.curve import CENTRE, box, curve, ellipse, flip, line, mirrored, shifted
from data.demo.draw.details import button, buttons, collar, collar_back, label
from data.demo.draw.garment import Body, armhole_seams, back_of_neck, front, hem_seam, neck_rib, sleeves
from data.demo.draw.job import Job

WOMAN = Body(neck=58, drop=50, shoulder=128, chest=122, waist=108, waist_y=370, hem=128, arm_y=226,
    shoulder_y=110)
MAN = Body()


def body_of(job: Job, **changes: float | str) -> Body:
    """The base body for the product's gender, with changes."""
    base = WOMAN if job.item.gender in ("women", "girls") else MAN
    return replace(base, **changes)  # type: ignore[arg-type]


def t_shirt(job: Job) -> None:
    body = body_of(job)
    if job.cut == "v":
        body = replace(body, neckline="v", drop=78)
    if job.cut == "oversized":
        body = replace(body, shoulder=166, chest=158, waist=154, hem=156, arm_y=252, drop=34)
    cloth = job.cloth()
    trim = cloth.plain(job.colour2) if job.cut == "ringer" else cloth.plain(palette.shade(job.colour, 0.97))
    back_of_neck(job, body, cloth)
    hull = sleeves(job, body, "short", cloth, cuff="rib" if job.cut == "ringer" else "hem", trim=trim)
    with front(job, body, cloth, hull) as panel:
        armhole_seams(panel, body)
        hem_seam(panel, body)
        if job.item.pattern == "graphic":
            motif.stamp(panel, job, (CENTRE, body.arm_y + 34), 128)
    neck_rib(job, body, trim)



def polo(job: Job) -> None:
    body = body_of(job, drop=40)
    cloth = job.cloth()
    trim = cloth.plain(palette.shade(job.colour, 0.95))
    edge = job.colour2 if job.cut == "tipped" else None
    collar_back(job, body, trim, rise=18)
    hull = sleeves(job, body, "short", cloth, cuff="rib", trim=cloth.plain(edge) if edge else None)
    with front(job, body, cloth, hull) as panel:
        if job.item.pattern == "colour_block":
            panel.cut(box(0, 330, 640, 460), cloth.plain(job.colour2))
            panel.cut(box(0, 460, 640, 640), cloth.plain(palette.mix(job.colour, palette.WHITE, 0.75)))
        armhole_seams(panel, body)
        hem_seam(panel, body)
        low = body.neck_y + 134
        for side in (-12, 12):
            panel.groove(line((CENTRE + side, body.neck_y + 26), (CENTRE + side, low)), 1.5, 1.0)
        panel.groove(line((CENTRE - 12, low), (CENTRE + 12, low)), 1.3, 0.7)
        panel.fill(box(CENTRE + 62, 206, CENTRE + 82, 222, 3), palette.ink_on(job.colour),
            0.85)  # a small badge
        panel.fill(ellipse(CENTRE + 72, 214, 5), job.colour)
    buttons(job, CENTRE, body.neck_y + 56, low - 14, 3, 4.2, palette.WHITE if palette.luma(job.colour) > 0.3
        else palette.shade(job.colour, 1.5))
    collar(job, body, trim, reach=42, tip=72, stand=36, trim=edge, stitched=False)


def long_sleeve(job: Job) -> None:
    body = body_of(job)
    cloth = job.cloth()
    raglan = job.cut == "raglan"
    trim = cloth.plain(job.colour2 if raglan else palette.shade(job.colour, 0.96))
    back_of_neck(job, body, cloth)
    hull = sleeves(job, body, "long", trim if raglan else cloth, cuff="rib" if raglan else "hem")
    with front(job, body, cloth, hull) as panel:
        if raglan:
            for side in (flip, lambda p: p):
                shoulder = curve([(CENTRE + body.neck - 4, 90, 1), (CENTRE + body.neck + 6, 70, 1),
                    (CENTRE + 190, 100, 1),
                                  (CENTRE + body.chest + 6, body.arm_y, 1),
                    (CENTRE + body.chest - 26, body.arm_y - 74)])
                panel.fill(side(shoulder), trim.colour)
                panel.groove(side(line((CENTRE + body.neck - 4, 92),
                    (CENTRE + body.chest - 26, body.arm_y - 74),
                                       (CENTRE + body.chest, body.arm_y))), 1.5, 0.9)
        else:
            armhole_seams(panel, body)
        hem_seam(panel, body)
        if job.cut == "henley":
            low = body.neck_y + body.drop + 96
            panel.groove(line((CENTRE - 11, 120), (CENTRE - 11, low), (CENTRE + 11, low), (CENTRE + 11, 120)),
                1.4, 0.9)
    if job.cut == "henley":
        buttons(job, CENTRE, body.neck_y + body.drop + 20, body.neck_y + body.drop + 82, 3, 4.2,
            palette.shade(job.colour, 0.6))
    neck_rib(job, body, trim)


def tank_top(job: Job) -> None:
    woman = job.item.gender in ("women", "girls")
    racer = job.cut == "racer"
    body = Body(neck=60 if racer else 64, drop=92 if not racer else 76, shoulder=84 if racer else 100,
        shoulder_y=86, neck_y=78,
                chest=112 if woman else 132, waist=102 if woman else 126, hem=118 if woman else 132,
        arm_y=238, hem_y=560)
    cloth = job.cloth()
    x = CENTRE
    back = mirrored([(x, 150), (x + body.neck - 10, 96), (x + body.neck, 74, 1), (x + body.shoulder, 80, 1),
                     (x + 80, 170), (x + body.chest - 10, 250, 1), (x, 270)])
    with job.canvas.panel(curve(back), cloth.plain(palette.shade(job.colour, 0.70)), puff=6, rise=2) as panel:
        panel.groove(line((x - body.neck, 84), (x - body.neck * 0.7, 134), (x, 158),
            (x + body.neck * 0.7, 134), (x + body.neck, 84)), 1.2, 0.6)
    hole = [(x + body.shoulder, body.shoulder_y, 1), (x + body.shoulder - (22 if racer else 14), 168),
        (x + body.chest, body.arm_y, 1)]
    half = [*body.front_neck(), *hole, (x + body.waist, body.waist_y), (x + body.hem, body.hem_y, 1),
        (x, body.hem_y + 8)]
    panel = job.canvas.panel(curve(mirrored(half)), cloth, puff=70, rise=24, edge=0.18, origin=(CENTRE, 80))
    with panel:
        if job.item.pattern == "colour_block":
            panel.cut(box(0, 300, 640, 640), cloth.plain(job.colour2))
        neck = body.neck_line()
        arm = line(*hole)
        for away in (8.0, 10.5):
            panel.groove(shifted(neck, 0, away), 1.0, 0.6)
            panel.groove(arm - (away, 0), 1.0, 0.6)
            panel.groove(shifted(flip(arm), away, 0), 1.0, 0.6)
        hem_seam(panel, body)
        for sign in (-1, 1):
            for k in range(4):
                y = 270 + 56 * k + job.shake(20)
                panel.fold(line((x + sign * (body.waist + 4), y), (x + sign * (body.waist - 36), y + 18),
                                (x + sign * (body.waist - 74 + job.shake(16)), y + 50)), 9, 1.7)
    back_label(job, 84)


def back_label(job: Job, y: float) -> None:
    label(job, CENTRE, y + 78, 22, 12, palette.ink_on(job.colour), job.colour)


def bodysuit(job: Job) -> None:
    baby = job.item.gender != "women"
    body = body_of(job, hem=112, waist=104 if not baby else 128, hem_y=430, waist_y=350, chest=118 if not baby
        else 134, arm_y=220)
    if baby:
        body = body_of(job, chest=136, waist=132, hem=136, hem_y=430, neck=58, drop=36, arm_y=228,
            waist_y=350)
    cloth = job.cloth(style="small" if baby else "", scale=0.8 if baby else 1.0)
    trim = cloth.plain(job.colour2 if job.item.pattern != "plain" else palette.shade(job.colour, 0.94))
    back_of_neck(job, body, cloth)
    hull = sleeves(job, body, "long" if job.cut == "long" else "short", cloth, cuff="rib", trim=trim if baby
        else None)
    x = CENTRE
    half = [*body.front_neck(), *body.armhole(), (x + body.waist, body.waist_y),
        (x + body.hem, body.hem_y - 16, 1),
            (x + body.hem * 0.62, body.hem_y + 40), (x + 44, 566, 1), (x, 570)]
    with job.canvas.panel(curve(mirrored(half)), cloth, puff=72, rise=25, hull=hull, edge=0.18,
            origin=(CENTRE, 80)) as panel:
        armhole_seams(panel, body)
        leg = line((x + body.hem, body.hem_y - 16), (x + body.hem * 0.62, body.hem_y + 40), (x + 44, 566))
        for side in (flip(leg), leg):
            panel.line(side, trim.colour, 15)
            panel.groove(side, 14, 0.3).stitch(side, palette.ink_on(trim.colour), 2, 0.7, 0.4)
        panel.fill(box(x - 50, 552, x + 50, 580), trim.colour)
        panel.groove(line((x - 54, 550), (x + 54, 550)), 1.3, 0.8)
        for sign in (-1, 1):
            for k in range(4):
                y = 250 + 50 * k + job.shake(14)
                panel.fold(line((x + sign * (body.waist + 2), y), (x + sign * (body.waist - 30), y + 14),
                                (x + sign * (body.waist - 66), y + 40)), 9, 1.5)
    for k in (-1, 0, 1):
        button(job, x + 26 * k, 561, 4.4, palette.STEEL, metal=True)
    neck_rib(job, body, trim)


DRAWERS = {
    "t_shirt": t_shirt,
    "polo": polo,
    "long_sleeve": long_sleeve,
    "tank_top": tank_top,
    "bodysuit": bodysuit,
}
