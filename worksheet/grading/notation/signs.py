"""The signs of multiplication, as everyone who reads answers knows them."""

from __future__ import annotations

import re

DOTS = "·∙⋅•・"  # in the middle of a line
CROSSES = "×✕✖⨯хХ"  # the last two are Cyrillic letters that look like an x
STARS = "*∗＊"
COMMANDS = (r"\times", r"\cdot", r"\ast")
ENTITIES = {"&times;": "×", "&middot;": "·", "&sdot;": "·", "&ast;": "*"}
TIMES = rf"(?:[xX{DOTS}{CROSSES}{STARS}]|{'|'.join(re.escape(command) for command in COMMANDS)})"
