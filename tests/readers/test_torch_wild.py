"""The PyTorch reader on modules as people write them: all parameters and MACs against torch's own."""

from __future__ import annotations

import pytest

import worksheet as ws
from tests.readers.test_torch import counted, kinds, numbers
from worksheet.errors import WorksheetError

pytestmark = pytest.mark.torch


def flops(made, *shapes) -> int:
    """MACs as torch counts them: half of its operations, of products of matrices and convolutions alone."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        made.eval()(*(torch.ones(1, *shape) for shape in shapes))
    return counter.get_total_flops() // 2


def agree(made, *shapes) -> ws.Network:
    net = ws.read(made, input=list(shapes))
    assert counted(net) == (numbers(made), flops(made, *shapes))
    return net


def written(forward, **parts):
    """A module of these parts with this forward pass."""
    from torch import nn

    made = type("Made", (nn.Module,), {"forward": forward})()
    for name, part in parts.items():
        setattr(made, name, part)
    return made


# Stored numbers


@pytest.mark.parametrize(("weight", "bias"), [(True, False), (False, True), (True, True), (False, False)])
@pytest.mark.parametrize("norm", ["group_norm", "batch_norm", "instance_norm"])
def test_normalisations_with_a_scale_or_a_shift_alone(norm: str, weight: bool, bias: bool):
    import torch
    from torch.nn import functional as F

    parameters = {name: torch.nn.Parameter(torch.ones(6)) for name, there in (("weight", weight), ("bias", bias)) if there}

    def forward(self, x):
        stored = {"weight": getattr(self, "weight", None), "bias": getattr(self, "bias", None)}
        if norm == "group_norm":
            return F.group_norm(x, 2, **stored)
        statistics = (self.mean, self.var) if norm == "batch_norm" else ()
        return getattr(F, norm)(x, *statistics, **stored)

    made = written(forward, **parameters)
    made.register_buffer("mean", torch.zeros(6))
    made.register_buffer("var", torch.ones(6))
    net = ws.read(made, input="6x5x4")
    assert counted(net)[0] == numbers(made)
    assert kinds(net)[1:] == (["Scale"] if weight else ["Bias"]) * (weight != bias)


@pytest.mark.parametrize(
    ("layer", "shape"), [("Conv1d", (8, 5)), ("Conv2d", (8, 5, 4)), ("Conv3d", (8, 3, 3, 3)), ("Linear", (5, 8))]
)
def test_biases_beside_tied_weights_go_with_the_channels(layer: str, shape):
    from torch import nn

    options = {} if layer == "Linear" else {"kernel_size": 3, "padding": 1}
    a, b = (getattr(nn, layer)(8, 8, **options) for _ in range(2))
    b.weight = a.weight
    net = agree(nn.Sequential(a, b), shape)
    assert kinds(net) == [layer, layer, "Bias"]


def test_weight_norm_of_a_convolution_of_signals_keeps_its_bias():
    from torch import nn
    from torch.nn.utils.parametrizations import weight_norm

    agree(weight_norm(nn.Conv1d(4, 8, 3)), (4, 10))


def test_weights_that_are_a_buffer_are_no_parameters():
    import torch
    from torch import nn

    made = written(lambda self, x: nn.functional.conv2d(self.conv(x), self.blur, groups=4, stride=2), conv=nn.Conv2d(3, 4, 3))
    made.register_buffer("blur", torch.ones(4, 1, 3, 3))
    net = agree(made, (3, 9, 9))
    assert net.nodes[-1].shares == "blur"


def test_a_frozen_normalisation_stores_buffers_alone():
    import torch
    from torch.nn import functional as F

    made = written(lambda self, x: F.batch_norm(x, self.m, self.v, self.w, self.b))
    for name in "mvwb":
        made.register_buffer(name, torch.ones(3))
    assert counted(ws.read(made, input="3x4x4")) == (0, 0)


def test_unregistered_parameters_in_a_plain_list_are_noted():
    from torch import nn

    hidden = [nn.Linear(8, 8), nn.Linear(8, 8)]

    def forward(self, x):
        for layer in hidden:
            x = layer(x)
        return self.out(x)

    net = ws.read(written(forward, out=nn.Linear(8, 2)), input="8")
    assert counted(net)[0] == 18
    assert any(note.startswith("Parameters that the module does not register") for note in net.notes)


def test_notes_of_the_same_kind_are_one_sentence():
    from torch import nn

    norms = nn.Sequential(*(nn.BatchNorm2d(4, track_running_stats=False) for _ in range(12)))
    assert ws.read(norms, input="4x5x5").notes == (
        "BatchNorm without running statistics, so an InstanceNorm of the one sample: 0, 1, 2, 3, 4, 5, 6, 7 and 4 more.",
    )


# Calls


def bodies():
    """Forward passes of 4 rows of 8 numbers with an 8 x 8 matrix ``m``."""
    import torch
    from torch.nn import functional as F

    return {
        "addmm": lambda x, m: torch.addmm(m[0], mat1=x[0], mat2=m, beta=2),
        "addmm_of_nothing": lambda x, m: torch.addmm(m[0], x[0], m, beta=0, alpha=3),
        "baddbmm": lambda x, m: m[None, :4].baddbmm(batch1=x, batch2=m[None]),
        "einsum": lambda x, m: torch.einsum("...i,ij->...j", x, m),
        "einsum_of_itself": lambda x, m: torch.einsum("...i,ij", x, m),
        "tensordot": lambda x, m: torch.tensordot(x, m, dims=([2], [1])),
        "inner": torch.inner,
        "softshrink": lambda x, m: F.softshrink(x @ m),
        "scatter": lambda x, m: (x @ m).scatter(1, torch.zeros(1, 4, 8, dtype=torch.long), 1.0),
        "vstack": lambda x, m: torch.vstack([x[0], m]),
        "erfc": lambda x, m: torch.erfc(x @ m),
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("addmm", "Parameter Gather MulScalar MatMul Add"),
        ("addmm_of_nothing", "Parameter Gather MatMul MulScalar"),
        ("baddbmm", "Parameter MatMul Slice Add"),
        ("einsum", "Parameter Einsum"),
        ("einsum_of_itself", "Parameter Einsum"),
        ("tensordot", "Parameter Permute MatMul"),
        ("inner", "Parameter Permute MatMul"),
        ("softshrink", "Parameter MatMul Clip Sub"),
        ("scatter", "Parameter MatMul Gather"),
        ("vstack", "Parameter Concat"),
        ("erfc", "Parameter MatMul Erf AddScalar"),
    ],
)
def test_calls_made_of_others(name: str, expected: str):
    import torch

    body = bodies()[name]
    made = written(lambda self, x: body(x, self.m), m=torch.nn.Parameter(torch.ones(8, 8)))
    assert sorted(kinds(agree(made, (4, 8)))) == sorted(expected.split())


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "deep"), [(2, 2, 1, 1), (3, 2, 1, 4), (3, 1, 1, 9), (2, 2, 2, 4), ((3, 1), (2, 1), 1, 2)]
)
def test_fold_adds_as_many_numbers_as_windows_can_meet(kernel, stride, dilation, deep: int):
    import torch
    from torch import nn

    size = (9, 8)
    options = {"stride": stride, "dilation": dilation}
    net = ws.read(nn.Sequential(nn.Unfold(kernel, **options), nn.Fold(size, kernel, **options)), input=(2, *size))
    met = nn.functional.fold(nn.functional.unfold(torch.ones(1, 2, *size), kernel, **options), size, kernel, **options)
    assert int(met.max()) == deep  # by running it
    assert kinds(net) == ["Gather", "Gather"] + ["Sum"] * (deep > 1)
    if deep > 1:
        assert net.nodes[-2].hyperparameters["o_2"] == deep


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_a_bag_of_tokens_is_looked_up_and_reduced(mode: str):
    from torch import nn

    made = nn.EmbeddingBag(20, 4, mode=mode)
    net = ws.read(made, input="6")
    assert kinds(net) == ["Embedding", mode.capitalize()]
    assert counted(net)[0] == numbers(made)


def test_unpooling_puts_numbers_back():
    from torch.nn import functional as F

    body = lambda self, x: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2)  # noqa: E731
    assert kinds(ws.read(written(body), input="3x8x8")) == ["MaxPool2d", "Gather"]


# Inputs, and what a forward pass does besides


def test_inputs_by_name_alone():
    from torch import nn

    def by_name(self, x, *, y):
        return self.a(x) + self.b(y)

    def all_by_name(self, *, further=None, x, y):
        return by_name(self, x, y=y)

    for forward in (by_name, all_by_name):
        net = ws.read(written(forward, a=nn.Linear(8, 8), b=nn.Linear(4, 8)), input=[(8,), (4,)])
        assert (net.input, net.further) == ((8,), {"y": (4,)})
        assert counted(net) == (72 + 40, 64 + 32)


def test_a_forward_pass_that_is_a_function_of_torch():
    import torch

    made = torch.nn.Module()
    made.forward = torch.tanh
    assert kinds(ws.read(made, input="8")) == ["Tanh"]


def test_a_forward_pass_that_adds_hooks_or_notes_what_it_sees_leaves_nothing_behind():
    from torch import nn

    def forward(self, x):
        if not getattr(self, "hooked", False):
            self.hooked = True
            self.layer.register_forward_hook(lambda *_: None)
        y = self.layer(x)
        self.seen.append(y)
        return y

    made = written(forward, layer=nn.Linear(8, 8), seen=[])
    ws.read(made, input="8")
    assert not made.seen
    assert not made.layer._forward_hooks
    assert not hasattr(made, "hooked")


@pytest.mark.parametrize(
    ("forward", "input", "message", "hint"),
    [
        (lambda self, x: self.leave(), "8", "SystemExit: 3", ""),
        (lambda self, x, mask: x * mask, "8", "missing 1 required positional argument: 'mask'", "--input"),
        (lambda self, xs: xs[0] + xs[1], "8,8", "2 inputs are given, but the forward pass takes 1: xs", "module that unpacks it"),
        (lambda self, x: x.topk(2)[0], "8", "the number of comparisons of a sort depends on the data", ""),
        (lambda self, x: x if x.sum() > 0 else -x, "8", "reads a number that only a real input has", "on shapes only"),
    ],
)
def test_what_cannot_be_followed_is_reported(forward, input: str, message: str, hint: str):
    def leave():
        raise SystemExit(3)

    with pytest.raises(WorksheetError) as caught:
        ws.read(written(forward, leave=leave), input=input)
    assert message in str(caught.value)
    assert hint in str(caught.value)


def test_traced_modules_are_refused_as_compiled_ones():
    import torch

    with pytest.warns(DeprecationWarning):
        made = torch.jit.trace(torch.nn.Linear(8, 8), torch.ones(1, 8))
    with pytest.raises(WorksheetError, match="cannot be followed"):
        ws.read(made, input="8")


def test_a_fault_of_torch_names_the_layer():
    from torch import nn

    with pytest.raises(WorksheetError) as caught:
        ws.read(nn.Sequential(nn.ReLU(), nn.Conv2d(3, 4, 3)), input="4x8x8")
    assert str(caught.value).startswith("Sequential.1: the forward pass of Sequential fails")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [({}, "missing a required argument: 'width'", "width, depth=2"), ({"wdth": 8}, "wdth|width", "width, depth=2")],
)
def test_the_arguments_of_a_factory_are_checked(tmp_path, monkeypatch, arguments, message: str, hint: str):
    (tmp_path / "factories.py").write_text(
        "import torch\n\n\ndef make(width, depth=2):\n    return torch.nn.Linear(width, depth)\n"
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorksheetError, match=message) as caught:
        ws.read("factories.py:make", input="8", kwargs=arguments)
    assert hint in str(caught.value)
