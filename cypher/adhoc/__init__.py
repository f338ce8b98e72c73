"""The door for ad-hoc Cypher: what a statement may be, what it may take, and where it runs.

A statement is read by the guard first (`guard`), which lets through what only reads, in words
that it knows. Then it runs in a process that the operating system holds to limits (`worker`),
and whose answer is counted as it comes. docs/security.md says what that is meant to hold off.
"""

from cypher.adhoc.door import Answer, Door
from cypher.adhoc.guard import admit
from cypher.adhoc.limits import Limits

__all__ = ["Answer", "Door", "Limits", "admit"]
