"""Ways of counting are data; a faulty file is refused with every fault at its place."""

import pytest

import worksheet as ws
from worksheet.conventions import names
from worksheet.errors import WorksheetError


@pytest.mark.parametrize("name", names())
def test_every_convention_reads(name: str) -> None:
    convention = ws.convention(name)
    missing = [key for key in ("title", "cite", "rules") if not getattr(convention, key)]
    assert not missing, f"a convention of the package says {', '.join(missing)}"
    assert all(column.rules or column.otherwise for column in convention.columns)


def test_ai61002_against_the_quantities() -> None:
    """The sheet's columns, told by the textbook's quantities."""
    found = ws.convention("ai61002")
    params, flops = found.columns
    relations = {
        "Conv2d": ("weights + biases", "macs + biases*W*H"),
        "Linear": ("weights + biases", "macs + biases"),
        "ReLU": ("0", "comparisons + assignments"),
        "MaxPool2d": ("0", "comparisons"),
        "Dropout": ("0", "0"),
        "Flatten": ("0", "0"),
    }
    assert set(relations) == set(params.rules) == set(flops.rules)
    import sympy

    for name, texts in relations.items():
        kind = ws.kinds()[name]
        for form in kind.forms:
            for column, text in zip((params, flops), texts, strict=True):
                rule = kind.resolved(column.rule(kind), form).expr
                relation = kind.resolved(kind.formula(text), form).expr
                assert sympy.expand(rule - relation) == 0, (name, column.name)


FAULTS = """\
title: T
colums: {}
columns:
  params: {Conv2D: 1, Conv2d: "k*(c", Linear: n*z}
  flops: {ReLU: __import__('os'), MaxPool2d: 2^3}
headings: {flop: x}
digits: xx_YY
reference:
  Conv2d:
    - Products: c.w
"""


def test_every_fault_of_a_file_at_once(sheet) -> None:
    path = sheet(FAULTS, "own.yaml")
    with pytest.raises(WorksheetError) as caught:
        ws.convention(str(path))
    got = {(f.where.line, f.where.column): f.message for f in caught.value.faults}
    assert {place: message[:30] for place, message in got.items()} == {
        (2, 1): "unknown key 'colums'",
        (4, 12): "unknown layer 'Conv2D'",
        (4, 36): "expected ')' to close the pare",
        (4, 47): "Linear has no symbol 'z'",
        (5, 28): '"\'" has no place in a formula',
        (5, 47): "'^' has no place in a formula",
        (6, 12): "there is no column 'flop'",
        (7, 9): "unknown digit grouping 'xx_YY'",
        (10, 18): "'.' has no place in a formula",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("survives", "matconvnet_survives"), ("absent", "matconvnet_absent"), ("named", "torch_named"),
        ("firsts", "torch_firsts"), ("leads", "torch_leads"), ("worded", "torch_worded"), ("signal", "torch_signal"),
        ("exact", "torch_exact"), ("vector", "torch_vector"), ("fused", "torch_fused"), ("split", "torch_split"),
        ("scored", "torch_scored"), ("sizes", "torch_sizes"), ("one_size", "torch_onesize"), ("strided", "torch_strided"),
    ],
)  # fmt: skip
def test_a_fact_by_the_name_that_it_had_is_refused_with_its_new_one(sheet, old: str, new: str) -> None:
    path = sheet(f"title: T\ncolumns: {{f: {{Linear: macs*(1 - {old})}}}}\n", "own.yaml")
    with pytest.raises(WorksheetError, match=f"Linear has no symbol '{old}'") as caught:
        ws.convention(str(path))
    assert new in (caught.value.hint or "").removeprefix("did you mean ").removesuffix("?").split(" or ")


def test_unknown_names() -> None:
    with pytest.raises(WorksheetError, match="unknown convention 'ai6102'") as caught:
        ws.convention("ai6102")
    assert caught.value.hint == "did you mean ai61002?"
    with pytest.raises(WorksheetError, match="no such file"):
        ws.convention("own.yaml")
    with pytest.raises(WorksheetError, match="unknown convention"):
        ws.convention("../conventions/ai61002")


def test_what_is_not_counted_is_listed(sheet) -> None:
    net = ws.network("n", (3, 8, 8), ws.layer("AvgPool2d", w=2), ws.layer("ReLU"))
    d = ws.derive(net, "ai61002")
    assert d.totals == {"params": 0, "flops": 96}
    assert d.notes == (
        "# Params: AI61002, Spring 2020 has no rule for No. 1 (AvgPool2d); not in the total.",
        "# Flops: AI61002, Spring 2020 has no rule for No. 1 (AvgPool2d); not in the total.",
    )
    assert "| 1 | AvgPool2d: 2w 2s 0p | 3 × 4 × 4 | — | — |" in ws.render(d, "md").decode()
    import json

    assert json.loads(ws.render(d, "json"))["uncounted"] == [{"no": 1, "kind": "AvgPool2d", "columns": ["params", "flops"]}]


def test_facts_are_folded_before_printing() -> None:
    net = ws.network("n", (4, 8, 8), ws.layer("Conv2d", c=8, w=3, g=2, nobias=True), ws.layer("Linear", k=5, nobias=True))
    conv, linear = ws.derive(net, "ai61002").rows
    assert conv.columns[0].formula.show() == "c/g × whk"
    assert conv.columns[0].value == 4 // 2 * 3 * 3 * 8
    assert linear.columns[0].formula.show() == "nk"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("k/3", "F of Conv2d is 8/3, not a whole number (k/3)"),
        ("k/(w - 3)", "F of Conv2d: division by zero"),
        ("floor(k/(w - 3))", "F of Conv2d: division by zero"),
        ("2**(k)*k**M*9**64*(k**64)**64*(k**64)**64", "F of Conv2d: a power of more than"),
    ],
)
def test_a_rule_must_give_a_whole_number(sheet, rule: str, message: str) -> None:
    path = sheet(f"title: T\ncolumns: {{f: {{Conv2d: '{rule}'}}}}\nheadings: {{f: F}}\n", "own.yaml")
    net = ws.network("n", (3, 8, 8), ws.layer("Conv2d", c=8, w=3))
    with pytest.raises(WorksheetError) as caught:
        ws.derive(net, str(path))
    assert message in caught.value.message
    assert str(caught.value.where) == "own"
