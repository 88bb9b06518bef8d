"""Every optimiser's step, run on numbers that count: the operations are those of its file, the values and the state torch's."""

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.complete import complete
from tests.layers.counting import TALLY, Counted, root
from worksheet.conventions.optimisers import UPDATES, optimisers, precisions, regime
from worksheet.errors import WorksheetError

RATE, MOMENTUM, FIRST, SECOND, EPSILON, DECAY = 0.1, 0.9, 0.8, 0.95, 1e-3, 0.3
STEPS = 4
Numbers = dict[str, Counted]


def known(value: float) -> Counted:
    """A number that is the same for all parameters: what it is made of was worked out before."""
    return Counted(value)


def sgd(n: Numbers, _: int) -> None:
    n["p"] = n["p"] - known(RATE) * n["g"]


def momentum(n: Numbers, _: int) -> None:
    n["m"] = known(MOMENTUM) * n["m"] + n["g"]
    n["p"] = n["p"] - known(RATE) * n["m"]


def nesterov(n: Numbers, _: int) -> None:
    n["m"] = known(MOMENTUM) * n["m"] + n["g"]
    n["p"] = n["p"] - known(RATE) * (n["g"] + known(MOMENTUM) * n["m"])


def adam(n: Numbers, t: int) -> None:
    n["m"] = known(FIRST) * n["m"] + known(1 - FIRST) * n["g"]
    n["v"] = known(SECOND) * n["v"] + known(1 - SECOND) * n["g"] * n["g"]
    mean = n["m"] / known(1 - FIRST**t)
    square = n["v"] / known(1 - SECOND**t)
    n["p"] = n["p"] - known(RATE) * mean / (root(square) + known(EPSILON))


def adamw(n: Numbers, t: int) -> None:
    n["p"] = known(1 - RATE * DECAY) * n["p"]
    adam(n, t)


def decaying(step: Callable[[Numbers, int], None]) -> Callable[[Numbers, int], None]:
    def with_decay(n: Numbers, t: int) -> None:
        n["g"] = n["g"] + known(DECAY) * n["p"]
        step(n, t)

    return with_decay


LOOPS: Mapping[str, Callable[[Numbers, int], None]] = {
    "sgd": sgd, "sgd-momentum": momentum, "nesterov": nesterov, "adam": adam, "adamw": adamw,
    "sgd+decay": decaying(sgd), "sgd-momentum+decay": decaying(momentum), "nesterov+decay": decaying(nesterov),
    "adam+decay": decaying(adam),
}  # fmt: skip
IN_ADAM = {"lr": RATE, "betas": (FIRST, SECOND), "eps": EPSILON}
IN_TORCH: Mapping[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {"lr": RATE}),
    "sgd-momentum": ("SGD", {"lr": RATE, "momentum": MOMENTUM}),
    "nesterov": ("SGD", {"lr": RATE, "momentum": MOMENTUM, "nesterov": True}),
    "adam": ("Adam", IN_ADAM),
    "adamw": ("AdamW", IN_ADAM | {"weight_decay": DECAY}),
}


def run(name: str) -> tuple[list[float], list[dict[str, int]], list[float]]:
    """The parameter after each of a few steps, what each step did, and the gradients."""
    random = Random(7)
    numbers = {"p": Counted(random.uniform(-1, 1)), "m": Counted(0), "v": Counted(0)}
    values, tallies, gradients = [numbers["p"].value], [], []
    for t in range(1, STEPS + 1):
        gradients.append(random.uniform(-1, 1))
        numbers["g"] = Counted(gradients[-1])
        TALLY.clear()
        LOOPS[name](numbers, t)
        tallies.append(dict(TALLY))
        values.append(numbers["p"].value)
    return values, tallies, gradients


def test_every_optimiser_is_run() -> None:
    complete(LOOPS, optimisers(), add="write the loop of one update in LOOPS for")


@pytest.mark.parametrize("name", optimisers())
def test_the_operations_of_the_file_are_those_of_the_loop(name: str) -> None:
    _, tallies, _ = run(name)
    stated = {operation: many for operation, many in optimisers()[name].operations.items() if many}
    assert all(tally == stated for tally in tallies)
    assert set(stated) <= set(UPDATES)


@pytest.mark.torch
@pytest.mark.parametrize("name", optimisers())
def test_the_loop_gives_torchs_parameters_and_keeps_as_many_numbers(name: str) -> None:
    import torch

    values, _, gradients = run(name)
    kind, words = IN_TORCH[name.removesuffix("+decay")]
    words = words | ({"weight_decay": DECAY} if name.endswith("+decay") else {})
    parameter = torch.nn.Parameter(torch.full((5,), values[0], dtype=torch.float64))
    optimiser = getattr(torch.optim, kind)([parameter], **words)
    for gradient, value in zip(gradients, values[1:], strict=True):
        parameter.grad = torch.full_like(parameter, gradient)
        optimiser.step()
        assert parameter.tolist() == pytest.approx([value] * 5, rel=1e-9)
    kept = [x for x in optimiser.state[parameter].values() if isinstance(x, torch.Tensor) and x.shape == parameter.shape]
    assert len(kept) == optimisers()[name].state


def test_sixteen_bytes_for_a_parameter() -> None:
    """ZeRO (2020), section 3.1: 2 + 2 + 12 in mixed precision with Adam; in 32 bits 4 + 4 + 8."""
    for name in ("mixed", "fp32"):
        kept = precisions()[name]
        state = kept.bytes("copy") + optimisers()["adam"].state * kept.bytes("state")
        assert kept.bytes("weights") + kept.bytes("gradients") + state == 16
    assert precisions()["mixed"].bytes("copy") + 2 * precisions()["mixed"].bytes("state") == 12


@pytest.mark.parametrize(
    ("optimiser", "precision", "told"),
    [
        ("adan", "", "unknown optimiser 'adan'"),
        ("adamw+decay", "", "its steps include decay already: adamw"),
        ("adam", "fp23", "unknown precision 'fp23'"),
    ],
)
def test_unknown_names(optimiser: str, precision: str, told: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        regime(optimiser, precision)
    assert told in str(caught.value)


@pytest.mark.parametrize("name", [name for name in optimisers() if "+" not in name])
def test_the_page_has_the_files_figures(name: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "training.md").read_text()
    (line,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    found = optimisers()[name]
    figures = [str(found.operations[operation] or "") for operation in UPDATES]
    assert [cell.strip() for cell in line.split("|")[3:-1]] == [*figures, str(found.state)]
