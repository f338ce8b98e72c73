"""What an engine's refusal of a statement means."""

from __future__ import annotations

from cypher.errors import LimitError, QueryError, QueryTimeoutError

_TIMED_OUT = ("TransactionTimedOut", "Interrupted")
_NO_MEMORY = ("MemoryPoolOutOfMemory", "OutOfMemory", "Unable to allocate memory", "bad_alloc")


def refused(message: str, signs: str, *, seconds: float) -> QueryError:
    """The error of a statement that may take `seconds`: `signs` says of what kind it is.

    That is the engine's code, or where it has none, its message.
    """
    if any(words in signs for words in _TIMED_OUT):
        return QueryTimeoutError(f"the statement took longer than {seconds:g} s.")
    if any(words in signs for words in _NO_MEMORY):
        said = f"the statement needs more memory than the engine has for it ({message})."
        return LimitError(said, "memory")
    return QueryError(message)


def refused_with(error: RuntimeError, seconds: float) -> QueryError:
    """As `refused`, of an engine that has a message and no code."""
    message = " ".join(str(error).split())
    said_first, _, _ = message.partition("'")  # behind it stands what the user wrote
    return refused(message, said_first, seconds=seconds)
