"""Runs work for many students: in this process, in several, or on a cluster; results come in order, and none is lost."""

from __future__ import annotations

import errno
import signal
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from worksheet.errors import OutputError, WorksheetError, nearest, shown
from worksheet.frozen import frozen

T = TypeVar("T")
R = TypeVar("R")

TRIES = 2  # for an item whose work fails or whose worker dies
SLAB = 32  # items per process that are taken from the source at a time, which bounds the memory
BATCH = 8  # items of one task of a cluster's worker
AHEAD = 3  # batches per worker that are under way on a cluster
SECONDS = 15  # to reach a scheduler
MAX_JOBS = 512
DIED = "the worker process ended before the work was done"
LOCAL, DASK = "local", "dask"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # faults of a disk, which no other item escapes
NO_SPACE = "a temporary file cannot be written"


@frozen
class Outcome(Generic[T, R]):
    """The result for one item: its value, or why there is none after so many tries."""

    item: T
    value: R | None
    failure: str = ""
    tries: int = 1

    @property
    def is_done(self) -> bool:
        return not self.failure


def run(
    work: Callable[[T], R],
    items: Iterable[T],
    *,
    jobs: int = 1,
    backend: str = LOCAL,
    scheduler: str = "",
    on_done: Callable[[Outcome[Any, Any]], None] | None = None,
) -> Iterator[Outcome[T, R]]:
    """Do the work for every item; the outcomes come one by one, in the order of the items.

    ``work`` is a function of a module, so that other processes find it; items and values are pickled, except with one job
    and the local backend, which runs in this process. ``jobs`` is the number of processes, 0 for one per core; a cluster
    (``dask``) has its own number of workers. Few items are taken ahead, so memory stays flat. An item whose work raises, or
    whose process dies, is tried again; its failure is an outcome and does not stop the others. ``on_done`` receives each
    outcome. Raises WorksheetError for an unknown backend, a cluster that cannot be reached, or a disk that is full.
    """
    for outcome in _backend(backend, jobs, scheduler)(work, items, jobs, scheduler):
        if outcome.failure.startswith(NO_SPACE):
            raise OutputError(outcome.failure, hint="finished files are kept; the same command continues")
        if on_done is not None:
            on_done(outcome)
        yield outcome


def check(backend: str = LOCAL, jobs: int = 1, scheduler: str = "") -> None:
    """Refuse options that cannot work, before any work is done. Raises WorksheetError."""
    _backend(backend, jobs, scheduler)


def _backend(backend: str, jobs: int, scheduler: str) -> Backend:
    if backend not in BACKENDS:
        raise WorksheetError(f"unknown backend {shown(backend)}", hint=nearest(backend, BACKENDS))
    if not 0 <= jobs <= MAX_JOBS:
        raise WorksheetError(f"{jobs} processes", hint=f"from 1 to {MAX_JOBS}, or 0 for one per core")
    if backend == DASK and not scheduler:
        raise WorksheetError("a cluster needs its scheduler's address", hint="--scheduler tcp://HOST:8786")
    if backend != DASK and scheduler:
        raise WorksheetError("only a cluster has a scheduler", hint="--backend dask")
    return BACKENDS[backend]


# One item


def _attempt(work: Callable[[T], R], item: T) -> tuple[R | None, str, int]:
    """The value or the failure of one item, and the number of tries."""
    failure = ""
    for tries in range(1, TRIES + 1):
        try:
            return work(item), "", tries
        except Exception as fault:  # whatever it is, the other students' work goes on
            failure = _describe(fault)
    return None, failure, TRIES


def _describe(fault: Exception) -> str:
    """A failure in words: a fault of the user's files as it is, one of the program with its type and place."""
    if isinstance(fault, WorksheetError):
        return str(fault)
    if isinstance(fault, OSError) and fault.errno in FULL:
        return f"{NO_SPACE}: {fault.strerror}"
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__}: {fault} ({Path(last.filename).name}, line {last.lineno})"


def _in_process(work: Callable[[T], R], item: T) -> tuple[R | None, str, int]:
    """The same in a separate process, which leaves Ctrl-C to its parent."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return _attempt(work, item)


# On this machine


def _local(work: Callable[[T], R], items: Iterable[T], jobs: int, _: str) -> Iterator[Outcome[T, R]]:
    if jobs == 1:
        for item in items:
            yield Outcome(item, *_attempt(work, item))
        return
    import joblib

    processes = jobs or joblib.cpu_count()
    source = iter(items)
    while slab := deque(islice(source, max(2, processes) * SLAB)):
        for outcome in _processes(work, slab, max(2, processes)):
            slab.popleft()
            yield outcome
        while slab:  # a process has died: each of the others runs alone, which shows whose work is at fault
            yield _alone(work, slab.popleft())


def _processes(work: Callable[[T], R], slab: Iterable[T], jobs: int) -> Iterator[Outcome[T, R]]:
    """The outcomes of a slab, until a process dies."""
    import joblib

    items = tuple(slab)
    pool = joblib.Parallel(n_jobs=jobs, backend="loky", return_as="generator")
    with _born_without_ctrl_c():
        results = pool(joblib.delayed(_in_process)(work, item) for item in items)
    try:
        for item, result in zip(items, results, strict=True):
            yield Outcome(item, *result)
    except BrokenProcessPool:
        return
    finally:  # no one waits for the rest: the processes are ended
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results.close()


@contextmanager
def _born_without_ctrl_c() -> Iterator[None]:
    """Processes that are started here leave Ctrl-C to this one from their first moment on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _alone(work: Callable[[T], R], item: T) -> Outcome[T, R]:
    """The outcome of one item in a process that does nothing else."""
    import joblib

    for _ in range(TRIES):
        try:
            pool = joblib.Parallel(n_jobs=2, backend="loky")
            ((value, failure, tries),) = pool([joblib.delayed(_in_process)(work, item)])
            return Outcome(item, value, failure, tries + 1)
        except BrokenProcessPool:
            continue
    return Outcome(item, None, DIED, TRIES + 1)


# On a cluster


def _batch(work: Callable[[T], R], items: Sequence[T]) -> list[tuple[R | None, str, int]]:
    return [_attempt(work, item) for item in items]


def _dask(work: Callable[[T], R], items: Iterable[T], _: int, scheduler: str) -> Iterator[Outcome[T, R]]:
    client = _connect(scheduler)
    try:
        source = iter(items)
        under_way: deque[tuple[list[T], Any]] = deque()
        limit = AHEAD * max(1, sum(client.ncores().values()))
        while True:
            while len(under_way) < limit and (batch := list(islice(source, BATCH))):
                under_way.append((batch, client.submit(_batch, work, batch, pure=False)))
            if not under_way:
                return
            batch, future = under_way.popleft()
            yield from _outcomes(client, work, batch, future)
    finally:
        client.close()  # the scheduler forgets what is under way


def _outcomes(client: Any, work: Callable[[T], R], batch: list[T], future: Any) -> Iterator[Outcome[T, R]]:
    """A batch's outcomes; if its worker died, its items run one by one."""
    results = _result(client, future)
    if results is not None:
        yield from (Outcome(item, *result) for item, result in zip(batch, results, strict=True))
        return
    for item in batch:
        again = _result(client, client.submit(_batch, work, [item], pure=False))
        value, failure, tries = again[0] if again else (None, DIED, TRIES)
        yield Outcome(item, value, failure, tries + 1)


def _result(client: Any, future: Any) -> list[Any] | None:
    """The result of a task; None if the scheduler gave it up. Raises WorksheetError if the cluster is gone."""
    try:
        return list(future.result())
    except Exception as fault:
        if client.status != "running":
            hint = "start it again; finished work is kept"
            raise WorksheetError(f"the scheduler is gone: {_describe(fault)}", hint=hint) from None
        return None


def _connect(scheduler: str) -> Any:
    try:
        import distributed
    except ImportError:
        raise WorksheetError("a cluster needs dask.distributed", hint="pip install distributed") from None
    try:
        client: Any = distributed.Client
        return client(scheduler, timeout=SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as fault:
        hint = "start one with: dask scheduler, and on each machine: dask worker ADDRESS"
        raise WorksheetError(f"no scheduler answers at {shown(scheduler)}: {fault}", hint=hint) from None


Backend = Callable[[Callable[[Any], Any], Iterable[Any], int, str], Iterator[Outcome[Any, Any]]]
BACKENDS: dict[str, Backend] = {LOCAL: _local, DASK: _dask}
