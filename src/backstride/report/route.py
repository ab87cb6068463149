"""The route without a map: metres east and north of the start, both at one scale."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from backstride.report import charts, scales
from backstride.report.markup import Markup, compact, tag, together
from backstride.report.words import Document, Units

#: The picture's width, and the least and most height, in the units of its viewBox.
_WIDTH, _LEAST, _MOST = 360.0, 200.0, 420.0
_MARGIN = 26.0
#: A step of the route longer than this many times the usual one is a gap, and not drawn as a line.
_GAP = 20

Point = tuple[float, float, float]


def drawn(document: Document, route: Sequence[Point], name: str, units: Units) -> Markup | None:
    """The route, its directions by colour and pattern; None where it has no extent."""
    frame = _Frame.around(route)
    if frame is None:
        return None
    runs = _runs(document["bouts"], route)
    start, end = frame.place(route[0]), frame.place(route[-1])
    apart = abs(start[0] - end[0]) + abs(start[1] - end[1]) > 30
    return tag(
        "svg",
        {
            "class": "route",
            "viewBox": f"0 0 {_WIDTH:g} {frame.height:g}",
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-desc",
            "data-route": name.removesuffix("-route"),
        },
        tag("title", {"id": f"{name}-title"}, "Route, north up"),
        tag(
            "desc",
            {"id": f"{name}-desc"},
            f"The route reaches over {units.distance(frame.span[0])} from west to east and "
            f"{units.distance(frame.span[1])} from south to north.",
        ),
        (_run(kind, points, frame) for kind, points in runs),
        _mark("End", end, frame, "end") if apart else None,
        _mark("Start", start, frame, "start"),
        tag("circle", {"class": "here", "r": 6, "visibility": "hidden"}),
        _north(frame),
        _scale_bar(frame, units),
    )


class _Frame:
    """Where metres lie in the picture."""

    def __init__(self, west: float, south: float, span: tuple[float, float]) -> None:
        room = _WIDTH - 2 * _MARGIN
        self.span = span
        self.per_m = min(room / span[0], (_MOST - 3 * _MARGIN) / span[1])
        self.height = round(max(_LEAST, span[1] * self.per_m + 3 * _MARGIN))
        self._left = (_WIDTH - span[0] * self.per_m) / 2 - west * self.per_m
        self._bottom = (
            self.height
            - _MARGIN * 1.7
            - (self.height - 3 * _MARGIN - span[1] * self.per_m) / 2
            + south * self.per_m
        )

    @classmethod
    def around(cls, route: Sequence[Point]) -> "_Frame | None":
        """A frame around all points; None where they are all one place."""
        if len(route) < 2:
            return None
        x, y = [point[0] for point in route], [point[1] for point in route]
        extent = max(max(x) - min(x), max(y) - min(y))
        if extent <= 0:
            return None
        least = extent / 100
        return cls(min(x), min(y), (max(max(x) - min(x), least), max(max(y) - min(y), least)))

    def place(self, point: Point) -> tuple[float, float]:
        return self._left + point[0] * self.per_m, self._bottom - point[1] * self.per_m


def _runs(bouts: Sequence[Document], route: Sequence[Point]) -> list[tuple[str, list[Point]]]:
    """The route cut where direction changes or positions are missing; backward last, on top."""
    ordered = sorted(bouts, key=lambda bout: bout["start_s"])
    starts = [bout["start_s"] for bout in ordered]

    def kind(point: Point) -> str:
        at = bisect_right(starts, point[2]) - 1
        return (
            charts.kind(ordered[at]) if at >= 0 and point[2] <= ordered[at]["end_s"] else "unknown"
        )

    steps = sorted(b[2] - a[2] for a, b in pairwise(route))
    gap = _GAP * max(steps[len(steps) // 2], 1.0)
    runs: list[tuple[str, list[Point]]] = [(kind(route[0]), [route[0]])]
    for before, point in pairwise(route):
        now = kind(point)
        if point[2] - before[2] > gap:
            runs.append((now, [point]))
        else:
            runs[-1][1].append(point)
            if now != runs[-1][0]:
                runs.append((now, [point]))
    first = list(charts.KINDS)
    return sorted(runs, key=lambda run: -first.index(run[0]))


def _run(kind: str, points: Sequence[Point], frame: _Frame) -> Markup:
    placed = [frame.place(point) for point in points]
    path = "M" + "L".join(f"{compact(x)} {compact(y)}" for x, y in placed)
    times = " ".join(f"{point[2]:.0f}" for point in points)
    line = tag("path", {"class": f"way is-{kind}", "d": path, "data-t": times})
    if kind == "backward":
        return together((line, tag("path", {"class": "way stripes", "d": path})))
    # Forward is a broad band, so that it is seen beside what was run backward over it.
    return (
        together((tag("path", {"class": "way band", "d": path}), line))
        if kind == "forward"
        else line
    )


def _mark(word: str, at: tuple[float, float], frame: _Frame, look: str) -> Markup:
    x, y = at
    beyond = x > _WIDTH - 60
    return tag(
        "g",
        {"class": f"mark {look}"},
        tag("circle", {"cx": compact(x), "cy": compact(y), "r": 5}),
        tag(
            "text",
            {
                "x": compact(x - 9 if beyond else x + 9),
                "y": compact(y + 4 if y < frame.height - 40 else y - 8),
                "text-anchor": "end" if beyond else "start",
            },
            word,
        ),
    )


def _north(frame: _Frame) -> Markup:
    return tag(
        "g",
        {"class": "north", "transform": f"translate({_WIDTH - 14:g} {frame.height - 16:g})"},
        tag("path", {"d": "M0 -8L5 8L0 4L-5 8Z"}),
        tag("text", {"x": -9, "y": 8, "text-anchor": "end"}, "N"),
    )


def _scale_bar(frame: _Frame, units: Units) -> Markup:
    longest = 0.3 * _WIDTH / frame.per_m / units.short_m
    length = scales.round_step(longest, 1)
    while length > longest:
        length = scales.round_step(length * 0.4, 1)
    width, y = length * units.short_m * frame.per_m, frame.height - 8
    return tag(
        "g",
        {"class": "scale-bar"},
        tag("path", {"d": f"M8 {y - 5:g}V{y:g}H{8 + width:.1f}V{y - 5:g}"}),
        tag("text", {"x": f"{8 + width + 6:.1f}", "y": f"{y:g}"}, units.scale(length)),
    )
