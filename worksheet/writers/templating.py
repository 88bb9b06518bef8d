"""Renders the Jinja2 templates: sandboxed, strict on undefined names, escaping whatever is not the writer's own notation."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from worksheet.errors import Collector, OutputError, Where, printable
from worksheet.language import _, space
from worksheet.version import VERSION
from worksheet.writers.small_print import Ready
from worksheet.writers.text_width import left, right, ruled, wrapped
from worksheet.writers.views import View, Viewed

if TYPE_CHECKING:
    import jinja2
    import jinja2.bccache

PACKAGE = Path(__file__).parent.parent / "templates"
CHECKOUT = PACKAGE.parent.parent / "templates"  # an editable install reads them where they are edited
SHIPPED = PACKAGE if PACKAGE.is_dir() else CHECKOUT

CACHE = Path(__file__).parent / "__pycache__"

# Braces mean something in TeX and Typst, so their templates mark code with angle brackets.
BRACES = {"variable": ("{{", "}}"), "block": ("{%", "%}"), "comment": ("{#", "#}")}
ANGLES = {"variable": ("<<", ">>"), "block": ("<%", "%>"), "comment": ("<#", "#>")}

NOTATIONS = {"html": ".html", "md": ".md", "tex": ".tex", "txt": ".txt", "typst": ".typ"}  # folders, with their suffixes
FIELD = re.compile(r"(\{\w+\})")  # of a message; `filled` puts the writer's own notation there
# What templates were called in version 0.5, where a user's own file of that name would be ignored.
MOVED = {
    "row": "blocks/layer", "table": "blocks/answers", "question": "blocks/question", "contents": "blocks/contents",
    "section": "blocks/section", "reference": "blocks/chapter", "figures": "blocks/chapter", "steps": "blocks/working",
    "report": "document", "head": "document", "blocks/title": "blocks/chapter",
}  # fmt: skip


def rendered(
    template: str,
    names: Mapping[str, Any],
    escape: Callable[[str], str],
    override: Path | None = None,
    marks: Mapping[str, tuple[str, str]] = BRACES,
) -> str:
    """A template's text. Raises OutputError with the template's file and line for a fault in it."""
    import jinja2

    try:
        return _environment(escape, override, tuple(sorted(marks.items()))).get_template(template).render(names)
    except jinja2.TemplateSyntaxError as fault:
        where = Where(fault.filename or fault.name, fault.lineno)
        raise OutputError(f"the template cannot be read: {fault.message}", where) from None
    except jinja2.TemplateNotFound as fault:
        raise OutputError(f"there is no template {fault.name!r}", Where(template)) from None
    except RecursionError as fault:
        message = "the template needs itself: it includes, imports or calls itself"
        raise OutputError(message, _template_line(fault, template)) from None
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as fault:
        message = getattr(fault, "message", None) or str(fault)
        raise OutputError(f"the template fails: {message}", _template_line(fault, template)) from None


def _template_line(fault: BaseException, template: str) -> Where:
    """The innermost template line of a fault: jinja2 puts them into the traceback."""
    where = Where(template)
    trace = fault.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if not file.endswith(".py") and not file.startswith("<"):
            where = Where(file, trace.tb_lineno)
        trace = trace.tb_next
    return where


def _check(folder: Path) -> None:
    """Refuse a folder that does not exist, and templates by the names that they had in version 0.5."""
    if folder.is_file():
        raise OutputError("is a file; templates are in a folder", Where(str(folder)), "the folder that has md/document.md in it")
    if not folder.is_dir():
        raise OutputError("the template folder does not exist", Where(str(folder)), "worksheet new template -o FOLDER makes one")
    faults = Collector()
    for notation, suffix in NOTATIONS.items():
        for old, new in MOVED.items():
            path = folder / notation / f"{old}{suffix}"
            if path.exists():
                hint = "docs/templates.md, Moving your templates from 0.5"
                faults.add(OutputError(f"this template is called {new}{suffix} now", Where(str(path)), hint))
    faults.raise_any()


def _fill(escape: Callable[[object], str], message: str, **fields: str) -> Ready:
    """A message with the writer's own notation in its fields."""
    return Ready("".join(fields.get(part[1:-1], "") if part.startswith("{") else escape(part) for part in FIELD.split(message)))


def _compiled() -> jinja2.BytecodeCache | None:
    """Where the package's templates are kept compiled: where Python keeps its modules, under the same terms."""
    import jinja2

    if sys.dont_write_bytecode or not CACHE.is_dir() or not os.access(CACHE, os.W_OK):
        return None

    class Cache(jinja2.FileSystemBytecodeCache):
        """A cache that does without what cannot be written."""

        def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
            with suppress(OSError):
                super().dump_bytecode(bucket)

    return Cache(str(CACHE), f"%s.{VERSION}.jinja-{jinja2.__version__}")


def _finalized(escape: Callable[[str], str], value: object) -> str:
    """A value as a template prints it: the writer's own notation and numbers as they are, everything else escaped."""
    if type(value) is Ready:
        return value
    if isinstance(value, (int, float)):
        return str(value)
    return escape(printable(str(value)))


@lru_cache(maxsize=32)
def _environment(
    escape: Callable[[str], str], override: Path | None, marks: tuple[tuple[str, tuple[str, str]], ...]
) -> jinja2.Environment:
    import jinja2
    from jinja2.runtime import LoopContext
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    plain = {*View.__subclasses__(), *Viewed.__args__, LoopContext}

    class Environment(ImmutableSandboxedEnvironment):
        """The sandbox, with a short way to the attributes of views."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            if type(obj) in plain and attribute[0] != "_":
                try:
                    return getattr(obj, attribute)
                except AttributeError:
                    pass
            return super().getattr(obj, attribute)

    finalize = partial(_finalized, escape)
    if override:
        _check(override)
    folders = [str(override)] if override else []
    sides = {f"{mark}_{side}_string": text for mark, pair in marks for side, text in zip(("start", "end"), pair, strict=True)}
    environment = Environment(
        loader=jinja2.FileSystemLoader([*folders, str(SHIPPED)]),
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=None if override else _compiled(),
        **sides,
    )
    environment.globals |= {"_": _, "space": space}
    environment.filters |= {"left": left, "right": right, "ruled": ruled, "wrapped": wrapped}  # of plain text
    environment.filters["filled"] = partial(_fill, finalize)
    environment.filters["joined"] = lambda items, between: Ready(between.join(map(finalize, items)))
    return environment
