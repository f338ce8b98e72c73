from __future__ import annotations

import logging

import pytest

from ingest.progress import Progress, Silent
from neurocypher.progress import Bars, Lines, progress_for_this_terminal


@pytest.mark.parametrize("progress", [Silent(), Lines(), Bars()])
def test_each_is_a_progress(progress: Progress) -> None:
    assert isinstance(progress, Progress)
    with progress.stage("mine", 3, "documents") as advance:
        advance(1)
        advance(2)
    progress.note("done [sic]")


def test_lines_say_when_a_stage_begins_and_ends(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), Lines().stage("mine", 3, "documents") as advance:
        advance(3)
    assert caplog.messages[0] == "mine: 3 documents"
    assert caplog.messages[1].startswith("mine: 3 documents in ")


def test_lines_say_rate_and_time_left(caplog: pytest.LogCaptureFixture) -> None:
    times = iter([0.0, 5.0, 6.0, 20.0, 20.0, 20.0])
    lines = Lines(clock=lambda: next(times))
    with caplog.at_level(logging.INFO), lines.stage("mine", 100, "documents") as advance:
        advance(20)
        advance(20)
    assert caplog.messages[1] == "mine: 40 of 100 documents, 2.0/s, 30 s left"


def test_what_is_told_beside_stands_in_bars_and_lines(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    times = iter([0.0, 5.0, 6.0, 20.0, 20.0, 20.0])
    lines = Lines(clock=lambda: next(times))
    with (
        caplog.at_level(logging.INFO),
        lines.stage("layer 0", 100, "calls", lambda: "$0.1250 spent") as advance,
    ):
        advance(20)
        advance(20)
    assert caplog.messages[1] == "layer 0: 40 of 100 calls, 2.0/s, $0.1250 spent, 30 s left"
    with Bars().stage("layer 1", 100, "calls", lambda: "$0.5000 spent") as advance:
        advance(40)
    shown = " ".join(capfd.readouterr().err.split())
    assert "layer 1" in shown
    assert "40/100 calls" in shown
    assert "$0.5000 spent" in shown


def test_a_log_gets_lines() -> None:
    assert isinstance(progress_for_this_terminal(), Lines)
