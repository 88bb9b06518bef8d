"""Takes off what surrounds an answer: bold, quotes, an apostrophe; and what the student has taken back: 23232 -> 23296."""

from __future__ import annotations

import re
from typing import NamedTuple

from worksheet.grading.notation.grouping import APOSTROPHES, refusal
from worksheet.grading.notation.signs import ENTITIES
from worksheet.language import _

MAX_TEXT = 1_000  # characters in which markup is looked for; longer answers are refused as they are
MAX_LAYERS = 4  # of marks around a text
ORDINARY = re.compile(r"[0-9A-Za-z .,()\[\]+/=:x×@^]*")
TAGS = re.compile(r"</?(?:b|strong|i|em|u|p|code|span|mark|font|big|div|br)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
RAISED = re.compile(r"<sup>\s*([0-9]{1,3})\s*</sup>", re.IGNORECASE)
STRUCK = re.compile(
    r"~~[^~]+~~|<(?P<tag>s|del|strike)>.*?</(?P=tag)>|\\(?:sout|st|cancel|bcancel|xcancel)\{[^{}]*\}|(?:\S[\u0335-\u0338])+",
    re.IGNORECASE | re.DOTALL,
)
ARROW = re.compile(r"(?:-+|=+|~)>|[→⇒⟶⟹➔➜➡⇨]\ufe0f?|&rarr;|\\(?:to|(?:long)?rightarrow)(?![A-Za-z])", re.IGNORECASE)
BOLD = re.compile(r"(?<![\w)\]}*])\*\*(?=[^\s*])([^*]+)(?<=\S)\*\*(?![\w(*])")  # and no power: 11**2
COMMANDS = re.compile(r"\\(?:textbf|mathbf|boxed|underline)\{([^{}]*)\}")
STARS = "**"
AROUND = (
    (STARS, STARS),
    ("__", "__"),
    ("*", "*"),
    ("`", "`"),
    ('"', '"'),
    ("“", "”"),
    ("„", "“"),
    ("«", "»"),
    ("'", "'"),
    ("‘", "’"),
)


class Written(NamedTuple):
    """An answer without what surrounds it. ``corrected`` means that an earlier answer was struck out or precedes an arrow."""

    text: str
    corrected: bool = False


def written(text: str) -> Written:
    """The last answer in a text. Raises Unreadable if everything is struck out.

    >>> written("**23,296**").text, written("~~23232~~ 23296"), written("23232 -> 23296").text
    ('23,296', Written(text='23296', corrected=True), '23296')
    """
    text = text.strip()
    if ORDINARY.fullmatch(text) or len(text) > MAX_TEXT:
        return Written(text)
    for entity, sign in ENTITIES.items():
        text = text.replace(entity, sign)
    kept = STRUCK.sub(" ", text).strip()
    if not kept:
        raise refusal(_("everything is struck out"), text)
    before, arrow, last = _last(kept)
    return Written(_bare(last), kept != text or bool(arrow and before.strip()))


def _last(text: str) -> tuple[str, str, str]:
    """What precedes the last arrow, the arrow, and what follows it."""
    arrows = list(ARROW.finditer(text))
    if not arrows:
        return "", "", text
    return text[: arrows[-1].start()], arrows[-1][0], text[arrows[-1].end() :]


def _bare(text: str) -> str:
    text = TAGS.sub(" ", RAISED.sub(r"^\1", text)) if "<" in text else text
    text = COMMANDS.sub(r"\1", BOLD.sub(r"\1", text)).strip()
    for _layer in range(MAX_LAYERS):
        marks = (pair for pair in AROUND if len(text) > len("".join(pair)) and _is_around(text, *pair))
        pair = next(marks, None)
        if pair is None:
            break
        text = text[len(pair[0]) : -len(pair[1])].strip()
    return text[1:].lstrip() if text[:1] and text[0] in APOSTROPHES + "‘" else text


def _is_around(text: str, before: str, after: str) -> bool:
    """Whether a pair of marks surrounds a text; two stars inside may be a power: **10**4**."""
    inside = text[len(before) : -len(after)]
    return text.startswith(before) and text.endswith(after) and (before not in inside or before == STARS)
