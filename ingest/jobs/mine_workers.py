"""Mining in several processes: each boots the model and reads a run of shards.

The processes share nothing but the corpus on disk. Each keeps a checkpoint of its own; at the
end these are merged, in a way whose result does not depend on who read what.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Thread

import torch

from ingest.errors import IngestError, WorkerError
from ingest.jobs.mine_pass import Pass, read_shards
from ingest.jobs.settings import Settings
from ingest.jobs.task import Task
from ingest.layers import NeuronLayer
from ingest.mining import state
from ingest.mining.state import Sizes
from ingest.mining.tokens import open_tokens
from ingest.progress import Advance
from ingest.stop import Stop
from ingest.subject import boot, use_threads

_SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is told."""

    settings: Settings
    layers: tuple[NeuronLayer, ...]
    sizes: Sizes
    corpus: Path
    """The folder of the corpus by token id."""
    shards: Sequence[int]
    checkpoint: Path
    threads: int


def read_with_workers(task: Task, sizes: Sizes, shards: Sequence[int], advance: Advance) -> None:
    """Read the shards: afterwards all that was found stands in the checkpoints.

    Raises InterruptedJobError if stopped, WorkerError if a worker ends without having said
    why, and whatever a worker could not cope with.
    """
    n_workers = min(task.settings.workers, len(shards))
    bounds = [len(shards) * worker // n_workers for worker in range(n_workers + 1)]
    orders = [
        Order(
            task.settings, task.layers, sizes, task.work.corpus,
            shards[bounds[worker] : bounds[worker + 1]], task.work.part(worker),
            max(1, torch.get_num_threads() // n_workers),
        )
        for worker in range(n_workers)
    ]  # fmt: skip
    context = multiprocessing.get_context("spawn")
    running: dict[Connection, SpawnProcess] = {}
    try:
        for order in orders:
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(order, theirs), daemon=True)
            process.start()
            theirs.close()  # so that its end is heard when the worker ends
            running[ours] = process
        _follow(running, advance, task.stop)
    except BaseException:
        for process in running.values():
            process.kill()  # what it saved is whole
        raise
    finally:
        for connection, process in running.items():
            process.join()
            connection.close()


def _follow(running: dict[Connection, SpawnProcess], advance: Advance, stop: Stop) -> None:
    """Listen until all workers have ended; when one fails, or on a stop, the others are told."""
    talking, told = set(running), False
    failure: IngestError | None = None
    while talking:
        for connection in wait(list(talking), _SECONDS_BETWEEN_LOOKS):
            assert isinstance(connection, Connection)
            try:
                said: int | IngestError | None = connection.recv()
            except (EOFError, ConnectionResetError):
                said = _lost(running[connection])
            if isinstance(said, int):
                advance(said)
            else:
                talking.discard(connection)
                failure = failure or said
        if (stop.requested or failure is not None) and not told:
            told = True
            for connection in talking:
                with suppress(BrokenPipeError):
                    connection.send(None)
    if failure is not None:
        raise failure


def _lost(process: SpawnProcess) -> WorkerError:
    process.join()
    return WorkerError(
        f"a worker was ended from outside or crashed (exit status {process.exitcode}); what it had "
        f"saved is kept. Give the same command again, with fewer --workers if memory was short."
    )


def _work(order: Order, connection: Connection) -> None:
    """A worker: it says how many tokens it has read, and in the end None or what went wrong."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the terminal's reach all: the job itself tells us
    stop = Stop()
    Thread(target=_listen, args=(connection, stop), daemon=True).start()
    try:
        _read(order, connection.send, stop)
    except IngestError as error:
        connection.send(error)
    else:
        connection.send(None)


def _listen(connection: Connection, stop: Stop) -> None:
    """Wait to be told to stop. Left alone, end at once: the job may have been begun again."""
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)
    stop.requested = True


def _read(order: Order, advance: Advance, stop: Stop) -> None:
    settings = order.settings
    use_threads(order.threads)
    subject = boot(settings.model, settings.device, settings.dtype, saes=settings.saes)
    given = Pass(open_tokens(order.corpus), order.layers, order.sizes, settings.batch_size)
    found = read_shards(subject, given, order.shards, order.checkpoint, advance=advance, stop=stop)
    state.save(found, order.checkpoint)
