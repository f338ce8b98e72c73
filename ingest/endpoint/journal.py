"""Every answer on disk before it is used: what was paid for once is not paid for again.

FOLDER/
    answers.jsonl     one answer a line, in the order in which they came
    endpoints.json    what was found out about endpoints and models

A line that a killed process left half-written is no answer; it is cut off.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from ingest.errors import EndpointError
from ingest.explaining.answers import Answer, Said

if sys.platform != "win32":
    import fcntl

_ANSWERS, _ENDPOINTS = "answers.jsonl", "endpoints.json"


def request_key(*parts: object) -> str:
    """What tells a request from another: a hash of all that could change its answer."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer in the journal."""

    answer: Answer
    counted: int | None
    """Tokens counted in the prompt's two messages, without what the endpoint adds to them."""
    endpoint: str
    """What answered: a hash of the endpoint and the model."""


class Journal:
    """The answers in a folder. Only one process at a time may have it open.

    Raises EndpointError if another process has, or a line in the middle is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.prompt_tokens = 0
        self.completion_tokens = 0
        """Of all answers, as the endpoints counted them."""
        self._folder = folder
        self._places: dict[str, tuple[int, int]] = {}
        """Where each answer begins in the file, and how long it is."""
        self._added: dict[str, Counter[int]] = {}
        self._on_disk = 0
        """How much of the file is on the disk for certain."""
        self._syncing: asyncio.Task[None] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = (folder / _ANSWERS).open("ab+")
        if sys.platform != "win32":
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                self._file.close()
                raise EndpointError(
                    f"another process keeps its answers in {folder}. Wait for it, or name another "
                    f"folder with --answers."
                ) from error
        try:
            self._read()
        except EndpointError:
            self._file.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def get(self, key: str) -> Answer | None:
        """The answer to a request, if it has come."""
        if key not in self._places:
            return None
        begin, length = self._places[key]
        self._file.seek(begin)
        return _parsed(self._file.read(length))[1].answer

    async def add(self, key: str, kept: Kept) -> None:
        """Keep an answer; it is on the disk when this returns, and is not given before.

        Answers that come while others are brought to the disk are brought there together, and
        none of it holds up what else is asked.
        """
        line = _line(key, kept)
        begin = self._file.seek(0, os.SEEK_END)
        self._file.write(line)
        self._file.flush()
        end = begin + len(line)
        while self._on_disk < end:
            if self._syncing is None:
                whole = self._file.seek(0, os.SEEK_END)
                self._syncing = asyncio.create_task(self._sync(whole))
            await asyncio.shield(self._syncing)
        self._note(key, kept, begin, len(line))

    async def _sync(self, end: int) -> None:
        """Bring the file, which ends there, to the disk."""
        try:
            await asyncio.to_thread(os.fsync, self._file.fileno())
            self._on_disk = end
        finally:
            self._syncing = None

    def overhead(self, endpoint: str) -> int | None:
        """Tokens that an endpoint adds to the two messages: what it added most often."""
        added = self._added.get(endpoint)
        return added.most_common(1)[0][0] if added else None

    def _note(self, key: str, kept: Kept, begin: int, length: int) -> None:
        self._places[key] = (begin, length)
        self.prompt_tokens += kept.answer.prompt_tokens
        self.completion_tokens += kept.answer.completion_tokens
        if kept.counted is not None:
            added = self._added.setdefault(kept.endpoint, Counter())
            added[kept.answer.prompt_tokens - kept.counted] += 1

    def abilities(self, endpoint: str) -> dict[str, bool]:
        """What was found out about an endpoint."""
        path = self._folder / _ENDPOINTS
        found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        return dict(found.get(endpoint, {}))

    def learn(self, endpoint: str, abilities: dict[str, bool]) -> None:
        """Remember it."""
        path = self._folder / _ENDPOINTS
        found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        temporary = path.with_name(f".{path.name}.tmp")
        temporary.write_text(json.dumps({**found, endpoint: abilities}, indent=1), "utf-8")
        temporary.replace(path)

    def _read(self) -> None:
        self._file.seek(0)
        end = 0
        for number, line in enumerate(self._file, start=1):
            if not line.endswith(b"\n"):
                break
            try:
                key, kept = _parsed(line)
            except (ValueError, KeyError, TypeError) as error:
                raise EndpointError(
                    f"{self._folder / _ANSWERS} line {number} is no answer ({error!r}). Remove "
                    f"the line: its question will be asked again."
                ) from error
            self._note(key, kept, end, len(line))
            end += len(line)
        self._file.truncate(end)


def _line(key: str, kept: Kept) -> bytes:
    answer = kept.answer
    row = {
        "key": key,
        "endpoint": kept.endpoint,
        "counted": kept.counted,
        "text": answer.text,
        "refusal": answer.refusal,
        "finish_reason": answer.finish_reason,
        "said": [[said.text, said.others] for said in answer.said],
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
    }
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _parsed(line: bytes) -> tuple[str, Kept]:
    row: dict[str, Any] = orjson.loads(line)
    answer = Answer(
        row["text"],
        row["refusal"],
        row["finish_reason"],
        tuple(Said(text, others) for text, others in row["said"]),
        row["prompt_tokens"],
        row["completion_tokens"],
    )
    return row["key"], Kept(answer, row["counted"], row["endpoint"])
