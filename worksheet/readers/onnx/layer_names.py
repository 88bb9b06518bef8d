"""Names for the rows, from the modules that they come from where the exporter kept them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from worksheet.readers.names import FreeNames
from worksheet.readers.onnx.operators import Operator
from worksheet.readers.onnx.values import OnnxRow

# The names of parameters inside a module.
PARAMETER = re.compile(
    r"[._](?:weight|bias|weight_bias|kernel|gamma|beta|in_proj_(?:weight|bias)|running_(?:mean|var)|[qkv]_proj_weight)$"
)
MADE_UP = re.compile(r"::|^[\d_]*$|^(?:val|_val|tmp|const|t|onnx)_?\d*$|^arg\d+|/")
QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
UNWANTED = re.compile(r"[^\w.\-]+")
MAX_NAME = 120
UNNAMED = frozenset({"Reshape", "Flatten", "Permute"})  # kinds that may replace several operators: named after the kind


def name_rows(rows: Sequence[OnnxRow]) -> dict[OnnxRow, str]:
    """A name for every row, each used once."""
    modules = {row: module_path(row) for row in rows}
    containers = {path.rpartition(".")[0] for path in modules.values()}
    parents = {parent for path in containers for parent in _parents(path)}
    used = Counter(modules.values())
    free = FreeNames(first=1)
    names: dict[OnnxRow, str] = {}
    for row in rows:
        path = modules[row]
        is_own = bool(path) and (bool(row.stored) or row.operator is None or (used[path] == 1 and path not in parents))
        name = path if is_own else ".".join(filter(None, [path, action_name(row)]))
        names[row] = free.take(name[:MAX_NAME] or row.kind.lower())
    return names


def assign_stages(rows: Sequence[OnnxRow], names: Mapping[OnnxRow, str]) -> dict[OnnxRow, str]:
    """The stage of each row: the first module on the path to it.

    A row without a path belongs to the stage of the row before.
    """
    stages: dict[OnnxRow, str] = {}
    part = ""
    for row in rows:
        first, dot, _ = names[row].partition(".")
        has_path = bool(module_path(row)) or (row.operator is not None and "/" in row.operator.name)
        if dot or has_path:
            part = first if dot else ""
        stages[row] = part
    return stages


def _parents(path: str) -> Iterable[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]


def module_path(row: OnnxRow) -> str:
    """The path of a row's module, with dots; empty where it is unknown.

    It follows from the names of the parameters, else from the exporter's notes, else from the path in the operator's name.
    """
    stored = [name.partition("[")[0] for name in row.stored if not MADE_UP.search(name)]
    if stored and row.is_stored:
        return clean_path(stored[0])
    owners = [PARAMETER.sub("", name) for name in stored if PARAMETER.search(name)]
    if owners:
        path = _common(owners)
        if path:
            return clean_path(path)
    if row.operator is None:
        return clean_path(row.name)
    return clean_path(_exporter_path(row.operator) or path_of(row.operator.name))


def _common(paths: Sequence[str]) -> str:
    """The common prefix of paths."""
    parts = [path.split(".") for path in paths]
    prefix = []
    for column in zip(*parts, strict=False):
        if len(set(column)) > 1:
            break
        prefix.append(column[0])
    return ".".join(prefix)


def _exporter_path(operator: Operator) -> str:
    """The innermost of the module paths in the exporter's notes: "['', 'layer1', 'layer1.0', 'relu_1']"."""
    scopes = [first or second for first, second in QUOTED.findall(operator.scopes[:2000])]
    return scopes[-2] if len(scopes) > 1 else ""


def path_of(name: str) -> str:
    """The path of modules in an operator's name.

    >>> path_of("/features/features.0/features.0.1/Conv"), path_of("/layer1/layer1.0/conv1/Conv"), path_of("node_relu_1")
    ('features.0.1', 'layer1.0.conv1', '')
    """
    parts = [part for part in name.split("/") if part][:-1]
    path: list[str] = []
    for part in parts:
        if path and part.startswith(f"{path[-1]}."):
            path.pop()
        path.append(part)
    return ".".join(path)


def action_name(row: OnnxRow) -> str:
    """The last part of a row's name: from the name of the operator, or the kind."""
    operator = row.operator
    last = (operator.name if operator else "").rpartition("/")[2].removeprefix("node_")
    if operator and last and not MADE_UP.search(last) and row.kind not in UNNAMED:
        return clean_path(last).lower()
    return row.kind.lower()


def clean_path(path: str) -> str:
    """A path of letters, digits, dots, dashes and underscores."""
    return UNWANTED.sub("_", path).strip("._")[:MAX_NAME]
