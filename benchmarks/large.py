"""Measures large networks, as ratios within one run: python benchmarks/large.py [--check].

ResNet-152 against torchinfo's summary of torchvision's, each a whole process (needs torch, torchvision and torchinfo; left out
where they are missing); 5,000 layers against 500; the time of ResNet-152's full PDF; the peak memory of reading network files.
"""

import importlib.util
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from timing import one_count, process, timed

import worksheet as ws

RUNS = 5
READ = (
    "import sys, worksheet as ws; ws.render(ws.summary(ws.derive(ws.read(sys.argv[1], sys.argv[2] or None, regions=300))), 'md')"
)


def deep(layers: int) -> ws.Network:
    """Residual blocks of five layers, of ever new widths, so that few layers are alike."""
    net = ws.Builder(f"deep-{layers}", (16, 64, 64))
    for block in range(layers // 5):
        trunk = net.add("Conv2d", c=16 + block % 97, w=1)
        net.add("BatchNorm")
        net.add("ReLU")
        branch = net.add("Conv2d", c=16 + block % 97, w=3, p=1)
        net.add("Add", trunk, branch)
    return net.network()


def torchinfo_summary() -> None:
    if not one_count("torchinfo", "resnet152", "cpu", 0).get("total"):
        raise RuntimeError("torchinfo gives no figure")


def against_torchinfo(folder: Path) -> list[tuple[str, float, list[float]]]:
    if not all(importlib.util.find_spec(name) for name in ("torch", "torchvision", "torchinfo")):
        return []
    summary = process("-m", "worksheet.cli", "solve", "zoo:resnet152-caffe", "--summary", "-o", folder / "summary.md")
    full = process("-m", "worksheet.cli", "solve", "zoo:resnet152-caffe", "-o", folder / "full.md")
    times = [(timed(torchinfo_summary), timed(summary), timed(full)) for _ in range(RUNS + 1)][1:]
    return [
        ("summary of resnet-152 to torchinfo's", 1 / 8, [ours / other for other, ours, _ in times]),
        ("worked md of resnet-152 to torchinfo's summary", 1 / 4, [ours / other for other, _, ours in times]),
    ]


def growth() -> tuple[str, float, list[float]]:
    small, large = deep(500), deep(5000)

    def solve(net: ws.Network) -> Callable[[], object]:
        return lambda: ws.render(ws.derive(net), "md")

    solve(small)()
    pairs = [(timed(solve(small)), timed(solve(large))) for _ in range(RUNS)]
    return "5,000 layers to 500", 12.0, [many / few for few, many in pairs]


def peaks(folder: Path) -> list[tuple[str, float, list[float]]]:
    """The peak memory of a process that reads and summarises each of the tests' network files, in MB."""
    # not ru_maxrss: a child process takes it over from the process that starts it
    program = f"{READ}; print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    sizes = []
    for path, size in network_files(folder).items():
        run = subprocess.run([sys.executable, "-c", program, str(path), size], capture_output=True, text=True, check=True)
        sizes.append(int(run.stdout) / 1024)
    return [("peak memory of reading a network file, MB", 250.0, sizes)]


def network_files(folder: Path) -> dict[Path, str]:
    """The tests' network files, with the input of those that leave it open."""
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from tests.readers.network_facts import CAFFE, GRAPHS, SIDES, graph, prototxt

    files = {f"{name}.prototxt": prototxt(name).encode() for name in CAFFE}
    if importlib.util.find_spec("onnx"):
        files |= {f"{name}.onnx": graph(name) for name in GRAPHS}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    sizes = {f"{name}.prototxt": "x".join(map(str, SIDES.get(name, (3, 224, 224)))) for name in CAFFE}
    return {folder / name: sizes.get(name, "") for name in files}


def measure() -> list[tuple[str, float, list[float]]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = against_torchinfo(folder)
        pdf = process("-m", "worksheet.cli", "solve", "zoo:resnet152-caffe", "-o", folder / "full.pdf")
        found.append(("PDF of resnet-152, seconds", 10.0, [timed(pdf) for _ in range(RUNS)]))
        return [*found, growth(), *peaks(folder)]


if __name__ == "__main__":
    results = measure()
    for name, bound, values in results:
        print(f"{name:<48} median {statistics.median(values):8.3f}  largest {max(values):8.3f}  bound {bound:g}")
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {children:.0f} MB")
    if "--check" in sys.argv:
        sys.exit(any(statistics.median(values) > bound for _, bound, values in results))
