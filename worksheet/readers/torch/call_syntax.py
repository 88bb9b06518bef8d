"""How a program calls torch: ``F.relu``, ``torch.relu``, ``Tensor.relu``, ``+``; operation counters distinguish these.

torch reports which function is called, which is enough for most calls. It does not report whether ``x + y`` or ``x.add(y)`` was
written, nor by which of its names a function was called. The bytecode of the calling line shows that: its instruction is an
operator or a call, and a call reads its function from some name. Nothing is run or changed to find out.
"""

import dis
import sys
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

SHORT = {"torch.nn.functional.": "F.", "torch.Tensor.": "Tensor.", "torch.functional.": "torch.", "aten.": "torch.ops.aten."}
TWINS = {"torch.spmm": "torch.mm"}  # one object, for which torch lists the rarer name
WITH_PLACES = "_with_indices"  # F.max_pool2d calls a function of this name if it is asked for the positions too
ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "div": "/", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**"}
BINARY = ARITHMETIC | {"matmul": "@", "and": "&", "or": "|", "xor": "^", "lshift": "<<", "rshift": ">>"}
ALONE = {"neg": "-", "pos": "+", "invert": "~", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
METHODS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "floor_divide": "//", "remainder": "%", "matmul": "@"}
OPERATORS = {  # methods that are operators only
    **{f"Tensor.__{side}{name}__": sign for name, sign in BINARY.items() for side in ("", "r")},
    **{f"Tensor.__i{name}__": f"{sign}=" for name, sign in BINARY.items()},
    **{f"Tensor.__{name}__": sign for name, sign in ALONE.items()},
}
EITHER = {  # methods that an operator calls too
    **{f"Tensor.{name}": sign for name, sign in METHODS.items()},
    **{f"Tensor.{name}_": f"{sign}=" for name, sign in METHODS.items()},
    **{f"Tensor.{name}": sign for name, sign in ALONE.items() if name not in {"pos", "invert"}},
    "Tensor.positive": "+",
}
FUNCTIONS, ENGINE = ("F.", "torch."), "torch.ops."
KEPT = "kept "  # before a function that the program has stored under another name: a counter that patches torch later misses it
SIGNS = ("BINARY_", "INPLACE_", "UNARY_", "COMPARE_")  # bytecode instructions of operators


def describe_call(func: Any) -> str:
    """How the running program wrote the call of a torch function that torch is dispatching to this package.

    ``torch.add`` is named ``torch.add``, ``torch.nn.functional.relu`` is ``F.relu``, and ``torch.Tensor.__rsub__`` is ``-``.
    """
    word = qualified_name(func)
    if word in OPERATORS:
        return OPERATORS[word]
    frame, through = _caller()
    word = f"F.{through}" if through else word
    if word in EITHER and not _is_method_call(frame, word.removeprefix("Tensor.")):
        return EITHER[word]
    if frame and word.startswith(FUNCTIONS) and not _is_looked_up(frame, word.rpartition(".")[2]):
        return word if word.startswith(ENGINE) else f"{KEPT}{word}"
    if not through and word in _shared_functions() and _is_read_from_torch(frame, word[2:]):
        return f"torch.{word[2:]}"
    return word


@lru_cache(maxsize=4096)
def qualified_name(func: Any) -> str:
    """torch's name of a function, with the module in which a program finds it."""
    from torch.overrides import resolve_name

    home, name = getattr(func, "__module__", None) or "", getattr(func, "__name__", str(func))
    full_name = str(resolve_name(func) or f"{home}.{name}".lstrip(".")).removesuffix(".__get__").removesuffix(WITH_PLACES)
    if type(func).__module__ == "torch._ops":  # an operation of the engine and, after a second dot, its overload
        return "torch.ops." + ".".join(full_name.split(".")[:2])
    long = next((start for start in SHORT if full_name.startswith(start)), "")
    return TWINS.get(full_name, SHORT.get(long, "") + full_name.removeprefix(long))


@cache
def _shared_functions() -> frozenset[str]:
    """The functions of torch.nn.functional that are the same objects in torch."""
    import torch
    from torch.nn import functional

    both = (name for name, thing in vars(functional).items() if callable(thing) and getattr(torch, name, None) is thing)
    return frozenset(f"F.{name}" for name in both)


@cache
def _homes() -> tuple[str, tuple[str, ...], str]:
    """The files of this package, of torch's dispatch, and of torch.nn.functional."""
    import torch

    between = (torch.overrides.__file__, torch._jit_internal.__file__)  # noqa: SLF001
    return f"{Path(__file__).parents[2]}/", between, torch.nn.functional.__file__


def _caller() -> tuple[FrameType | None, str]:
    """The frame in which the call is written, and the function of torch.nn.functional in between, if torch does not dispatch
    that one itself (``F.sigmoid`` is ``x.sigmoid()``)."""
    package, between, functional = _homes()
    frame: FrameType | None = sys._getframe()  # noqa: SLF001  how logging finds its callers too
    through = ""
    while frame:
        file = frame.f_code.co_filename
        if file == functional:
            through = frame.f_code.co_name
        elif file not in between and not file.startswith(package):
            break
        frame = frame.f_back
    return frame, "" if through.startswith("_") else through.removesuffix(WITH_PLACES)


def _is_method_call(frame: FrameType | None, name: str) -> bool:
    """Whether a frame calls a method of this name, not an operator or a function that uses one (sum, reduce)."""
    if frame is None or frame.f_lasti in _operators(frame.f_code):
        return False
    return any(not isinstance(_value_of(frame, base), ModuleType) for base in _bases(frame.f_code, name))


def _is_read_from_torch(frame: FrameType | None, name: str) -> bool:
    """Whether a frame reads a function of this name from the module torch only."""
    bases = _bases(frame.f_code, name) if frame else frozenset()
    return bool(bases) and all(getattr(_value_of(frame, base), "__name__", "") == "torch" for base in bases)


def _is_looked_up(frame: FrameType, name: str) -> bool:
    """Whether a frame looks up a function of this name (or its in-place form) in a module when it runs."""
    forms = (name, name.rstrip("_"), f"{name}_", f"{name}{WITH_PLACES}")
    bases = {base for form in forms for base in _bases(frame.f_code, form)}
    return any(not base or isinstance(_value_of(frame, base), ModuleType) for base in bases)


def _value_of(frame: FrameType | None, name: str) -> Any:
    """The value of a name in a frame."""
    if frame is None:
        return None
    code = frame.f_code
    is_local = name in code.co_varnames or name in code.co_freevars or name in code.co_cellvars
    return (frame.f_locals if is_local else frame.f_globals).get(name)


@lru_cache(maxsize=4096)
def _operators(code: CodeType) -> frozenset[int]:
    """The offsets of the operators in a function's bytecode."""
    return frozenset(step.offset for step in dis.get_instructions(code) if step.opname.startswith(SIGNS))


@lru_cache(maxsize=4096)
def _bases(code: CodeType, name: str) -> frozenset[str]:
    """The names from which a function reads an attribute; an empty one for anything without a name."""
    steps = [step for step in dis.get_instructions(code) if step.opname != "EXTENDED_ARG"]
    read = [before for before, step in pairwise(steps) if step.opname in {"LOAD_ATTR", "LOAD_METHOD"} and step.argval == name]
    return frozenset(
        step.argval if step.opname.startswith("LOAD_") and "ATTR" not in step.opname and isinstance(step.argval, str) else ""
        for step in read
    )
