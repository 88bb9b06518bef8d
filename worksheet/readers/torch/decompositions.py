"""Calls that consist of others: each is decomposed into torch's own calls, whose rows replace it."""

from collections.abc import Callable
from typing import Any

from worksheet.readers.torch.call import CallRule, TorchCall


def decompose(body: Callable[..., Any], names: str = "input") -> CallRule:
    """The rule of a call that consists of others. ``names`` are torch's names of the first arguments of ``body``."""

    def handler(call: TorchCall) -> None:
        options = dict(call.kwargs)
        further = [options.pop(name) for name in names.split()[len(call.args) :] if name in options]
        call.alias_of(call.trace_calls(body, *call.args, *further, **options))

    return CallRule(handler, names)


def _scale(x: Any, factor: Any) -> Any:
    return x if factor == 1 else x * factor


def _add_product(c: Any, a: Any, b: Any, *, beta: Any = 1, alpha: Any = 1, **_: Any) -> Any:
    """beta c + alpha a b; if beta is 0, c is not read."""
    product = _scale(a @ b, alpha)
    return product if beta == 0 else _scale(c, beta) + product


def _glu(x: Any, dim: int = -1) -> Any:
    values, gates = x.chunk(2, dim)
    return values * gates.sigmoid()


def _norm(x: Any, p: Any = 2, dim: Any = None, keepdim: bool = False, **_: Any) -> Any:
    over = {"dim": dim, "keepdim": keepdim} if dim is not None else {}
    if p in (2, 2.0, "fro", None):
        return (x * x).sum(**over).sqrt()
    return x.abs().sum(**over) if p == 1 else x.abs().pow(p).sum(**over).pow(1 / p)


def _norm_of_order(x: Any, order: Any = 2, dim: Any = None, keepdim: bool = False, **options: Any) -> Any:
    return _norm(x, options.get("ord", order), dim, keepdim)


def _var(x: Any, dim: Any = None, unbiased: bool = True, keepdim: bool = False, **_: Any) -> Any:
    axes = tuple(range(x.dim())) if dim is None or isinstance(dim, bool) else dim
    centred = x - x.mean(axes, keepdim=True)
    divisor = max(1, x.numel() - int(unbiased))  # its value does not matter: it is one division
    return (centred * centred).sum(axes, keepdim=keepdim) / divisor


def _mean_beside(spread: Any, x: Any, dim: Any, keepdim: bool = False, **_: Any) -> Any:
    return spread, x.mean(dim, keepdim=keepdim)


def _cosine(a: Any, b: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    return (a * b).sum(dim) / (_norm(a, 2, dim).clamp_min(eps) * _norm(b, 2, dim).clamp_min(eps))


def _weight_norm(v: Any, g: Any, dim: int = 0) -> Any:
    return v * (g / _norm(v, 2, tuple(axis for axis in range(v.dim()) if axis != dim), keepdim=True))


def _logit(x: Any) -> Any:
    return (x / (1 - x)).log()


def _tensordot(a: Any, b: Any, dims: Any = 2, **_: Any) -> Any:
    """The last axes of one with the first axes of the other, or the axes listed for each."""
    first, second = (range(a.dim() - dims, a.dim()), range(dims)) if isinstance(dims, int) else dims
    inner = [axis % a.dim() for axis in first], [axis % b.dim() for axis in second]
    outer = [[axis for axis in range(x.dim()) if axis not in axes] for x, axes in zip((a, b), inner, strict=True)]
    shape = [x.shape[axis] for x, axes in zip((a, b), outer, strict=True) for axis in axes]
    rows = a.permute(*outer[0], *inner[0]).flatten(len(outer[0]))
    columns = b.permute(*inner[1], *outer[1])
    return (rows @ columns.reshape(rows.shape[-1], -1)).reshape(shape)


OPERANDS = {  # of calls that take more than one tensor
    **dict.fromkeys(["cosine_similarity", "cdist", "pairwise_distance"], "x1 x2"),
    **dict.fromkeys(["addcmul", "addcdiv"], "input tensor1 tensor2"),
    **dict.fromkeys(["outer", "ger"], "input vec2"),
    "addmm": "input mat1 mat2",
    "addmv": "input mat vec",
    "baddbmm": "input batch1 batch2",
    "lerp": "input end weight",
    "inner": "input other",
    "tensordot": "a b",
}
BODIES: dict[str, Callable[..., Any]] = {
    "glu": _glu,
    "softmin": lambda x, dim=None, **_: (-x).softmax(dim),
    "softsign": lambda x: x / (x.abs() + 1),
    "tanhshrink": lambda x: x - x.tanh(),
    "rsqrt": lambda x: 1 / x.sqrt(),
    "log1p": lambda x: (x + 1).log(),
    "logit": lambda x, eps=None: _logit(x if eps is None else x.clamp(eps, 1 - eps)),
    "softshrink": lambda x, lambd=0.5: x - x.clamp(-lambd, lambd),
    "inner": lambda a, b: a @ b.mT,
    "tensordot": _tensordot,
    "cdist": lambda a, b, p=2.0, **_: _norm(a.unsqueeze(-2) - b.unsqueeze(-3), p, -1),
    "pairwise_distance": lambda a, b, p=2.0, eps=1e-6, keepdim=False: _norm(a - b + eps, p, -1, keepdim),
    "expm1": lambda x: x.exp() - 1,
    "square": lambda x: x**2,
    "var": _var,
    "std": lambda x, dim=None, **options: _var(x, dim, **options).sqrt(),
    "std_mean": lambda x, dim=None, **options: _mean_beside(_var(x, dim, **options).sqrt(), x, dim, **options),
    "erfc": lambda x: 1 - x.erf(),
    "var_mean": lambda x, dim=None, **options: _mean_beside(_var(x, dim, **options), x, dim, **options),
    "norm": _norm,
    "linalg.norm": _norm_of_order,
    "linalg.vector_norm": _norm_of_order,
    "normalize": lambda x, p=2.0, dim=1, eps=1e-12, **_: x / _norm(x, p, dim, keepdim=True).clamp_min(eps),
    "cosine_similarity": _cosine,
    "logsumexp": lambda x, dim, keepdim=False: (x - x.amax(dim, keepdim=True)).exp().sum(dim, keepdim=keepdim).log(),
    **dict.fromkeys(["addmm", "addmv", "baddbmm"], _add_product),
    "addcmul": lambda c, a, b, *, value=1: c + _scale(a * b, value),
    "addcdiv": lambda c, a, b, *, value=1: c + _scale(a / b, value),
    "lerp": lambda a, b, weight: a + (b - a) * weight,
    **dict.fromkeys(["outer", "ger"], lambda a, b: a.unsqueeze(1) * b),
    "_weight_norm": _weight_norm,
    "_weight_norm_interface": lambda v, g, dim=0: (_weight_norm(v, g, dim), g),
}

DECOMPOSITIONS: dict[str, CallRule] = {name: decompose(body, OPERANDS.get(name, "input")) for name, body in BODIES.items()}
