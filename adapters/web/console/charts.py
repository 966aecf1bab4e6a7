"""Charts as SVG without script, style or anything that names a time: the page's own stylesheet paints them. Pure.

Each series has a pattern of its own (static/charts.css), so that it is told apart without colours; a table stands beside it.
"""

import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from markupsafe import Markup

WIDTH, HEIGHT = 720, 260
ROW = 26  # of a horizontal bar
WIDER = 7  # of a Chinese character than the library thinks
TICKS = 5  # at most, on the axis of values
MOST_LABELS = 16  # on the axis of days
NAMESPACE = "http://www.w3.org/2000/svg"
SVG = f"{{{NAMESPACE}}}"
DROPPED = (f"{SVG}script", f"{SVG}style", f"{SVG}title")
PATTERNS = {  # by the number of the series; the first is plain
    1: "M0 6L6 0",
    2: "M0 3H6",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is drawn: labels along the axis, and named series with a value for each."""

    name: str
    """A word for ids: days."""
    title: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float]]]


@cache
def _library() -> ModuleType:
    """pygal, once a chart is drawn: most processes draw none. Its finder of maps, of the way of old Pythons, is taken out."""
    import pygal

    sys.meta_path[:] = [each for each in sys.meta_path if type(each).__module__ != "pygal"]
    library: ModuleType = pygal
    return library


def columns(chart: Chart) -> Markup:
    """Values over days: columns on top of each other."""
    every = max(1, -(-len(chart.labels) // MOST_LABELS))
    drawn = _library().StackedBar(**_settings(HEIGHT), show_minor_x_labels=False)
    drawn.x_labels = list(chart.labels)
    drawn.x_labels_major = list(chart.labels)[::every]
    return _drawn(drawn, chart)


def bars(chart: Chart) -> Markup:
    """Values of named things: bars from the top downwards."""
    turned = Chart(
        name=chart.name,
        title=chart.title,
        labels=chart.labels[::-1],
        series=[(name, values[::-1]) for name, values in chart.series],
    )
    longest = max(map(len, chart.labels), default=0)
    drawn = _library().HorizontalStackedBar(
        **_settings(ROW * max(3, len(chart.labels)) + 70), margin_left=longest * WIDER
    )
    drawn.x_labels = list(turned.labels)
    return _drawn(drawn, turned)


def _settings(height: int) -> dict[str, Any]:
    return {
        "width": WIDTH,
        "height": height,
        "js": [],
        "css": [],
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 3,
        "truncate_legend": -1,
        "truncate_label": -1,
        "margin": 8,
        "margin_bottom": 24,
        "spacing": 12,
    }


def _drawn(drawn: Any, chart: Chart) -> Markup:
    if not chart.labels or not chart.series:
        return Markup("")
    for name, values in chart.series:
        drawn.add(name, list(values))
    drawn.show_legend = len(chart.series) > 1
    drawn.y_labels = _ticks(max((sum(each) for each in zip(*(v for _, v in chart.series), strict=True)), default=0))
    root = ElementTree.fromstring(drawn.render())  # noqa: S314  # the library's own output
    for parent in list(root.iter()):
        for each in list(parent):
            if each.tag in DROPPED or "tooltip-overlay" in each.get("class", ""):
                parent.remove(each)
    for each in root.iter():
        each.attrib.pop("id", None)
        each.attrib.pop("style", None)
    _name_bars(root, [name for name, _ in chart.series])
    for number in PATTERNS:
        for each in _painted(root, number):
            each.set("fill", f"url(#{chart.name}-pattern-{number})")
    root.insert(0, _patterns(chart.name))
    root.attrib |= {"role": "img", "aria-label": chart.title, "class": f"chart chart-{chart.name}"}
    ElementTree.register_namespace("", NAMESPACE)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704  # a tree: its texts are escaped


def _ticks(most: float) -> list[int]:
    """Whole numbers from 0 to the top of the axis, a step of 1, 2 or 5 times a power of ten apart."""
    steps = (digit * 10**zeros for zeros in itertools.count() for digit in (1, 2, 5))
    step = next(each for each in steps if each * TICKS >= most)
    return list(range(0, max(step, -int(-most // step) * step) + 1, step))


def _painted(root: Element, number: int) -> Iterator[Element]:
    """The bars of a series and its square in the legend."""
    for group in root.iter(f"{SVG}g"):
        if f"serie-{number}" in group.get("class", "").split():
            yield from (each for each in group.iter(f"{SVG}rect") if "rect" in each.get("class", "").split())
    for each in root.iter(f"{SVG}rect"):
        if f"color-{number}" in each.get("class", "").split():
            yield each


def _name_bars(root: Element, names: list[str]) -> None:
    """What a pointer over a bar tells, instead of the library's descriptions."""
    for number, name in enumerate(names):
        for series in root.iter(f"{SVG}g"):
            if f"serie-{number}" not in series.get("class", "").split():
                continue
            for bar in list(series.iter(f"{SVG}g")):
                described = bar.findall(f"{SVG}desc")
                said = {each.get("class", ""): each.text or "" for each in described}
                for each in described:
                    bar.remove(each)
                if "value" in said:
                    SubElement(bar, f"{SVG}title").text = f"{said.get('x_label', '')} {name} {said['value']}".strip()


def _patterns(chart: str) -> Element:
    found = Element(f"{SVG}defs")
    for number, path in PATTERNS.items():
        size = {"width": "6", "height": "6"}
        pattern = SubElement(
            found, f"{SVG}pattern", size, id=f"{chart}-pattern-{number}", patternUnits="userSpaceOnUse"
        )
        SubElement(pattern, f"{SVG}rect", size)
        SubElement(pattern, f"{SVG}path", d=path)
        pattern.set("class", f"pattern pattern-{number}")
    return found
