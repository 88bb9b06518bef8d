"""Networks built in Python: what fits, and what is refused in words."""

import pytest

import worksheet as ws
from worksheet.errors import WorksheetError


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: ws.layer("Conv2D", c=1, w=1), "unknown layer 'Conv2D'"),
        (lambda: ws.layer("Conv2d", c=1), "Conv2d needs the kernel width"),
        (lambda: ws.layer("Conv2d", c=1, w=0), "kernel width is 0"),
        (lambda: ws.layer("Conv2d", c=1.0, w=3), "is 1.0; it must be a whole number"),
        (lambda: ws.layer("Conv2d", c="8", w=3), "is '8'; it must be a whole number"),
        (lambda: ws.layer("Conv2d", c=1, w=3, colour=4), "Conv2d has no 'colour'"),
        (lambda: ws.layer("Conv2d", c=1, k=2, w=3), "set the same number, k"),
        (lambda: ws.derive(ws.network("n", (3,), ws.layer("MaxPool2d", w=2))), "MaxPool2d takes c x N x M, but receives 3"),
        (lambda: ws.network("n", (3, 0, 8), ws.layer("ReLU")), "positive whole numbers"),
        (lambda: ws.network("n", (3, 8.5, 8), ws.layer("ReLU")), "positive whole numbers"),
        (lambda: ws.network("n", (3, 8, 8)), "a network needs a layer"),
        (lambda: ws.network("n", (3, 8, 8), ws.layer("ReLU", "a"), ws.layer("ReLU", "a")), "two layers are called 'a'"),
        (lambda: ws.network("n", (3, 8, 8), ws.layer("ReLU", inputs=["b"])), "reads 'b', which does not come before it"),
    ],
)
def test_refused(build, message: str) -> None:
    with pytest.raises(WorksheetError, match=message.replace("(", "[(]")):
        build()


def test_a_fault_names_the_layer() -> None:
    net = ws.network("n", (3, 4, 4), ws.layer("ReLU"), ws.layer("MaxPool2d", "last_pool", w=5))
    with pytest.raises(WorksheetError) as caught:
        ws.derive(net)
    assert str(caught.value).startswith("last_pool: the kernel is wider (5) than the padded input (4 + 2 x 0)")


def test_facts_may_be_yes_or_no() -> None:
    for words in ({"nobias": True}, {"b": False}, {"b": 0}):
        assert ws.layer("Linear", k=3, **words).hyperparameters["b"] == 0
    for words in ({"nobias": False}, {"b": True}, {}):
        assert ws.layer("Linear", k=3, **words).hyperparameters["b"] == 1


def test_branches_read_what_they_name() -> None:
    net = ws.network(
        "n", (3, 8, 8), ws.layer("Conv2d", "a", c=4, w=3), ws.layer("ReLU"), ws.layer("Conv2d", inputs=["a"], c=2, w=1)
    )
    assert ws.derive(net).rows[2].inputs == ((4, 6, 6),)


def test_an_unknown_fact_is_refused_with_the_nearest() -> None:
    """The fact had no prefix in version 0.5."""
    net = ws.Builder("a", (3, 8, 8))
    with pytest.raises(ws.WorksheetError, match="no fact 'survives'") as refused:
        net.add("Dropout", facts={"survives": 1})
    assert "matconvnet_survives" in str(refused.value)
