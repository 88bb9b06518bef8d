"""Prose of a page in semantic lines: a sentence a line, a long sentence broken between its clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

MAX_LENGTH = 140  # beyond this a sentence is broken between clauses
WHOLE = re.compile(r"`[^`]*`|!?\[[^\]]*\]\([^)]*\)|\$[^$]+\$|\*\*[^*]+\*\*|<[^>]+>")  # what no line break may cut
NO_END = re.compile(r"(?:\b(?:No|Nos|e\.g|i\.e|vs|cf|al|Fig|Proc|approx|Roll)|\b[A-Z]|\.\.)\.$")
SENTENCE = re.compile(r"(?<=[.!?])(?:\*\*|[\"”)])?(?= [A-Z0-9`\[*\"“(])")
CLAUSE = re.compile(
    r"(?<=[;:])(?= )|(?<=,)(?= (?:and|but|so|or|which|where|while|since|because|as|if|unless|with|then|not|for)\b)"
)
LOOSE = re.compile(r"(?<=,)(?= [a-z`\[*])")
STARTS_SOMETHING = re.compile(r" ?(?:[-+*>#|]|\d+[.)]) ")
ITEM = re.compile(r"(\s*)((?:[-*]|\d+\.) +)")


def broken(page: str) -> str:
    """A page of Markdown with new line breaks in its prose; code, tables, headings and comments stay as they are.

    >>> broken("One sentence. Another,\\nlonger one.\\n")
    'One sentence.\\nAnother, longer one.\\n'
    >>> broken("    code. Stays.\\n\\n- An item. Two sentences.\\n")
    '    code. Stays.\\n\\n- An item.\\n  Two sentences.\\n'
    """
    return "\n".join(line for is_prose, lines in _parts(page) for line in (_semantic(lines) if is_prose else lines))


def paragraphs(page: str) -> list[str]:
    """The lines of prose in a page of Markdown, without the signs of lists."""
    return [ITEM.sub("", line, count=1) for is_prose, lines in _parts(page) if is_prose for line in lines]


def _parts(page: str) -> Iterator[tuple[bool, list[str]]]:
    """The page in parts: whether it is a paragraph of prose, and its lines."""
    paragraph: list[str] = []
    fenced = listed = False
    for line in page.split("\n"):
        fence = line.lstrip().startswith("```")
        item = ITEM.match(line) if not fenced else None
        code = line.startswith("    ") and not paragraph and not listed
        if line.strip() and not (fenced or fence or code or item or _stays(line)):
            paragraph.append(line)
            listed = listed and line.startswith("  ")
            continue
        if paragraph:
            yield True, paragraph
        paragraph = [line] if item and not code else []
        listed = bool(paragraph) or (listed and not line.strip())
        fenced ^= fence
        if not paragraph:
            yield False, [line]
    if paragraph:
        yield True, paragraph


def _stays(line: str) -> bool:
    return line.lstrip().startswith(("#", "|", "<", "```", ">", "![", "---"))


def _semantic(paragraph: list[str]) -> list[str]:
    item = ITEM.match(paragraph[0])
    indent = " " * len(item[0]) if item else ""
    first = item[0] if item else ""
    text = " ".join([paragraph[0][len(first) :].strip(), *(line.strip() for line in paragraph[1:])])
    clauses = [clause for sentence in sentences(text) for clause in _clauses(sentence)]
    return [(first if not i else indent) + clause for i, clause in enumerate(clauses)]


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph.

    >>> sentences("See No. 3 of `a. B`. Then stop.")
    ['See No. 3 of `a. B`.', 'Then stop.']
    """
    cuts = [cut for cut in _cuts(text, SENTENCE) if not NO_END.search(text[:cut])]
    return _pieces(text, cuts)


def _clauses(sentence: str) -> list[str]:
    if len(sentence) <= MAX_LENGTH:
        return [sentence]
    for boundary in (CLAUSE, LOOSE):
        cuts = [cut for cut in _cuts(sentence, boundary) if 40 < cut < len(sentence) - 25]
        if cuts:
            middle = min(cuts, key=lambda cut: abs(cut - len(sentence) / 2))
            left, right = _pieces(sentence, [middle])
            return [*_clauses(left), *_clauses(right)]
    return [sentence]


def _cuts(text: str, boundary: re.Pattern[str]) -> list[int]:
    """Where a boundary lies outside of code, links, formulas, bold words and brackets, and starts nothing else in Markdown."""
    spans = [match.span() for match in WHOLE.finditer(text)]
    spans += [match.span() for match in re.finditer(r"\([^()]*\)", text)]
    cuts = [match.end() for match in boundary.finditer(text)]
    inside = [cut for cut in cuts for start, end in spans if start < cut < end]
    return [cut for cut in cuts if cut not in inside and not STARTS_SOMETHING.match(text[cut:])]


def _pieces(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *cuts, len(text)]
    return [text[a:b].strip() for a, b in pairwise(edges)]
