"""What a command that was stopped says, and what it does not."""

from __future__ import annotations

import subprocess
import sys

HALF_MADE = """
import neo4j
from neurocypher.failure import ignore_half_made_objects

class Broken:
    def __del__(self):
        raise ValueError("broken")

if {are_ignored}:
    ignore_half_made_objects()
neo4j.Session.__new__(neo4j.Session)
Broken()
"""


def said(*, are_ignored: bool) -> str:
    code = HALF_MADE.format(are_ignored=are_ignored)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ran.stderr


def test_of_a_session_that_was_never_made_nothing_is_said() -> None:
    assert "'Session' object has no attribute '_closed'" in said(are_ignored=False)
    ignoring = said(are_ignored=True)
    assert "Session" not in ignoring
    assert "ValueError: broken" in ignoring
