"""Upper garments as a tailor sees them: a body, two sleeves, a neck; everything else is sewn on."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.draw import palette
from data.demo.draw.curve import CENTRE, Node, Points, between, curve, ellipse, flip, line, mirrored, ribbon
from data.demo.draw.job import Job
from data.demo.draw.panel import Panel
from data.demo.draw.pattern import Cloth


@dataclass(frozen=True)
class Body:
    """Measures in picture units: half widths from the middle line, heights from the top."""

    neck: float = 54
    neck_y: float = 84
    drop: float = 42  # how far the front neck falls below neck_y
    neckline: str = "round"  # round, v, wide, stand
    shoulder: float = 146
    shoulder_y: float = 112
    chest: float = 138
    arm_y: float = 238
    waist: float = 130
    waist_y: float = 390
    hem: float = 138
    hem_y: float = 556
    hem_curve: float = 8
    arm: float = 398  # length of a long sleeve, shoulder to cuff
    side_rise: float = 0  # how far the hem rises at the sides (shirt tails)

    def front_neck(self) -> list[Node]:
        """The right half of the neckline, from the middle to the shoulder."""
        x, top, low = CENTRE, self.neck_y, self.neck_y + self.drop
        if self.neckline == "v":
            return [(x, low, 1), (x + self.neck * 0.60, top + self.drop * 0.46), (x + self.neck, top, 1)]
        if self.neckline == "square":
            return [(x, low), (x + self.neck - 8, low - 2, 1), (x + self.neck, top, 1)]
        return [(x, low), (x + self.neck * 0.55, low - self.drop * 0.17),
            (x + self.neck * 0.92, top + self.drop * 0.38),
                (x + self.neck, top, 1)]

    def neck_line(self) -> Points:
        """The whole neckline, left shoulder to right."""
        half = self.front_neck()
        left = [(2 * CENTRE - n[0], *n[1:]) for n in reversed(half[1:])]
        return line(*left, *half)

    def armhole(self) -> list[Node]:
        x = CENTRE
        return [(x + self.shoulder, self.shoulder_y, 1),
                (x + min(self.shoulder, self.chest) - 7, (self.shoulder_y + self.arm_y) / 2 + 8),
                (x + self.chest, self.arm_y, 1)]

    def half(self) -> list[Node]:
        """The right half of the body, top to bottom."""
        x = CENTRE
        tail: list[Node] = [(x + self.hem, self.hem_y - self.side_rise, 1)]
        if self.side_rise:
            tail.append((x + self.hem * 0.72, self.hem_y - self.side_rise * 0.25))
        return [*self.front_neck(), *self.armhole(), (x + self.waist, self.waist_y), *tail,
            (x, self.hem_y + self.hem_curve)]

    def outline(self) -> Points:
        return curve(mirrored(self.half()))

    def sleeve(self, length: str, flare: float = 0.0) -> list[Node]:
        """The right sleeve; its two last nodes before the armpit are the cuff, outer and inner corner."""
        sx, sy = CENTRE + self.shoulder, self.shoulder_y
        ux, uy = CENTRE + self.chest, self.arm_y
        top: list[Node] = [(sx - 10, sy - 3, 1), (sx + 20, sy + 14)]
        # The sleeve reaches under the body, whose armhole is hollow.
        under: Node = (min(sx, ux) - 26, (sy + uy) / 2)
        if length == "cap":
            return [*top[:1], (sx + 12, sy + 22), (sx + 34, sy + 74, 1), (ux + 12, uy - 26, 1),
                (ux - 3, uy, 1), under]
        if length == "short":
            return [*top, (sx + 52, sy + 62), (sx + 80 + flare, sy + 126, 1), (ux + 36, uy + 36, 1),
                (ux - 3, uy, 1), under]
        if length == "elbow":
            return [*top, (sx + 52, sy + 92), (sx + 82 + flare, sy + 214, 1), (ux + 34, uy + 112, 1),
                (ux - 3, uy, 1), under]
        return [*top, (sx + 44, sy + 84), (sx + 66, sy + 210), (sx + 80 + flare, sy + self.arm, 1),
                (sx + 38 - flare, sy + self.arm + 6, 1), (ux + 20, uy + 130), (ux - 3, uy + 2, 1), under]

    def cuff(self, length: str, flare: float = 0.0) -> tuple[Node, Node]:
        nodes = self.sleeve(length, flare)
        corners = [n for n in nodes if len(n) > 2]
        return corners[-3], corners[-2]


def back_of_neck(job: Job, body: Body, cloth: Cloth, label: bool = True, rise: float = 10) -> None:
    """The inside of the back, seen through the neck opening, with a label."""
    x, top = CENTRE, body.neck_y
    inside = curve(mirrored([(x, top - rise), (x + body.neck * 0.6, top - rise * 0.75),
        (x + body.neck + 3, top + 3, 1),
                             (x + body.neck * 0.8, top + body.drop + 4), (x, top + body.drop + 16)]))
    with job.canvas.panel(inside, cloth.plain(palette.shade(cloth.colour, 0.72)), puff=10, rise=2,
            drape=0.2) as panel:
        panel.groove(line((x - body.neck, top + 6), (x, top + 4 - rise * 0.2), (x + body.neck, top + 6)),
            1.4, 0.6)
        panel.darken(ellipse(x, top + body.drop, body.neck, 18), 0.35, 8)
        if label:
            panel.fill(np.array([(x - 13, top + 3), (x + 13, top + 3), (x + 13, top + 17),
                (x - 13, top + 17)], np.float32),
                       palette.ink_on(cloth.colour))
            panel.line(line((x - 8, top + 10), (x + 8, top + 10)), cloth.colour, 1.6)


def sleeves(job: Job, body: Body, length: str, cloth: Cloth, *, flare: float = 0.0, cuff: str = "hem",
            trim: Cloth | None = None, quilted: bool = False) -> list[Points]:
    """Both sleeves, left and right; `cuff`: hem (stitched), rib, band, none. Returns their outlines."""
    outlines = []
    nodes = body.sleeve(length, flare)
    outer, inner = body.cuff(length, flare)
    lean = {"cap": 40.0, "short": 34.0, "elbow": 16.0, "long": 12.0}[length]
    for right in (False, True):
        side = (lambda p: p) if right else flip
        outline = np.asarray(side(curve(nodes)), np.float32)
        outlines.append(outline)
        middle = (CENTRE + (body.shoulder + 20) * (1 if right else -1), body.shoulder_y)
        panel = job.canvas.panel(outline, cloth, puff=30, rise=13, angle=(-lean if right else lean),
            origin=middle,
                                 hull=[body.outline()], edge=0.2)
        if quilted:
            _chambers(panel, body, right)
        else:
            _sleeve_folds(job, panel, body, length, right)
        end = line(*[np.asarray(side(np.array([between(n, m, share)], np.float32)))[0] for n, m, share in
                     ((outer, inner, 0), (outer, inner, 0.5), (outer, inner, 1))])
        up = np.array([-(outer[1] - inner[1]), outer[0] - inner[0]], np.float32)
        up /= np.hypot(*up)
        if up[1] > 0:
            up = -up
        if not right:
            up[0] = -up[0]
        if cuff == "hem":
            for away in (9, 11.5):
                panel.groove(end + up * away, 1.0, 0.5 if away == 9 else 0.35)
        elif cuff in ("rib", "band"):
            high = 26 if cuff == "rib" else 30
            if length in ("short", "cap"):
                high = 11
            spot = np.concatenate([end + up * high, end[::-1] - up * 6])
            colour = (trim or cloth).colour
            if trim is not None:
                panel.fill(spot, colour)
            if cuff == "rib":
                panel.ribs(spot, 4.6, 0.7)
            panel.groove(end + up * high, 1.6, 1.2)
        panel.done()
    return outlines


def _sleeve_folds(job: Job, panel: Panel, body: Body, length: str, right: bool) -> None:
    sign = 1 if right else -1
    ux, uy = body.chest, body.arm_y
    for k in range(2):
        a = (ux + 6 + 9 * k, uy + 2 - 22 * k + job.shake(5))
        b = (body.shoulder + 42 + job.shake(9), body.shoulder_y + 70 + 22 * k + job.shake(12))
        panel.fold(line((CENTRE + sign * a[0], a[1]), (CENTRE + sign * (a[0] + b[0]) / 2,
            (a[1] + b[1]) / 2 + 8),
                        (CENTRE + sign * b[0], b[1])), 9, 1.3)
    if length == "long":
        for k in range(5):
            y = body.arm_y + 44 + 34 * k + job.shake(9)
            x = body.shoulder + 26 + 9 * k
            reach = 20 + job.shake(7)
            tilt = 16 if k % 2 else -12
            panel.fold(line((CENTRE + sign * (x - reach), y - tilt), (CENTRE + sign * x, y),
                            (CENTRE + sign * (x + reach), y + tilt * 0.8)), 7, 2.0 + job.shake(0.6))


def _chambers(panel: Panel, body: Body, right: bool) -> None:
    """Quilting across a long sleeve."""
    sign = 1 if right else -1
    for k in range(9):
        y = body.shoulder_y + 26 + 44 * k
        x = body.shoulder + 26 + 6.5 * k
        quilt = line((CENTRE + sign * (x - 70), y + 26), (CENTRE + sign * x, y + 6),
            (CENTRE + sign * (x + 64), y - 26))
        panel.groove(quilt, 1.5, 0.9).fold(quilt, 8, 2.6)


def front(job: Job, body: Body, cloth: Cloth, hull: list[Points], **settings: float) -> Panel:
    """The front of the body with the folds of gravity; the caller adds details and calls `done`."""
    panel = job.canvas.panel(body.outline(), cloth, puff=settings.get("puff", 78),
        rise=settings.get("rise", 27),
                             drape=settings.get("drape", 1.0), hull=hull, edge=0.16,
        origin=(CENTRE, body.neck_y))
    for sign in (-1, 1):
        x = CENTRE + sign * body.chest
        for k in range(3):  # drag lines from the armpit
            run = 46 + 26 * k + job.shake(18)
            panel.fold(line((x - sign * 6, body.arm_y + 2 + 7 * k), (x - sign * (16 + run * 0.35),
                body.arm_y + run * 0.6),
                            (x - sign * (28 + run * 0.5), body.arm_y + run * 1.15)), 9, 2.0 - 0.3 * k)
        for k in range(3):  # folds across the waist
            y = body.waist_y - 30 + 42 * k + job.shake(16)
            run = 48 + job.shake(20)
            panel.fold(line((CENTRE + sign * (body.waist - 3), y), (CENTRE + sign * (body.waist - run * 0.6),
                y + 11 + job.shake(7)),
                            (CENTRE + sign * (body.waist - run), y + 30 + job.shake(12))), 9, 1.5)
        low = body.hem_y - body.side_rise
        x = CENTRE + sign * body.hem * (0.45 + job.shake(0.15))
        panel.fold(line((x + sign * 6, low - 112 + job.shake(20)), (x, low - 60), (x - sign * 4, low - 6)),
            11, 2.2)
    return panel


def armhole_seams(panel: Panel, body: Body) -> None:
    """The seams where the sleeves are set in."""
    seam = line(*body.armhole())
    panel.groove(seam, 1.6, 1.0).groove(flip(seam), 1.6, 1.0)


def hem_seam(panel: Panel, body: Body, up: float = 11, double: bool = True) -> None:
    """Topstitching along the hem."""
    half: list[Node] = [(CENTRE, body.hem_y + body.hem_curve - up)]
    if body.side_rise:
        half.append((CENTRE + body.hem * 0.72, body.hem_y - body.side_rise * 0.25 - up))
    half.append((CENTRE + body.hem + 2, body.hem_y - body.side_rise - up))
    seam = line(*[(2 * CENTRE - n[0], n[1]) for n in reversed(half[1:])], *half)
    panel.groove(seam, 1.0, 0.6)
    if double:
        panel.groove(seam - np.array([0, 2.6], np.float32), 1.0, 0.4)


def neck_rib(job: Job, body: Body, cloth: Cloth, width: float = 12) -> None:
    """A knitted band along the neckline."""
    spine = body.neck_line()
    towards = np.array([0, -width * 0.10], np.float32)
    with job.canvas.panel(ribbon(spine + towards, width), cloth, puff=5, rise=2.2, drape=0.0, shadow=0.25,
            edge=0.1) as band:
        count = len(spine)
        for i in range(2, count - 2, 2):  # ribs stand across the band
            along = spine[min(i + 1, count - 1)] - spine[i - 1]
            across = np.array([-along[1], along[0]], np.float32) / max(float(np.hypot(*along)),
                1e-6) * width / 2
            if body.neckline != "v" or abs(i - count / 2) > 2:
                band.groove(np.stack([spine[i] + across + towards, spine[i] - across + towards]), 0.9, 0.35)
        if body.neckline == "v":
            band.groove(line((CENTRE, body.neck_y + body.drop - width),
                (CENTRE, body.neck_y + body.drop + width)), 1.2, 1.0)
