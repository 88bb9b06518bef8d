"""The PyTorch reader: modules and calls, sharing, what cannot be followed, factories and their faults."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import worksheet as ws
from tests.csv_facts import by_first_column
from tests.readers.torch_modules import FUNCTIONS, Written, layers, module
from tests.readers.vision import vision
from worksheet.errors import Faults, WorksheetError
from worksheet.sizes import sized

pytestmark = pytest.mark.torch
COUNTERS = by_first_column("counter_totals.csv")
NORMS = {"LayerNorm", "RMSNorm", "GroupNorm", "InstanceNorm"}  # their sums of squares are MACs, which no counter counts


def counted(net: ws.Network) -> tuple[int, int]:
    """Parameters, each once, and the MACs of all but the normalisations."""
    parameters = macs = 0
    for row in sized(net):
        of = {name: int(row.kind.quantity(name, row.form).at(row.values)) for name in ("weights", "biases", "macs")}
        parameters += 0 if row.node.shares else of["weights"] + of["biases"]
        macs += 0 if row.kind.name in NORMS else of["macs"]
    return parameters, macs


def kinds(net: ws.Network) -> list[str]:
    return [node.kind.name for node in net.nodes]


def names(net: ws.Network) -> list[str]:
    return [node.name for node in net.nodes]


def numbers(made) -> int:
    return sum(parameter.numel() for parameter in made.parameters())


# Modules and calls


@pytest.mark.parametrize(("name", "arguments", "options", "input", "kind"), layers(), ids=lambda value: str(value)[:40])
def test_a_module_of_torch_is_a_row_with_all_its_parameters(name, arguments, options, input, kind):
    made = module(name, *arguments, **options)
    net = ws.read(made, input=[input])
    assert kinds(net) == kind.split()
    assert counted(net)[0] == numbers(made)


@pytest.mark.parametrize("case", FUNCTIONS, ids=lambda case: case.name)
def test_calls_become_rows(case: Written):
    made = case.module()
    net = ws.read(made, input=[case.input])
    assert kinds(net) == case.kinds.split()
    assert counted(net)[0] == numbers(made)


def test_rows_bear_the_modules_names_and_stages():
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 8, 3)
            self.body = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(inplace=True))

        def forward(self, x):
            x = self.stem(x)
            x = x + self.body(x)
            return (x + 1).flatten(1)

    net = ws.read(Net(), input="3x16x16")
    assert [(node.name, node.stage, node.inputs) for node in net.nodes] == [
        ("stem", "", ("input",)),
        ("body.0", "body", ("stem",)),
        ("body.1", "body", ("body.0",)),
        ("add", "", ("stem", "body.1")),
        ("add_2", "", ("add",)),
        ("flatten", "", ("add_2",)),
    ]


def test_a_module_called_twice_is_two_rows_with_one_set_of_parameters():
    from torch import nn

    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, padding=1)
            self.norm = nn.BatchNorm2d(3)

        def forward(self, x):
            return self.norm(self.conv(self.norm(self.conv(x))))

    net = ws.read(Twice(), input="3x8x8")
    assert [(node.name, node.shares) for node in net.nodes] == [
        ("conv", ""), ("norm", ""), ("conv_2", "conv"), ("norm_2", "norm")
    ]  # fmt: skip
    assert counted(net)[0] == numbers(Twice())


@pytest.mark.parametrize("bias", [False, True])
def test_tied_weights_are_counted_once(bias: bool):
    from torch import nn

    class Language(nn.Module):
        def __init__(self):
            super().__init__()
            self.wte = nn.Embedding(50, 16)
            self.lm_head = nn.Linear(16, 50, bias=bias)
            self.lm_head.weight = self.wte.weight

        def forward(self, tokens):
            return self.lm_head(self.wte(tokens))

    made = Language()
    net = ws.read(made, input="7")
    assert kinds(net) == ["Embedding", "Linear"] + ["Bias"] * bias
    assert net.nodes[1].shares == "wte"
    assert counted(net) == (numbers(made), 7 * 16 * 50)


def test_several_inputs_go_to_the_forward_pass_in_order():
    from torch import nn

    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(50, 4)

        def forward(self, image, tokens):
            return image.mean((2, 3)).unsqueeze(1) + self.words(tokens)

    net = ws.read(Two(), input="4x8x8,7")
    assert dict(net.further) == {"tokens": (7,)}
    assert kinds(net) == ["Mean", "Reshape", "Embedding", "Add"]
    with pytest.raises(WorksheetError, match="takes 2: image, tokens"):
        ws.read(Two(), input="4x8x8,7,9")


def test_parameters_that_the_forward_pass_does_not_read_are_named():
    net = ws.read(Written("", lambda self, x: x + 1, (4,), "", {"p": (3, 5)}).module(), input="4")
    assert net.notes == ("The forward pass does not read 1 parameter tensor (15 elements), in: p.",)


# The module stays as it is


def test_the_users_module_is_left_as_it_was():
    import torch
    from torch import nn

    class Caches(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(6, 6)
            self.norm = nn.BatchNorm1d(6)
            self.mask = None
            self.register_buffer("seen", torch.zeros(1, 6))

        def forward(self, x):
            if self.mask is None:
                self.mask = torch.ones_like(x)
            self.seen.add_(x)
            return self.norm(self.fc(x)) * self.mask

    made = Caches().train()
    made.fc.eval()
    before = {key: value.clone() for key, value in made.state_dict().items()}
    identities = [id(parameter) for parameter in made.parameters()]
    state = torch.random.get_rng_state()
    ws.read(made, input="6")
    assert made.training
    assert not made.fc.training
    assert made.mask is None
    assert [id(parameter) for parameter in made.parameters()] == identities
    assert all(torch.equal(before[key], value) for key, value in made.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)
    assert made.eval()(torch.zeros(1, 6)).shape == (1, 6)


def test_the_users_module_is_left_as_it_was_when_it_fails():
    from torch import nn

    made = nn.Sequential(nn.Linear(6, 6), nn.Linear(5, 5)).train()
    with pytest.raises(WorksheetError, match="forward pass of Sequential fails: RuntimeError"):
        ws.read(made, input="6")
    assert made.training
    assert not made[0].weight.is_meta


# What cannot be followed


def test_calls_that_no_kind_stands_for_are_named_all_at_once_with_their_lines():
    import torch

    def forward(self, x):
        y = torch.cumsum(x, 1)
        z = torch.fft.fft(x).real
        return y + z

    made = Written("", forward, (4, 6), "").module()
    with pytest.raises(Faults) as caught:
        ws.read(made, input="4x6")
    first, second = caught.value.faults
    start = forward.__code__.co_firstlineno
    assert first.message == "cumsum cannot be followed: no kind of layer describes it"
    assert second.message.startswith("fft.fft cannot be followed")
    assert [fault.where.line for fault in (first, second)] == [start + 1, start + 2]
    assert first.where.file.endswith("test_torch.py")
    assert first.where.text.strip() == "y = torch.cumsum(x, 1)"
    assert "did you mean sum" in first.hint
    assert "conv2d" in second.hint  # the list of what is known


def test_skip_unknown_passes_them_over_and_says_so():
    import torch

    made = Written("", lambda self, x: torch.cumsum(x, 1).relu(), (4, 6), "").module()
    net = ws.read(made, input="4x6", skip_unknown=True)
    assert kinds(net) == ["Gather", "ReLU"]
    (note,) = net.notes
    assert note.startswith("Skipped, so not counted: cumsum cannot be followed")
    assert "test_torch.py" in note


@pytest.mark.parametrize(
    ("forward", "asks"),
    [
        (lambda self, x: x * x.max().item(), "item"),
        (lambda self, x: x if x.sum() > 0 else -x, "bool"),
        (lambda self, x: x * x.tolist()[0], "tolist"),
        (lambda self, x: x[x > 0], "getitem"),
    ],
)
def test_what_depends_on_data_is_named_with_its_line(forward, asks):
    with pytest.raises(WorksheetError, match=asks) as caught:
        ws.read(Written("", forward, (4,), "").module(), input="4")
    assert caught.value.where.line == forward.__code__.co_firstlineno


def test_numbers_that_the_model_makes_itself_may_be_asked_for():
    import torch

    made = Written("", lambda self, x: x * torch.linspace(0, 1, 5)[2].item(), (4,), "").module()
    assert kinds(ws.read(made, input="4")) == ["MulScalar"]


def test_a_change_through_another_view_is_not_overlooked():
    def forward(self, x):
        x.view(-1).add_(1)
        return x.relu()

    with pytest.raises(WorksheetError, match="changed through another view"):
        ws.read(Written("", forward, (4, 6), "").module(), input="4x6")


def test_compiled_functions_and_functions_with_their_own_gradient_are_followed():
    import torch

    class Own(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * torch.sigmoid(x)

    compiled = torch.jit.script(_swish)
    for function in (Own.apply, compiled):
        made = Written("", lambda self, x, function=function: function(x), (4,), "").module()
        assert kinds(ws.read(made, input="4")) == ["Sigmoid", "Mul"]


def _swish(x):
    return x * x.sigmoid()


def test_compiled_modules_and_lazy_layers_are_refused():
    import torch
    from torch import nn

    with pytest.raises(WorksheetError, match="RecursiveScriptModule cannot be followed"):
        ws.read(torch.jit.script(nn.Sequential(nn.Linear(3, 3))), input="3")
    with pytest.raises(WorksheetError, match="has no shape yet"):
        ws.read(nn.LazyLinear(3), input="3")


def test_the_input_must_be_given():
    with pytest.raises(WorksheetError, match="shape of the input is not known") as caught:
        ws.read(module("ReLU"))
    assert "--input 3x224x224" in caught.value.hint


# Factories

FACTORY = """
import torch
from torch import nn

class Block(nn.Module):
    def __init__(self, width, depth=3):
        super().__init__()
        rates = [rate.item() for rate in torch.linspace(0, 0.1, depth)]
        self.parts = nn.ModuleList([nn.Linear(width, width) for _ in rates])
        position = torch.arange(width).unsqueeze(1) * torch.ones(1, width)
        self.register_buffer("table", torch.zeros(width, width))
        self.table[:, 0::2] = torch.sin(position[:, 0::2])

    def forward(self, x):
        for part in self.parts:
            x = part(x).relu()
        return x

def make(width=8, **options):
    return Block(width, **options)

def big():
    return nn.Linear(10**6, 10**6)  # four terabytes, had it numbers

def broken():
    raise ValueError("no\\nweights")

def number():
    return 3

class Holder:
    net = nn.Linear(2, 3)

def wrong():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(7, 2))
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mynet.py").write_text(FACTORY)
    (tmp_path / "bad.py").write_text("import torch\nx = 1 +\n")
    (tmp_path / "gone.py").write_text("import torch\nimport nothing_of_that_name\n")
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name in {"mynet", "bad", "gone"}:
            del sys.modules[name]


@pytest.mark.parametrize("source", ["mynet:make", "mynet.py:make", "mynet:Block"])
def test_a_factory_makes_the_module_without_numbers(here: Path, source: str):
    path = list(sys.path)
    net = ws.read(source, input="5x8", kwargs={"width": 8, "depth": 2})
    assert names(net) == ["parts.0", "relu", "parts.1", "relu_2"]
    assert net.name == source.split(":")[1]
    assert sys.path == path


def test_a_module_that_no_machine_could_hold(here: Path):
    assert counted(ws.read("mynet:big", input="1000000"))[1] == 10**12


def test_a_module_that_stands_in_a_file(here: Path):
    assert kinds(ws.read("mynet:Holder.net", input="2")) == ["Linear"]


def test_a_wrong_name_is_told_before_a_missing_input(here: Path):
    with pytest.raises(WorksheetError, match="mynet has no 'mkae'"):
        ws.read("mynet:mkae")
    with pytest.raises(WorksheetError, match="the shape of the input is not known"):
        ws.read("mynet:make")


@pytest.mark.parametrize(
    ("source", "message", "hint", "line"),
    [
        ("mynet:mkae", "mynet has no 'mkae'", "did you mean make", None),
        ("nonet:make", "there is no module 'nonet'", "path/to/file.py:factory", None),
        ("nonet.py:make", "no such file", "", None),
        ("mynet:broken", "mynet:broken fails: ValueError: no", "", 26),
        ("mynet:number", "the factory returned an int, not a torch.nn.Module", "torch.nn.Module", None),
        ("mynet:wrong", "the forward pass of wrong fails: RuntimeError", "", None),
        ("bad:make", "bad cannot be imported: SyntaxError", "", 2),
        ("gone:make", "gone cannot be imported: ModuleNotFoundError: No module named 'nothing_of_that_name'", "", 2),
    ],
)
def test_faults_of_a_factory(here: Path, source: str, message: str, hint: str, line: int | None):
    with pytest.raises(WorksheetError) as caught:
        ws.read(source, input="3x8x8")
    fault = caught.value.faults[0]
    assert fault.message.startswith(message)
    assert hint in (fault.hint or "")
    assert line is None or fault.where.line == line


def test_a_solution_of_a_module_can_be_written(here: Path):
    solution = ws.derive(ws.read("mynet:make", input="5x8"))
    assert "parts.0" in ws.render(solution, "md").decode()


# torchvision: parameters as the library has them; MACs as torch's own counter finds them (half its FLOPs)

VISION = {
    "alexnet": (61_100_840, 714_188_480),
    "resnet18": (11_689_512, 1_814_073_344),
    "squeezenet1_0": (1_248_424, 818_924_576),
    "mobilenet_v2": (3_504_872, 300_774_272),
    "densenet121": (7_978_856, 2_834_161_664),
    "convnext_tiny": (28_589_128, 4_455_531_264),
    "vit_b_16": (86_567_656, 17_563_828_224),
    "swin_t": (28_288_354, 4_490_566_656),
}
PUBLISHED = ("alexnet", "resnet18", "squeezenet1_0", "mobilenet_v2", "vit_b_16")


@pytest.mark.parametrize("name", VISION)
def test_models_of_torchvision(name: str):
    vision()
    net = ws.read(f"torchvision.models:{name}", input="3x224x224")
    assert counted(net) == VISION[name]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_figures_above_are_those_of_the_counters(name: str):
    line = COUNTERS[name]
    assert VISION[name] == (int(line["params"]), int(line["torch-flop-counter"]) / 2)


def test_heads_that_only_training_runs_are_named():
    vision()
    net = ws.read("torchvision.models:googlenet", input="3x224x224", kwargs={"init_weights": False})
    assert counted(net) == (6_624_904, 1_498_376_192)
    assert "6,379,984 elements" in net.notes[-1]
    assert "aux1, aux2" in net.notes[-1]


def test_outputs_by_name():
    vision()
    options = {"weights_backbone": None}
    net = ws.read("torchvision.models.segmentation:fcn_resnet50", input="3x224x224", kwargs=options)
    assert counted(net) == (32_957_013, 26_484_498_432)


def test_a_detector_says_where_it_asks_for_data():
    vision()
    options = {"weights_backbone": None}
    with pytest.raises(WorksheetError, match="only a real input has"):
        ws.read("torchvision.models.detection:ssd300_vgg16", input="3x300x300", kwargs=options)
