"""Columns that hold answers by their number or several in one cell: Moodle's and Blackboard's responses, PrairieLearn's JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from worksheet.grading.answers.bounds import MAX_PARTS
from worksheet.grading.answers.identity import is_passed_over
from worksheet.grading.answers.sheet_layout import Layout, fold
from worksheet.grading.paper.cells import Key

# The words before a number, in English, German, French and Spanish.
RESPONSE_WORDS = ("response", "answer", "antwort", "réponse", "respuesta", "q")
QUESTION_WORDS = ("question", "frage", "pregunta")
OBJECT_WORDS = ("submitted answer",)  # PrairieLearn: all answers of a question as a JSON object
NUMBERED = re.compile(r"(\D{1,20}?) ?(\d{1,4})")
CODE = re.compile(r"\[\s*(?:v\w{1,20}\s+)?([^\[\]]{1,200})\]")  # "[v0007 1 params] How many parameters?"
FIRST_PART = re.compile(r"\s*([^\W\d]{1,20}) 1:")  # Moodle: "part 1: 23296; part 2: 64"; "Teil 1: ..." in German
FIELD = re.compile(r"(?:r|row)?_?(?=\d)")  # what may precede the row in a field's name: r1_params
COMMA = re.compile(r"(?<!\\),")  # Canvas
NO_RESPONSE = "-"
BLANK = (None, "", NO_RESPONSE)


class Response(NamedTuple):
    """A column of responses. Its cells are those of ``keys``; or else those whose codes are in the question beside it; or, of a
    JSON object, those that its fields name. Joined answers are separated by commas."""

    place: int
    keys: tuple[Key, ...] = ()
    question: int = -1
    is_object: bool = False
    is_joined: bool = False

    def answers(self, cells: Sequence[str], layout: Layout) -> Iterator[tuple[Key | None, str]]:
        """The cells of the sheet with their answers in a line; None for an answer whose cell is not known."""
        text = cells[self.place].strip()
        if text in BLANK:
            return
        if self.is_object:
            yield from _fields(text, layout)
            return
        keys = codes(cells[self.question], layout) if self.question >= 0 else self.keys
        texts = [text] if len(keys) == 1 else split(text) if self.is_joined else parts(text)
        if len(texts) > len(keys) or (self.is_joined and len(texts) < len(keys)):
            yield None, text
            return
        for key, answer in zip(keys, texts, strict=False):
            if answer not in BLANK:
                yield key, answer


def responses(headings: Sequence[str], layout: Layout) -> tuple[Response, ...]:
    """The columns of responses below these headings: those beside their questions; or as many as there are cells, or a single
    one with all of them, in the order of the sheet. None, if their cells are not certain."""
    words = [fold(heading) for heading in headings]
    numbered, questions = _numbered(words, RESPONSE_WORDS), _numbered(words, QUESTION_WORDS)
    if numbered and all(number in questions for number in numbered):
        return tuple(Response(place, question=questions[number]) for number, place in numbered.items())
    if len(numbered) == len(layout.order):
        return tuple(Response(numbered[number], (key,)) for number, key in zip(sorted(numbered), layout.order, strict=True))
    if len(numbered) == 1:
        return tuple(Response(place, layout.order) for place in numbered.values())
    return ()


def objects(words: Sequence[str]) -> tuple[Response, ...]:
    """The columns of JSON objects, by their folded headings."""
    return tuple(Response(place, is_object=True) for place, word in enumerate(words) if word in OBJECT_WORDS)


def joined(headings: Sequence[str], layout: Layout) -> tuple[Response, ...]:
    """The columns whose headings have the codes of several cells: Canvas joins the blanks of a question."""
    found = ((place, codes(heading, layout)) for place, heading in enumerate(headings) if not is_passed_over(fold(heading)))
    return tuple(Response(place, keys, is_joined=True) for place, keys in found if len(keys) > 1)


def split(text: str) -> list[str]:
    r"""Answers separated by commas, where a comma in an answer has a backslash before it.

    >>> split(r"64x56x56,23\,296,")
    ['64x56x56', '23,296', '']
    """
    return [part.replace("\\,", ",").strip() for part in COMMA.split(text)]


def _numbered(words: Sequence[str], names: Sequence[str]) -> dict[int, int]:
    """The columns by their numbers, of those headed by one of these words and a number."""
    found: dict[int, int] = {}
    for place, word in enumerate(words):
        match = NUMBERED.fullmatch(word)
        if match and match[1] in names:
            found.setdefault(int(match[2]), place)
    return found


def codes(question: str, layout: Layout) -> tuple[Key, ...]:
    """The cells whose codes are in the text of a question, in their order."""
    keys = (layout.heading(code) for code in CODE.findall(question))
    return tuple(dict.fromkeys(key for key in keys if key is not None))


def parts(text: str) -> list[str]:
    """The answers of a response in parts; the text itself, if it has none.

    >>> parts("part 1: 23296; part 2: ; part 3: 1; 2"), parts("64")
    (['23296', '', '1; 2'], ['64'])
    """
    first = FIRST_PART.match(text)
    if first is None:
        return [text]
    found, start = list[str](), first.end()
    while len(found) < MAX_PARTS:
        divider = f"; {first[1]} {len(found) + 2}:"
        end = text.find(divider, start)
        found.append(text[start : end if end >= 0 else None].strip())
        if end < 0:
            break
        start = end + len(divider)
    return found


def _fields(text: str, layout: Layout) -> Iterator[tuple[Key | None, str]]:
    try:
        fields = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        yield None, text
        return
    for name, value in list(fields.items())[:MAX_PARTS]:
        key = layout.heading(name) or layout.heading(FIELD.sub("", name, count=1))
        if isinstance(value, str) and value.strip() not in BLANK and not name.startswith("_"):
            yield key, value.strip()
