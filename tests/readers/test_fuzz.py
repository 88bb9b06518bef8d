"""Any text is read or refused in words: no other exception leaves a reader."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import worksheet as ws
from worksheet.errors import WorksheetError

FUZZ = settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
WORDS = [
    "Conv2d",
    "ReLU",
    "MaxPool2d",
    "Linear",
    "Flatten",
    ":",
    "8c",
    "3w",
    "2s",
    "1p",
    "0s",
    "->",
    "10",
    "nobias",
    "#",
    "-",
    "\n",
    " ",
    "9" * 15,
]
FRONT = [
    "---\n",
    "input: 3 x 8 x 8\n",
    "input: 12\n",
    "title: T\n",
    "digits: xx\n",
    "convention: ai61002\n",
    "[",
    "{",
    "&a ",
    "*a",
    "!!python/x ",
    ": ",
    "'",
    '"',
]


def mostly(pieces: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.one_of(st.sampled_from(pieces), st.text(max_size=3)), max_size=25).map("".join)


@FUZZ
@given(st.one_of(mostly([*WORDS, *FRONT]), mostly(WORDS).map("---\ninput: 3 x 8 x 8\n---\n{}".format), st.binary(max_size=60)))
def test_sheets(sheet, text: str | bytes) -> None:
    path = sheet(text if isinstance(text, bytes) else text.encode(errors="surrogatepass"))
    try:
        derivation = ws.derive(ws.read(path))
    except WorksheetError as fault:
        assert str(fault)
        assert all(one.message for one in fault.faults)
    else:
        assert ws.render(derivation, "md")


YAML = [
    "title: T\n",
    "columns:\n",
    "  flops: {ReLU: X}\n",
    "    Conv2d: k*c\n",
    "  - a: b\n",
    "reference: [",
    "]",
    "{",
    "}",
    "? ",
    "| ",
    "digits: en_IN\n",
]


@FUZZ
@given(mostly(YAML))
def test_conventions(sheet, text: str) -> None:
    path = sheet(text.encode(errors="surrogatepass"), "own.yaml")
    try:
        convention = ws.convention(str(path))
    except WorksheetError as fault:
        assert str(fault)
    else:
        assert convention.columns is not None
