"""One tool counts one network, in a process of its own: python benchmarks/one_count.py TOOL NETWORK DEVICE [REPEATS].

Prints as JSON what was counted, the seconds of the first count and of the repeats; or why the tool does not run there. Only what
the tool needs is imported, so that the time of the process is the tool's.
"""

import contextlib
import importlib.util
import io
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

SIZE = (3, 224, 224)
NONE = "–"  # the device of what needs no tensors
KEPT: list[object] = []  # what torch forgets when nothing holds it
Counting = Callable[[], dict[str, Any]]  # what a count gives: the figures by the tool's own name of them


def declare_operators() -> None:
    """Where torchvision's compiled part does not fit this torch, its Python part suffices, once the operators are declared."""
    import torch

    spec = importlib.util.find_spec("torchvision")
    compiled = [path for folder in (spec and spec.submodule_search_locations) or () for path in Path(folder).glob("_C.*")]
    try:
        torch.ops.load_library(str(compiled[0]))
    except (IndexError, OSError):
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        KEPT.append(library)


def module(network: str, device: str) -> Any:
    """A network of torchvision, built on the device. To be called before a tool that imports torchvision itself is imported."""
    import torch

    declare_operators()
    import torchvision

    with torch.device(device):
        return getattr(torchvision.models, network)().eval()


def images(device: str) -> Any:
    import torch

    return torch.zeros(1, *SIZE, device=device)


def torchinfo(network: str, device: str) -> Counting:
    net = module(network, device)
    from torchinfo import summary

    return lambda: {"mult-adds": summary(net, (1, *SIZE), device=device, verbose=0).total_mult_adds}


def fvcore(network: str, device: str) -> Counting:
    net, batch = module(network, device), images(device)
    from fvcore.nn import FlopCountAnalysis

    return lambda: {"flops": FlopCountAnalysis(net, batch).unsupported_ops_warnings(enabled=False).total()}


def thop(network: str, device: str) -> Counting:
    net, batch = module(network, device), images(device)
    from thop import profile

    return lambda: {"macs": int(profile(net, (batch,), verbose=False)[0])}


def ptflops(network: str, device: str) -> Counting:
    net = module(network, device)
    from ptflops import get_model_complexity_info

    def count() -> dict[str, Any]:
        macs, _ = get_model_complexity_info(net, SIZE, as_strings=False, print_per_layer_stat=False)
        if macs is None:
            raise RuntimeError("it prints an exception of its own and gives no figure")
        return {"macs": macs}

    return count


def calflops(network: str, device: str) -> Counting:
    net = module(network, device)
    from calflops import calculate_flops

    def count() -> dict[str, Any]:
        flops, macs, _ = calculate_flops(net, (1, *SIZE), print_results=False, output_as_string=False)
        return {"flops": flops, "macs": macs}

    return count


def flop_counter(network: str, device: str) -> Counting:
    net, batch = module(network, device), images(device)
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    def count() -> dict[str, Any]:
        with torch.no_grad(), FlopCounterMode(display=False) as mode:
            net(batch)
        return {"flops": mode.get_total_flops()}

    return count


def from_module(network: str, device: str) -> Counting:
    import worksheet as ws

    net = module(network, device)
    return lambda: {"macs": ws.derive(ws.read(net, input=SIZE)).totals["macs"]}


def from_zoo(network: str, _: str, *, short: bool) -> Counting:
    import worksheet as ws

    def count() -> dict[str, Any]:
        solution = ws.derive(ws.read(f"zoo:{network}-torchvision"))
        ws.render(ws.summary(solution) if short else solution, "md")
        return {"macs": solution.totals["macs"]}

    return count


class Tool(NamedTuple):
    """Its name in print, what must be installed, how a count is made ready, the devices, and its command if a user has one."""

    title: str
    packages: tuple[str, ...]
    prepare: Callable[[str, str], Counting]
    devices: tuple[str, ...] = ("meta", "cpu")
    command: tuple[str, ...] = ()


VISION = ("torchvision", "torch")
OURS = ("worksheet",)
CALFLOPS = ("calflops", "transformers", "accelerate", *VISION)
SOLVE = ("-m", "worksheet.cli", "solve", "zoo:{network}-torchvision", "-o", "{folder}/solution.md")
TOOLS = {
    "torchinfo": Tool("torchinfo", ("torchinfo", *VISION), torchinfo),
    "fvcore": Tool("fvcore", ("fvcore", *VISION), fvcore),
    "thop": Tool("thop", ("thop", *VISION), thop),
    "ptflops": Tool("ptflops", ("ptflops", *VISION), ptflops),
    "calflops": Tool("calflops", CALFLOPS, calflops),
    "flop-counter": Tool("FlopCounterMode", VISION, flop_counter),
    "module": Tool("**worksheet**, the module", (*OURS, *VISION), from_module),
    "summary": Tool("**worksheet**, zoo, summary", OURS, partial(from_zoo, short=True), (NONE,), (*SOLVE, "--summary")),
    "worked": Tool("**worksheet**, zoo, all worked", OURS, partial(from_zoo, short=False), (NONE,), SOLVE),
}


def measure(tool: str, network: str, device: str, repeats: int) -> dict[str, Any]:
    count = TOOLS[tool].prepare(network, device)
    total: dict[str, Any] = {}
    seconds = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        found = count()
        seconds.append(time.perf_counter() - start)
        if total and found != total:
            raise RuntimeError(f"{total} at first and {found} when asked again")
        total = found
    return {"total": total, "first": seconds[0], "later": seconds[1:]}


if __name__ == "__main__":
    tool, network, device, *repeats = sys.argv[1:]
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # some tools talk
            answer = measure(tool, network, device, int(*repeats))
    except (ImportError, TypeError, RuntimeError, ValueError) as error:  # what a tool raises where it cannot run
        answer = {"fault": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer))
