"""Work over students: the same results whatever runs it, nothing lost, memory bounded."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from worksheet.errors import OutputError, WorksheetError
from worksheet.homework.workers import DIED, SLAB, check, run

ITEMS = list(range(100))


def listening() -> None:
    """A program that was started in the background is deaf to Ctrl-C, and so are those that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def squared(number: int) -> int:
    return number * number


def fails(number: int) -> int:
    if number == 7:
        raise ValueError("seven")
    return number


def flaky(given: tuple[str, int]) -> int:
    """Fails the first time."""
    folder, number = given
    mark = Path(folder, str(number))
    if number == 3 and not mark.exists():
        mark.touch()
        raise OSError("not yet")
    return number


def dies(number: int) -> int:
    if number == 7:
        os._exit(3)
    return number * 2


def dies_once(given: tuple[str, int]) -> int:
    folder, number = given
    mark = Path(folder, str(number))
    if number == 3 and not mark.exists():
        mark.touch()
        os._exit(3)
    return number


def outcomes(work, items, **options):
    return [(o.item, o.value, o.failure) for o in run(work, items, **options)]


@pytest.fixture(scope="module")
def cluster():
    """A real scheduler and two workers on loopback, in processes of their own."""
    pytest.importorskip("distributed")
    import dask
    from distributed import LocalCluster

    dask.config.set({"distributed.scheduler.allowed-failures": 1})  # by default three workers die of a task before it is given up
    folder = Path(__file__).resolve().parents[2]
    old = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), old]))
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, scheduler_port=0
    ) as found:
        yield {"backend": "dask", "scheduler": found.scheduler_address}
    if old is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = old


@pytest.fixture(params=["one", "two", "cluster"])
def machine(request):
    if request.param == "cluster":
        return request.getfixturevalue("cluster")
    return {"jobs": {"one": 1, "two": 2}[request.param]}


def test_results_are_in_order_and_equal(machine) -> None:
    assert outcomes(squared, iter(ITEMS), **machine) == [(n, n * n, "") for n in ITEMS]


def test_a_failure_is_told_and_stops_no_other(machine) -> None:
    found = list(run(fails, ITEMS, **machine))
    assert [o.value for o in found] == [None if n == 7 else n for n in ITEMS]
    assert [o.item for o in found if not o.is_done] == [7]
    assert "ValueError: seven" in found[7].failure
    assert found[7].tries == 2


def test_what_fails_once_is_tried_again(machine, tmp_path: Path) -> None:
    found = list(run(flaky, [(str(tmp_path), n) for n in range(10)], **machine))
    assert [o.value for o in found] == list(range(10))
    assert found[3].tries == 2


@pytest.mark.parametrize("where", ["two", "cluster"])
def test_a_process_that_dies_loses_nothing(where: str, request, tmp_path: Path) -> None:
    machine = request.getfixturevalue("cluster") if where == "cluster" else {"jobs": 2}
    found = list(run(dies, range(40), **machine))
    assert [o.value for o in found] == [None if n == 7 else 2 * n for n in range(40)]
    assert found[7].failure == DIED
    again = list(run(dies_once, [(str(tmp_path), n) for n in range(12)], **machine))
    assert [o.value for o in again] == list(range(12))
    assert not any(o.failure for o in again)


def test_only_so_many_items_are_taken_ahead(machine) -> None:
    taken = 0

    def source():
        nonlocal taken
        for n in range(10_000):
            taken += 1
            yield n

    results = run(squared, source(), **machine)
    for _ in range(5):
        next(results)
    assert taken <= 2 * SLAB + 5
    results.close()


def test_each_outcome_is_told() -> None:
    told = []
    list(run(squared, [1, 2], on_done=told.append))
    assert [o.value for o in told] == [1, 4]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"backend": "dsk"}, "did you mean dask"),
        ({"backend": "dask"}, "--scheduler"),
        ({"scheduler": "tcp://x:1"}, "--backend dask"),
        ({"jobs": -1}, "0 for one per core"),
    ],
)
def test_options_that_cannot_work(options, says: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        check(**options)
    assert says in str(caught.value)


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("worksheet.homework.workers.SECONDS", 1)
    with pytest.raises(WorksheetError, match="no scheduler answers"):
        list(run(squared, ITEMS, backend="dask", scheduler="tcp://127.0.0.1:9"))


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(WorksheetError) as caught:
        list(run(squared, ITEMS, backend="dask", scheduler="tcp://127.0.0.1:9"))
    assert caught.value.hint == "pip install distributed"


PROGRAM = """
import time
from worksheet.homework.workers import run
def slow(n):
    time.sleep(0.2)
    return n
if __name__ == "__main__":
    try:
        for outcome in run(slow, range(1000), jobs=JOBS):
            print(outcome.value, flush=True)
    except KeyboardInterrupt:
        print("stopped", flush=True)
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_stops_cleanly(jobs: int, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.replace("JOBS", str(jobs)))
    run = subprocess.Popen(
        [sys.executable, program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=listening,
    )
    assert run.stdout.readline() == "0\n"
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all processes
    out, err = run.communicate(timeout=90)  # all thousand items take 100 s and more
    assert out.endswith("stopped\n")
    assert "Traceback" not in err
    assert run.returncode == 0
    assert len(out.splitlines()) < 100


def full(_: int) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_ends_the_run_with_one_message(jobs: int) -> None:
    with pytest.raises(OutputError, match="a temporary file cannot be written: No space left on device"):
        list(run(full, range(12), jobs=jobs))
