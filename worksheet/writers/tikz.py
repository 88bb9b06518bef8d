"""Turns the package's own drawings into TikZ, so that LaTeX needs no converter: the SVG of drawing/svg.py and no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape

from worksheet.document import Picture

TEXT_WIDTH, TEXT_HEIGHT = 470.0, 660.0  # of a page, in points
SPAN = re.compile(r"</?tspan[^>]*>")  # which only choose fonts
ELEMENT = re.compile(r"<(path|rect|circle|text) ([^>]*?)/?>(?:([^<]*)</text>)?")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
COMMAND = re.compile(r"([MLHVCz])([^MLHVCz]*)")
VIEW = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')
ANCHORS = {"start": "base,left", "middle": "base", "end": "base,right"}
COLOURS = {"currentColor": "black"}

Attributes = Mapping[str, str]


def tikz(picture: Picture, escape: Callable[[str], str]) -> str:
    """A picture as a tikzpicture, made smaller where it would not fit on a page."""
    view = VIEW.search(picture.svg)
    assert view
    left, top, width, height = map(float, view.groups())
    scale = min(1.0, picture.width / width, TEXT_WIDTH / width, TEXT_HEIGHT / height)
    box = f"\\useasboundingbox ({left:g},{top:g}) rectangle ({left + width:g},{top + height:g});"
    lines = [_element(found, scale, escape) for found in ELEMENT.finditer(SPAN.sub("", picture.svg))]
    head = f"\\begin{{tikzpicture}}[x={scale:.4g}bp,y=-{scale:.4g}bp]"
    return "\n".join([head, box, *lines, "\\end{tikzpicture}"])


def _element(found: re.Match[str], scale: float, escape: Callable[[str], str]) -> str:
    tag, written, words = found.groups("")
    attributes = dict(ATTRIBUTE.findall(written))
    if tag == "text":
        return _text(attributes, escape(unescape(words)), scale)
    return f"\\path[{_paint(attributes, scale)}] {SHAPES[tag](attributes)};"


def _text(attributes: Attributes, words: str, scale: float) -> str:
    size = float(attributes.get("font-size", "8.5")) * scale
    style = "\\bfseries" if attributes.get("font-weight") == "bold" else ""
    style += "\\itshape" if attributes.get("font-style") == "italic" else ""
    at = f"at={{\\pgfpointxy{{{attributes['x']}}}{{{attributes['y']}}}}}"
    font = f"\\fontsize{{{size:.3g}bp}}{{{size:.3g}bp}}\\selectfont{style}"
    return f"\\pgftext[{ANCHORS[attributes.get('text-anchor', 'start')]},{at}]{{{font} {words}}}"


def _paint(attributes: Attributes, scale: float) -> str:
    colours = {"fill": attributes.get("fill", "currentColor"), "draw": attributes.get("stroke", "none")}
    paint = [f"{name}={_colour(colour)}" for name, colour in colours.items() if colour != "none"]
    for name, option in (("fill-opacity", "fill opacity"), ("stroke-opacity", "draw opacity")):
        paint += [f"{option}={attributes[name]}"] if name in attributes else []
    paint.append(f"line width={float(attributes.get('stroke-width', '1')) * scale:.3g}bp")
    if dashes := attributes.get("stroke-dasharray"):
        pattern = (f"{word} {float(size) * scale:.3g}bp" for word, size in zip(("on", "off") * 8, dashes.split(), strict=False))
        paint.append(f"dash pattern={' '.join(pattern)}")
    return ",".join(paint)


def _colour(name: str) -> str:
    if not name.startswith("#"):
        return COLOURS.get(name, name)
    red, green, blue = (int(name[i : i + 2], 16) for i in (1, 3, 5))
    return f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"


def _path(attributes: Attributes) -> str:
    """The commands of a path: all that this package uses, in absolute places."""
    way, x, y = "", "0", "0"
    for command, written in COMMAND.findall(attributes["d"]):
        numbers = written.replace(",", " ").split()
        if command == "z":
            way += " -- cycle"
            continue
        if command == "C":
            *bends, x, y = numbers
            way += f" .. controls ({bends[0]},{bends[1]}) and ({bends[2]},{bends[3]}) .. ({x},{y})"
            continue
        x, y = {"H": (numbers[0], y), "V": (x, numbers[0])}.get(command) or (numbers[0], numbers[1])
        way += f" {'' if command == 'M' else '-- '}({x},{y})"
    return way.strip()


def _rect(attributes: Attributes) -> str:
    x, y, width, height = (float(attributes.get(name, "0")) for name in ("x", "y", "width", "height"))
    corners = f"{{[rounded corners={attributes['rx']}bp] " if "rx" in attributes else "{"
    return f"{corners}({x:g},{y:g}) rectangle ({x + width:g},{y + height:g})}}"


def _circle(attributes: Attributes) -> str:
    return f"({attributes['cx']},{attributes['cy']}) circle[radius={attributes['r']}]"


SHAPES: Mapping[str, Callable[[Attributes], str]] = {"path": _path, "rect": _rect, "circle": _circle}
