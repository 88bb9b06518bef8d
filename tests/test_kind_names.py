"""No code outside the layers chooses by the name of a kind: it asks the kind for a property."""

import ast
from collections.abc import Iterator
from pathlib import Path

from worksheet.layers import kinds

HOUSE = Path(__file__).parent.parent / "worksheet"
AT_HOME = {"layers", "zoo"}  # where kinds are defined, and where networks are built of them
TRANSLATE = {"readers"}  # operators of other formats become kinds: their names are compared there, but not those of kinds
SHORTEST = 3  # characters of a part of a name
ADVICE = (
    "{place} chooses by the name of a kind, {text!r}. Ask the kind for a property instead (kind.role, kind.window, kind.writes), "
    "so that a new kind touches one file. Where no property says it, add one to worksheet/layers/traits.py and declare it in the "
    "rows of the kinds"
)


def choosing(tree: ast.AST, room: str) -> Iterator[ast.Constant]:
    """The strings in comparisons, sets, and questions of how a string begins or ends; in readers, where a kind is compared."""
    for node in ast.walk(tree):
        compares = isinstance(node, ast.Compare | ast.Set) and (room not in TRANSLATE or _asks_for_a_kind(node))
        if compares or _asks_for_a_part(node):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield inner


def _asks_for_a_part(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"startswith", "endswith"}


def _asks_for_a_kind(node: ast.AST) -> bool:
    return isinstance(node, ast.Compare) and any(
        (isinstance(part, ast.Attribute) and part.attr == "kind") or (isinstance(part, ast.Name) and part.id == "kind")
        for part in ast.walk(node)
    )


def is_name_or_part(text: str) -> bool:
    """Whether a text is the name of a kind, or part of one such as Conv or Pool."""
    return len(text) >= SHORTEST and text[0].isupper() and any(text in name for name in kinds())


def faults(source: str, room: str, place: str) -> list[str]:
    """What a file of a room does that it should not, as sentences."""
    found = {} if room in AT_HOME else {(node.lineno, node.value): node.value for node in choosing(ast.parse(source), room)}
    return [ADVICE.format(place=f"{place}:{line}", text=text) for (line, _), text in found.items() if is_name_or_part(text)]


def test_no_code_chooses_by_the_name_of_a_kind() -> None:
    every = []
    for path in sorted(HOUSE.rglob("*.py")):
        place = path.relative_to(HOUSE.parent)
        every += faults(path.read_text(), place.parts[1], str(place))
    assert not every, "\n".join(every)


def test_what_it_refuses() -> None:
    """The ways in which kinds were chosen by name before they said what they may do."""
    for line in (
        'kind.name == "Slice"',
        'node.kind.name in {"Flatten", "Linear"}',
        'ELEMENTWISE = frozenset({"Abs", "Add"})',
        '"Pool" in before.kind.name',
        'kind.name.startswith(("Conv", "MaxPool"))',
    ):
        assert faults(line, "derive", "here"), line
    assert not faults('layer("Conv2d", c=64)', "derive", "here")
    assert not faults('operator.type == "Softmax"', "readers", "here")
    assert faults('row.kind == "Softmax"', "readers", "here")
    assert faults('kind.startswith("Conv")', "readers", "here")
