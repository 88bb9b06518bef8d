"""Brings the catalogues up to date with the messages of the program: worksheet/language/catalogues.

Translations are kept, new messages are added without one, messages that nothing says any longer are dropped.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import normalize, read_po
from jinja2.ext import babel_extract

from tools.generated import ROOT
from worksheet import conventions, layers
from worksheet.conventions.convention import Convention
from worksheet.conventions.facts import GRAPH, PARTIAL, RUN, SILENCES, STATED
from worksheet.conventions.optimisers import optimisers, precisions
from worksheet.grading.mistakes import known_mistakes
from worksheet.language.catalogue import FOLDER, SUFFIX, TEMPLATE
from worksheet.layers import QUANTITIES, Kind, Symbol
from worksheet.layers.kind import Size
from worksheet.layers.shapes import MAX_AXES, axes
from worksheet.writers.templating import ANGLES, BRACES, NOTATIONS

Message = tuple[str, str]  # in English, with its plural or an empty text
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
PACKAGE, TEMPLATES = ROOT / "worksheet", ROOT / "templates"
IN_BRACES = {"html", "md", "txt"}
PLURAL_FORMS = "Plural-Forms"
HEADER = "Language: {}\nContent-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
WRAPPED = 100  # characters of a line of a catalogue


def pages() -> dict[str, str]:
    """The template of all messages, and every catalogue."""
    messages = collect()
    made = {str((FOLDER / TEMPLATE).relative_to(ROOT)): _text(HEADER.format(""), messages, {})}
    for path in sorted(FOLDER.glob(f"*{SUFFIX}")):
        with path.open("rb") as file:
            old = read_po(file, ignore_obsolete=True, abort_invalid=True)
        known = {entry.id[0] if isinstance(entry.id, tuple) else entry.id: _texts(entry.string) for entry in old if entry.id}
        own = {message: known[message[0]] for message in messages if message[0] in known}
        chosen = {message: where for message, where in messages.items() if "_" not in path.stem or any(own.get(message, ()))}
        made[str(path.relative_to(ROOT))] = _text(_header(path), chosen, own)
    return made


def _texts(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def _header(path: Path) -> str:
    """The header of a catalogue as it is: Babel would add dates."""
    from worksheet.language.catalogue import _entries

    return next(entry["msgstr"] for entry in _entries(path.read_text("utf-8")) if not entry["msgid"])


def collect() -> dict[Message, list[str]]:
    """Every message with the files that say it: those of code, of templates, and texts of data that documents print."""
    found: dict[Message, list[str]] = {}
    for where, said in (*_in_code(), *_in_templates(), *_in_data()):
        message = said if isinstance(said, tuple) else (said, "")
        if message[0].strip() and where not in found.setdefault(message, []):
            found[message].append(where)
    plain = {singular for singular, plural in found if plural}
    return {message: where for message, where in found.items() if message[1] or message[0] not in plain}


def _in_code() -> Iterator[tuple[str, str | Message]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file, keywords=KEYWORDS):
                yield path.relative_to(ROOT).as_posix(), message if isinstance(message, str) else (message[0], message[1])


def _in_templates() -> Iterator[tuple[str, str | Message]]:
    for notation, suffix in NOTATIONS.items():
        marks = BRACES if notation in IN_BRACES else ANGLES
        sides = {f"{mark}_{side}_string": pair[i] for mark, pair in marks.items() for i, side in enumerate(("start", "end"))}
        for path in sorted((TEMPLATES / notation).rglob(f"*{suffix}")):
            source = BytesIO(path.read_bytes())
            for _, _, message, _ in babel_extract(
                source, tuple(KEYWORDS), (), {**sides, "silent": "false", "trim_blocks": "true"}
            ):
                one = message if isinstance(message, str) else (message[0], message[1])
                yield path.relative_to(ROOT).as_posix(), one


def _in_data() -> Iterator[tuple[str, str]]:
    for name in conventions.names():
        convention = conventions.convention(name)
        texts = _of_convention(convention) if _is_taught(convention) else (convention.unit,)
        yield from ((f"worksheet/conventions/{name}.yaml", text) for text in texts)
    for info in pkgutil.iter_modules(layers.__path__):
        module = importlib.import_module(f"{layers.__name__}.{info.name}")
        yield from (("worksheet/layers", text) for thing in vars(module).values() for text in _of_layers(thing))
    yield from (("worksheet/layers", text) for rank in range(MAX_AXES + 1) for text in _of_layers(axes(rank)))
    yield from (("worksheet/layers", text) for text in QUANTITIES.values())
    yield from (("worksheet/conventions/optimisers", text) for text in _of_training())
    yield from (("worksheet/conventions/facts.py", text) for fact in (*RUN, *GRAPH) for text in _of_symbol(fact))
    yield from (("worksheet/conventions/facts.py", text) for text in (*SILENCES.values(), *PARTIAL.values()))
    yield from (("worksheet/grading/mistakes", mistake.says) for mistake in known_mistakes().values())


def _is_taught(convention: Convention) -> bool:
    """Whether students are asked by a convention; those of tools, which know the program or its faults, stay English."""
    return not (convention.by_call or convention.faults or convention.facts & {fact.name for fact in STATED})


def _of_convention(convention: Convention) -> Iterator[str]:
    yield from (convention.title, convention.cite, convention.unit, *convention.rules, *convention.faults.values())
    for column in convention.columns:
        yield from (column.heading, column.asks, *column.remarks.values())
    yield from (line.label for lines in convention.reference.values() for line in lines)


def _of_training() -> Iterator[str]:
    yield from (optimiser.title for optimiser in optimisers().values())
    yield from (text for precision in precisions().values() for text in (precision.title, precision.source))


def _of_kind(kind: Kind) -> Iterator[str]:
    yield kind.title
    yield from (form.on for form in kind.forms)
    yield from (size.meaning for size in kind.sizes)
    yield from (text for symbol in kind.symbols.values() for text in _of_symbol(symbol))
    yield from (text for form in kind.forms for symbol in form.symbols for text in _of_symbol(symbol))


def _of_layers(thing: object) -> Iterator[str]:
    """The texts of kinds, symbols and sizes, also of those that a kind fits to its inputs."""
    if isinstance(thing, Kind):
        yield from _of_kind(thing)
    elif isinstance(thing, Symbol):
        yield from _of_symbol(thing)
    elif isinstance(thing, Size):
        yield thing.meaning
    elif isinstance(thing, (tuple, list, dict)):
        yield from (text for each in (thing.values() if isinstance(thing, dict) else thing) for text in _of_layers(each))


def _of_symbol(symbol: Symbol) -> Iterable[str]:
    return (symbol.meaning, *symbol.words.values())


def _text(header: str, messages: dict[Message, list[str]], known: dict[Message, tuple[str, ...]]) -> str:
    """A catalogue: the header, then the messages in order, each with the files that say it."""
    plurals = int(header.partition("nplurals=")[2][:1] or 2)
    entries = [_entry(message, where, known.get(message, ()), plurals) for message, where in messages.items()]
    return "\n".join([f'msgid ""\nmsgstr {normalize(header, width=WRAPPED)}\n', *entries])


def _entry(message: Message, where: list[str], texts: tuple[str, ...], plurals: int) -> str:
    lines = [f"#: {place}" for place in sorted(where)]
    lines.append(f"msgid {normalize(message[0], width=WRAPPED)}")
    if message[1]:
        every = [*texts, *[""] * plurals][:plurals]
        lines.append(f"msgid_plural {normalize(message[1], width=WRAPPED)}")
        lines += [f"msgstr[{i}] {normalize(text, width=WRAPPED)}" for i, text in enumerate(every)]
    else:
        lines.append(f"msgstr {normalize(texts[0] if texts else '', width=WRAPPED)}")
    return "\n".join(lines) + "\n"
