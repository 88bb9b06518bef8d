"""What a convention's file can say: calls, facts, batch, units, faults; and how a fault in it is told."""

from collections.abc import Callable
from pathlib import Path

import pytest

import worksheet as ws
from worksheet.conventions.convention import Called
from worksheet.conventions.facts import FACTS
from worksheet.errors import WorksheetError
from worksheet.formula import Scale

Own = Callable[[str], str]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    """Writes a convention; gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "own.yaml"
        path.write_text(f"title: Own\n{text}")
        return str(path)

    return write


CALLS = (Called(call="F.relu"), Called(call="torch.relu"))


def called(*calls: Called) -> ws.Network:
    from dataclasses import replace

    nodes = [replace(ws.layer("ReLU", f"relu_{i}"), called=words) for i, words in enumerate(calls)]
    return ws.network("calls", (2, 5, 7), *nodes)


def test_a_rule_may_differ_by_the_call(own: Own) -> None:
    rule = own('columns: {n: {ReLU: {module: 3*X, F.relu: X, "*": 0}}}')
    net = called(Called(), Called("module", "ReLU", "F.relu"), *CALLS, Called("leaf", "Own", "F.relu"))
    assert [row.columns[0].value for row in ws.derive(net, rule).rows] == [210, 210, 70, 0, 70]


def test_a_call_without_a_rule_is_listed(own: Own) -> None:
    d = ws.derive(called(*CALLS), own("columns: {n: {ReLU: {F.relu: X}}}"))
    assert d.totals == {"n": 70}
    assert any("No. 2 (ReLU)" in note for note in d.notes)


BRANCHES = (
    ws.layer("Conv2d", "a", c=4, w=1),
    ws.layer("BatchNorm", "norm"),
    ws.layer("ReLU", "over"),  # the norm's only reader
    ws.layer("Conv2d", "b", ("over",), c=4, w=1),
    ws.layer("ReLU", "beside", ("over",)),
    ws.layer("Add", "sum", ("b", "beside")),
)


@pytest.mark.parametrize(
    ("fact", "values"),
    {
        "readers": (1, 1, 2, 1, 1, 0),
        "input_readers": (1, 1, 1, 2, 2, 1),
        "inputs": (1, 1, 1, 1, 1, 2),
        "in_place": (1, 1, 1, 0, 0, 1),
        "behind_norm": (0, 0, 1, 0, 0, 0),
        "matconvnet_survives": (0,) * 6,
        "matconvnet_absent": (0,) * 6,
    }.items(),
)
def test_facts(own: Own, fact: str, values: tuple[int, ...]) -> None:
    d = ws.derive(ws.network("facts", (4, 3, 3), *BRANCHES), own(f'columns: {{n: {{"*": {fact}}}}}'))
    assert tuple(row.columns[0].value for row in d.rows) == values


def test_every_fact_is_in_the_manual() -> None:
    page = (Path(__file__).parents[2] / "docs" / "counting.md").read_text()
    for name in FACTS:
        assert f"`{name}`" in page


def test_a_network_states_facts(own: Own) -> None:
    net = ws.Builder("facts", (4, 3, 3))
    net.add("Dropout", facts={"matconvnet_survives": 1})
    net.add("Dropout")
    net.add("ReLU", facts={"in_place": 0})
    rule = own("columns: {n: {Dropout: 2*Y*matconvnet_survives, ReLU: Y*(1 - in_place)}}")
    assert [row.columns[0].value for row in ws.derive(net.network(), rule).rows] == [72, 0, 36]


def test_the_batch(own: Own) -> None:
    """Figures of the samples grow with it, stored numbers do not; a column may write it itself."""
    rule = own(
        'once: [params]\nbatched: [mixed]\ncolumns:\n  params: {"*": weights}\n  flops: {"*": macs}\n  mixed: {"*": Y + B*Y}'
    )
    net = ws.network("batch", (3, 8, 8), ws.layer("Conv2d", c=4, w=3))
    one, eight = (ws.derive(net, rule, batch=n) for n in (1, 8))
    assert one.totals == {"params": 108, "flops": 3888, "mixed": 288}
    assert eight.totals == {"params": 108, "flops": 8 * 3888, "mixed": 144 + 8 * 144}
    assert "B" not in one.rows[0].columns[1].formula.symbols
    assert eight.rows[0].columns[1].formula.symbols[0] == "B"
    assert "Number of samples in the batch" in ws.render(eight, "md").decode()
    with pytest.raises(WorksheetError, match="a batch of 0"):
        ws.derive(net, rule, batch=0)


def test_rows_that_a_kind_does_not_repeat(own: Own) -> None:
    rule = own("unrepeated: {once: [Linear]}\ncolumns: {once: {Linear: weights}, each: {Linear: weights}}")
    d = ws.derive(ws.network("rows", (5, 3), ws.layer("Linear", k=2)), rule)
    assert d.totals == {"once": 6, "each": 30}


def test_shared_weights_again(own: Own) -> None:
    rule = own('once: [first, every]\nagain: [every]\ncolumns: {first: {"*": weights}, every: {"*": weights}}')
    net = ws.network(
        "shared", (3, 8, 8), ws.layer("Conv2d", "a", c=3, w=3, p=1), ws.layer("Conv2d", "b", shares="a", c=3, w=3, p=1)
    )
    assert ws.derive(net, rule).totals == {"first": 81, "every": 162}


def test_the_networks_inputs_may_be_counted(own: Own) -> None:
    rule = own('columns: {n: {Input: Y, "*": Y}}')
    d = ws.derive(ws.network("inputs", (3, 8, 8), ws.layer("ReLU")), rule)
    assert [(row.no, row.kind) for row in d.rows] == [(0, "Input"), (1, "ReLU")]
    assert d.totals == {"n": 2 * 192}
    assert not d.pictured
    for form in ("md", "html", "tex", "txt", "json", "typ", "pdf"):
        assert ws.render(d, form)


def test_a_rule_that_a_form_of_its_kind_does_not_fit(own: Own) -> None:
    rule = own("columns: {n: {LRN: Y + N}}")
    signal = ws.network("signal", (3, 8), ws.layer("LRN", n=3))
    with pytest.raises(WorksheetError, match="this layer has no N"):
        ws.derive(signal, rule)
    with pytest.raises(WorksheetError, match="this layer has no N"):
        ws.compare(signal, [rule, "textbook"])


def test_a_kind_without_a_rule_may_be_refused(own: Own) -> None:
    rule = own("uncounted: refused\ncolumns: {n: {Conv2d: macs}}")
    with pytest.raises(WorksheetError, match=r"no rule for ReLU \(No\. 1\)"):
        ws.derive(ws.network("refused", (3, 8, 8), ws.layer("ReLU")), rule)


def test_faults_of_a_tool_are_told_where_they_matter(own: Own) -> None:
    rule = own('faults: {ReLU: counts it twice., Softmax: forgets it., "*": Nobody maintains it.}\ncolumns: {n: {"*": 0}}')
    notes = ws.derive(ws.network("faults", (3, 8, 8), ws.layer("ReLU")), rule).notes
    assert notes == ("ReLU: counts it twice.", "Nobody maintains it.")


@pytest.mark.parametrize(
    ("base", "exact", "value", "said"),
    [
        (1024, False, 243_860_896, "233 MB"),
        (1024, False, 3_130_944, "3 MB"),
        (1024, False, 1023, "1023 B"),
        (1024, False, 0, "0 B"),
        (1024, True, 34_944, "34.125KB"),
        (1024, True, 37_752_832, "36868KB = 36.00390625MB"),
        (1000, True, 1_500, "1.5KB"),
        (1000, True, 7, "0.007KB"),
    ],
)
def test_larger_units(base: int, exact: bool, value: int, said: str) -> None:
    assert Scale(base, "B", exact=exact).said(value) == said


def test_larger_units_are_printed(own: Own) -> None:
    rule = own('scales: {n: {base: 1024, exact: yes}}\ncolumns: {n: {"*": Y}}')
    d = ws.derive(ws.network("units", (3, 64, 64), ws.layer("ReLU")), rule)
    assert "n, total: 12,288 = 12K." in ws.render(d, "md").decode().replace("\\", "")
    assert '"printed": {\n  "n": "12K"' in ws.render(d, "json").decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns: {n: {ReLU: {F.relu: 2*Q}}}", "ReLU has no symbol 'Q'"),
        ('columns: {n: {"*": 2*W}}', "not every kind has a symbol 'W'"),
        ("columns: {n: {'ReLU, Rel': X}}", "unknown layer 'Rel'"),
        ("columns: {n: {ReLU: X, 'Tanh, ReLU': Y}}", "'ReLU' is given twice"),
        ("main: m\ncolumns: {n: {ReLU: X}}", "there is no column 'm'"),
        ("batched: [m]\ncolumns: {n: {ReLU: X}}", "there is no column 'm'"),
        ("uncounted: maybe\ncolumns: {n: {ReLU: X}}", "cannot read 'maybe'"),
        ("scales: {n: {base: 10}}\ncolumns: {n: {ReLU: X}}", "cannot read '10'"),
        ("scales: {n: {unit: B}}\ncolumns: {n: {ReLU: X}}", "the key 'base' is missing"),
        ("unrepeated: {n: [Relu]}\ncolumns: {n: {ReLU: X}}", "unknown layer 'Relu'"),
        ("faults: {Relu: wrong}\ncolumns: {n: {ReLU: X}}", "unknown layer 'Relu'"),
    ],
)
def test_faults_of_a_file(own: Own, text: str, said: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        ws.convention(own(text))
    told = str(caught.value)
    assert said in told
    assert "own.yaml:" in told
