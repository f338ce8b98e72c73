"""What can go wrong between a graph and a client.

Exception
└── ApiError
    ├── ServeError      the server cannot start
    └── UserError       a request asks for what cannot be; it carries a code for the client
        └── LimitError  an operation is above one of the server's limits
"""

from __future__ import annotations

TOO_LARGE = "OPERATION_TOO_LARGE"
"""The code of an operation that is above a limit."""


class ApiError(Exception):
    """Base of every error that this package raises."""


class ServeError(ApiError):
    """The server cannot start."""


class UserError(ApiError):
    """A request asks for something that cannot be; the client is told so, with a code."""

    def __init__(self, message: str, code: str = "BAD_USER_INPUT") -> None:
        super().__init__(message)
        self.code = code


class LimitError(UserError):
    """An operation is above a limit; the client is told which one, and by how much."""

    def __init__(self, limit: str, found: int, allowed: int, what: str, advice: str) -> None:
        super().__init__(
            f"the operation {what}; the limit is {allowed}, and this is {found - allowed} above "
            f"it. {advice}",
            code=TOO_LARGE,
        )
        self.limit = limit
        self.found = found
        self.allowed = allowed

    def measured(self) -> dict[str, object]:
        """The same for a program."""
        return {"limit": self.limit, "found": self.found, "allowed": self.allowed}
