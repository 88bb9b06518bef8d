"""The command and the verb: options, figures, formats, faults."""

import json

import pytest

import worksheet as ws
from worksheet.conventions.optimisers import optimisers
from worksheet.errors import WorksheetError

COLUMNS = ["params", "forward", "input_gradient", "weight_gradient", "gradient_sums", "update"]


def tiny() -> ws.Network:
    return ws.network("tiny", (3, 8, 8), ws.layer("Conv2d", c=4, w=3), ws.layer("ReLU"), ws.layer("Linear", k=10))


def by_hand(batch: int) -> dict[str, int]:
    """3 x 8 x 8, 4 kernels of 27 weights at 36 places, ReLU, 144 to 10."""
    places, outputs, n = 36 * batch, 144 * batch, 144
    return {
        "params": 4 * 28 + 10 * 145,
        "forward": outputs * (27 + 27) + 2 * outputs + 10 * batch * (n + n),
        "input_gradient": 2 * outputs + batch * n * (10 + 9),
        "weight_gradient": 4 * 27 * (2 * places - 1) + 4 * (places - 1) + 10 * n * (2 * batch - 1) + 10 * (batch - 1),
        "gradient_sums": 0,
    }


@pytest.mark.parametrize("batch", [1, 7])
@pytest.mark.parametrize("name", optimisers())
def test_by_hand(name: str, batch: int) -> None:
    solution = ws.train(tiny(), name, batch=batch)
    expected = by_hand(batch)
    assert dict(solution.totals) == expected | {"update": optimisers()[name].total * expected["params"]}
    steps = {step.name: step.value for figure in solution.figures for step in figure.steps}
    assert steps["backward"] == expected["input_gradient"] + expected["weight_gradient"]
    assert steps["step"] == steps["backward"] + expected["forward"] + solution.totals["update"]


@pytest.mark.parametrize("name", ["resnet18", "gpt2", "swin-t", "unet", "faster-rcnn-vggvd-pascal", "mobilenet-v1"])
def test_every_step_says_its_value(name: str) -> None:
    solution = ws.train(ws.read(f"zoo:{name}"), "adam", batch=4, precision="mixed", segments=5)
    steps = [step for figure in solution.figures for step in figure.steps]
    steps += [step for row in solution.rows for step in row.columns]
    for step in steps:
        assert step.formula is not None
        assert step.formula.at(step.values) == step.value, step
    assert not any("no rule" in note for note in solution.notes)


def test_what_is_not_needed_is_said() -> None:
    first, second = ws.train(tiny()).rows[:2]
    assert first.columns[2].value == 0
    assert first.columns[2].remark == "not needed: the input depends on no parameter"
    assert not second.columns[2].remark


def test_a_part_that_is_not_needed_is_counted_and_said() -> None:
    net = ws.Builder("half", (4, 6))
    net.add("MatMul", "input", net.add("Parameter", o_1=6, o_2=5))
    assert any("No. 2" in note and "only the gradients of some inputs" in note for note in ws.train(net.network()).notes)


def test_the_command(command) -> None:
    run = command("solve", "zoo:resnet18", "--training", "sgd-momentum", "--batch", 2, "--checkpoint", 4, "-f", "json")
    data = json.loads(run.out)
    assert run.code == 0
    assert data["convention"] == "training"
    assert list(data["totals"]) == COLUMNS
    named = {entry["name"]: entry for entry in data["figures"]}
    assert named["step"]["value"] == sum(data["totals"][name] for name in COLUMNS[1:])
    assert named["step"]["printed"] == []
    assert named["kept"]["value"] == 44_398_080  # what torch 2.13 saves for two images
    assert named["kept"]["printed"] == ["44.40 MB", "42.34 MiB"]
    assert named["checkpointed"]["value"] < named["kept"]["value"]
    assert not data["uncounted"]


@pytest.mark.parametrize("form", ["md", "tex", "txt", "html", "typ", "json", "pdf"])
def test_formats(form: str) -> None:
    solution = ws.train(tiny(), "adam", batch=2, segments=2)
    assert ws.render(solution, form)
    assert ws.render(ws.blank(solution), form)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--precision", "mixed"], "--precision needs --training"),
        (["--checkpoint", "3"], "--checkpoint needs --training"),
        (["--training", "adan"], "did you mean adam"),
        (["--training", "adam", "--precision", "fp23"], "unknown precision 'fp23'"),
        (["--training", "adam", "-c", "ai61002"], "ai61002 does not count training"),
        (["--training", "adam", "--dtype", "fp16"], "--dtype is for inference"),
        (["--training", "adam", "--checkpoint", "300"], "a whole number from 1 to 22, the number of layers"),
        (["-c", "training-memory", "--dtype", "fp16"], "training-memory counts training"),
    ],
)
def test_faults(command, words: list[str], told: str, tmp_path) -> None:
    run = command("solve", "zoo:alexnet-torchvision", *words, "-o", "out.md")
    assert run.code == 2
    assert told in run.err
    assert not list(tmp_path.iterdir())


def test_a_way_of_counting_of_ones_own(tmp_path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "title: Own\nonce: [update]\nbatched: [back]\ncolumns:\n"
        '  back: {Conv2d: input_macs + weights_macs, "*": wanted*input_additions}\n'
        '  update: {"*": (update_multiplications + state)*(weights + biases)}\n'
    )
    solution = ws.train(tiny(), "adam", str(path), batch=3)
    assert solution.totals == {"back": 2 * 3 * 27 * 144 + 3 * 144 * 9, "update": (6 + 8) * (112 + 1450)}
    path.write_text('title: Own\ncolumns: {n: {"*": input_mac}}\n')
    with pytest.raises(WorksheetError, match=r"input_mac'(.|\n)*did you mean input_macs"):
        ws.convention(str(path))


def test_without_an_optimiser_it_is_plain_descent() -> None:
    assert ws.derive(tiny(), "training", batch=2).totals == ws.train(tiny(), "sgd", batch=2).totals
