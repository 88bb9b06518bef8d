"""The storeys hold: a file imports only from storeys below its own; every module says what it is for."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "worksheet"
STOREYS = [  # from the top
    {"cli", "__init__"},
    {"homework"},
    {"writers", "grading"},
    {"derive", "readers"},
    {"zoo"},
    {"varied", "counting"},
    {"sizes"},
    {"network", "hardware"},
    {"drawing"},
    {"report", "conventions"},
    {"layers", "derivation"},
    {"formula"},
    {"schema", "files", "memo"},
    {"discover", "errors"},
]
LEVEL = {room: len(STOREYS) - i for i, rooms in enumerate(STOREYS) for room in rooms}
FILES = sorted(HOUSE.rglob("*.py"))
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 320, 45
FORBIDDEN = {"eval", "exec", "sympify", "parse_expr", "__import__", "compile"}


def room(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> list[str]:
    names = [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module]
    names += [
        f"worksheet.{a.name}"
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom) and n.module == "worksheet"
        for a in n.names
    ]
    return names + [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_storeys(path: Path) -> None:
    own = room(path)
    for name in imports(ast.parse(path.read_text())):
        parts = name.split(".")
        if parts[0] == "worksheet" and len(parts) > 1 and parts[1] != own and own != "cli":
            assert LEVEL[parts[1]] < LEVEL[own], f"{own} stands below {parts[1]}"


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports at the top of a module; what a function imports, or type checkers alone read, closes no circle."""
    modules = {".".join(path.relative_to(HOUSE.parent).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}
    reads: dict[str, set[str]] = {}
    for name, path in modules.items():
        found = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ImportFrom) and node.module]
        pairs = [(node.module, f"{node.module}.{alias.name}") for node in found for alias in node.names]
        names = {inner if inner in modules else outer for outer, inner in pairs}
        reads[name] = names & modules.keys() - {name}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, f"a circle of imports: {' -> '.join((*way[way.index(name) :], name))}"
        if name not in done:
            for other in sorted(reads[name]):
                visit(other, (*way, name))
            done.add(name)

    for name in modules:
        visit(name, ())


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_modules(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    purpose = ast.get_docstring(tree)
    assert purpose, "a module says in its first line what it is for"
    assert purpose.splitlines()[0].endswith((".", ":")) or "." in purpose
    assert text.count("\n") <= MOST_LINES
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_LINES_OF_A_FUNCTION, node.name
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN, f"line {node.lineno}"


def test_heavy_and_optional_imports_stay_inside_functions() -> None:
    heavy = {"sympy", "openpyxl", "joblib", "dask", "pylatex", "typst", "jinja2", "rich", "babel", "torch", "onnx", "lark"}
    for path in FILES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Import):
                assert not heavy & {a.name.split(".")[0] for a in node.names}, path
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in heavy, path


FOLDERS = {
    "cli": "COMMAND",
    "layers": "KINDS",
    "readers": "READER",
    "writers": "WRITER",
    "zoo": "MODELS",
    "grading/answers": "ANSWERS",
}
HELPERS = {
    "grading/answers": {
        "archive",
        "bounds",
        "folder",
        "format",
        "found",
        "gathering",
        "headings",
        "layout",
        "reading",
        "records",
        "safe_xml",
        "students",
        "table",
        "text",
    },
    "cli": {"__main__", "delivery", "options"},
    "layers": {"kind", "traits", "normalised", "shapes", "windows", "ranks", "spelling"},
    "readers": {"reader"},
    "zoo": {"blocks", "model", "modules", "published"},
    "writers": {
        "writer",
        "drawings",
        "view",
        "report_view",
        "printer",
        "small_print",
        "graph",
        "boxes",
        "placing",
        "layout",
        "templating",
        "notebook",
        "terminal",
    },
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_entry_of_a_folder_offers_its_constant(folder: str) -> None:
    from worksheet.discover import collect

    modules = {path.stem for path in (HOUSE / folder).glob("*.py")} - {"__init__"}
    if folder == "readers":  # a format with several files is a package
        modules |= {path.parent.name for path in (HOUSE / folder).glob("*/__init__.py")}
    assert set(collect(f"worksheet.{folder.replace('/', '.')}", FOLDERS[folder])) == modules - HELPERS[folder]


def test_arithmetic_stays_out_of_the_templates() -> None:
    """Templates lay out: the length of a list or a heading is the only thing that they may reckon with."""
    import re

    for path in (HOUSE.parent / "templates").rglob("*.*"):
        for code in re.findall(r"(?:\{\{|\{%|<<|<%)(.*?)(?:\}\}|%\}|>>|%>)", path.read_text()):
            plain = re.sub(r'"[^"]*"', '""', code).strip(" %")
            assert not re.search(r"[*/+]|\bsum\b", plain) or "| length" in plain, (path, code)
