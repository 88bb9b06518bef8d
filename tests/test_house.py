"""The rules of the house: a file imports only from storeys below its own, and every module says what it is for."""

import ast
import re
from pathlib import Path

from tests.complete import complete

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
    {"document", "conventions"},
    {"layers", "derivation", "totals"},
    {"formula"},
    {"schema", "files", "memo", "spreadsheet", "starting", "language"},
    {"discover", "errors", "frozen", "nearby", "version"},
]
LEVEL = {room: len(STOREYS) - i for i, rooms in enumerate(STOREYS) for room in rooms}
FILES = sorted(HOUSE.rglob("*.py"))
MAX_LINES, MAX_LINES_OF_A_FUNCTION = 300, 45
MAX_ENTRIES = {"grading": 10, "homework": 10}  # files and folders at the top of a room that has folders
SHARED_CLASS_NAMES: set[str] = set()  # each with a reason; so far there is none
# What a notebook shows asks the writers for its face, inside _repr_html_, _repr_latex_ and to_records: the one import upwards.
NOTEBOOK, SHOWN_IN_A_NOTEBOOK = "worksheet.writers.notebook", {"derivation", "document", "network"}
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


def test_storeys() -> None:
    upward = []
    for path in FILES:
        own = room(path)
        for name in imports(ast.parse(path.read_text())):
            other = [*name.split("."), ""][1] if name.split(".")[0] == "worksheet" else ""
            is_face = name == NOTEBOOK and own in SHOWN_IN_A_NOTEBOOK
            if other and own not in (other, "cli") and LEVEL[other] >= LEVEL[own] and not is_face:
                upward.append(f"{path.relative_to(HOUSE)} imports {name}")
    assert not upward, "a file imports only from storeys below its own: STOREYS, docs/architecture.md"


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


def test_every_module_says_what_it_is_for() -> None:
    silent = []
    for path in FILES:
        purpose = ast.get_docstring(ast.parse(path.read_text())) or ""
        if not purpose.partition("\n\n")[0].rstrip().endswith((".", ":")):
            silent.append(str(path.relative_to(HOUSE)))
    assert not silent, "a module begins with a sentence that says what it is for"


def test_files_and_functions_are_short() -> None:
    long = []
    for path in FILES:
        text, name = path.read_text(), path.relative_to(HOUSE)
        if (lines := text.count("\n")) > MAX_LINES:
            long.append(f"{name}: {lines} lines, {MAX_LINES} are allowed")
        functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
        sizes = {f.name: (f.end_lineno or 0) - f.lineno + 1 for f in functions}
        long += [f"{name}: {function} has {size} lines" for function, size in sizes.items() if size > MAX_LINES_OF_A_FUNCTION]
    assert not long


def test_rooms_with_folders_are_short_at_the_top() -> None:
    for name, most in MAX_ENTRIES.items():
        entries = sorted(path.name for path in (HOUSE / name).iterdir() if path.name != "__pycache__")
        assert len(entries) <= most, f"{name}/: put a file into one of its folders: {', '.join(entries)}"


def test_a_public_class_has_a_name_that_no_other_has() -> None:
    places: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(HOUSE)))
    shared = {name: where for name, where in places.items() if len(where) > 1 and name not in SHARED_CLASS_NAMES}
    assert not shared, "name each class for what sets it apart, or make it one class"


def test_no_text_is_run_as_code() -> None:
    calls = [
        f"{path.relative_to(HOUSE)}:{node.lineno}: {node.func.id}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN
    ]
    assert not calls, "docs/security.md promises that no text is ever run"


def test_heavy_and_optional_imports_stay_inside_functions() -> None:
    heavy = {
        "sympy",
        "openpyxl",
        "joblib",
        "dask",
        "pylatex",
        "typst",
        "jinja2",
        "rich",
        "babel",
        "torch",
        "onnx",
        "lark",
        "pandas",
    }
    early = [f"{path.relative_to(HOUSE)}: {name}" for path in FILES for name in outer_imports(path) if name in heavy]
    assert not early, "import it inside the function that needs it"


def outer_imports(path: Path) -> list[str]:
    """The packages that a file imports as it is imported itself."""
    body = ast.parse(path.read_text()).body
    names = [node.module or "" for node in body if isinstance(node, ast.ImportFrom) and not node.level]
    names += [alias.name for node in body if isinstance(node, ast.Import) for alias in node.names]
    return [name.split(".")[0] for name in names]


# The tests themselves

PROJECT = HOUSE.parent
TESTS = sorted([*(PROJECT / "tests").rglob("*.py"), *(PROJECT / "benchmarks").glob("*.py")])
OPTIONAL = {"dask", "distributed", "numpy", "onnx", "pandas", "PIL", "torch", "torchinfo", "torchvision"}


def test_a_test_imports_optional_packages_only_where_they_are_installed() -> None:
    """pytest --doctest-modules imports every module of tests/ and worksheet/, whatever is installed."""
    early = []
    for path in TESTS:
        checked = set(re.findall(r'^(?:\w+ = )?pytest\.importorskip\("(\w+)"', path.read_text(), re.MULTILINE))
        early += [f"{path.relative_to(PROJECT)}: {name}" for name in outer_imports(path) if name in OPTIONAL - checked]
    assert not early, "import it inside the test, or after pytest.importorskip"
    needs = re.compile(rf"^\s*>>> .*\bimport ({'|'.join(OPTIONAL)})\b|^\s*>>> from ({'|'.join(OPTIONAL)})\b", re.MULTILINE)
    doctests = [str(path.relative_to(HOUSE)) for path in FILES if needs.search(path.read_text())]
    assert not doctests, "a doctest needs no optional package: write a test with a marker"


def test_no_test_reads_anything_outside_the_project() -> None:
    """Facts to compare with are in tests/facts."""
    outside = []
    for path in TESTS:
        text, depth = path.read_text(), len(path.relative_to(PROJECT).parts)
        climbs = [int(number) + 1 for number in re.findall(r"parents\[(\d+)\]", text)]
        climbs += [chain.count(".parent") for chain in re.findall(r"__file__\)(?:\.resolve\(\))?((?:\.parent)+)\b", text)]
        if max(climbs, default=0) > depth or re.search(r"\b(ROOT|PROJECT)(\.parent\b| / \"\.\.)", text):
            outside.append(str(path.relative_to(PROJECT)))
    assert not outside


# Folders whose modules are found by scanning

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
        "identity",
        "dates",
        "gradescope",
        "office",
        "one_cell",
        "attempts",
        "column_map",
        "columns_taken",
        "responses",
        "wide_table",
        "whose",
        "bounds",
        "folder",
        "format",
        "submissions",
        "gathering",
        "headings",
        "sheet_layout",
        "sources",
        "records",
        "safe_xml",
        "students",
        "answer_table",
        "text",
    },
    "cli": {"__main__", "commands", "delivery", "options", "panels", "saying", "streams", "waiting"},
    "layers": {"kind", "quantities", "traits", "normalised", "shapes", "windows", "ranks", "spelling", "notation"},
    "readers": {"names", "reader", "sources", "symbols", "unreadable"},
    "zoo": {"blocks", "model", "modules", "published", "spelling"},
    "writers": {
        "writer",
        "drawings",
        "view",
        "views",
        "table_view",
        "solution_view",
        "printer",
        "small_print",
        "graph",
        "boxes",
        "placing",
        "line_breaks",
        "templating",
        "notebook",
        "terminal",
        "tikz",
        "fitted_tables",
        "terminal_tables",
        "text_width",
        "fragment",
        "latex_fragment",
    },
}


def test_every_entry_of_a_folder_offers_its_constant() -> None:
    from worksheet.discover import collect

    for folder, constant in FOLDERS.items():
        entries = {path.stem for path in (HOUSE / folder).glob("*.py")} - {"__init__"}
        if folder == "readers":  # a format with several files is a package
            entries |= {path.parent.name for path in (HOUSE / folder).glob("*/__init__.py")}
        offering = collect(f"worksheet.{folder.replace('/', '.')}", constant)
        complete(
            offering,
            entries - HELPERS[folder],
            add=f"{folder}: give a {constant} to, or name in HELPERS",
            drop="take out of HELPERS",
        )


def test_arithmetic_stays_out_of_the_templates() -> None:
    """Templates lay out: the length of a list or a heading is the only thing that they may compute with."""
    for path in (HOUSE.parent / "templates").rglob("*.*"):
        for code in re.findall(r"(?:\{\{|\{%|<<|<%)(.*?)(?:\}\}|%\}|>>|%>)", path.read_text()):
            plain = re.sub(r'"[^"]*"', '""', code).strip(" %")
            assert not re.search(r"[*/+]|\bsum\b", plain) or "| length" in plain, (path, code)
