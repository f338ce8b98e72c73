"""What can go wrong between a graph and a client.

Exception
└── ApiError
    ├── ServeError      the server cannot start
    └── UserError       a request asks for what cannot be; it carries a code for the client
"""

from __future__ import annotations


class ApiError(Exception):
    """Base of every error that this package raises."""


class ServeError(ApiError):
    """The server cannot start."""


class UserError(ApiError):
    """A request asks for something that cannot be; the client is told so, with a code."""

    def __init__(self, message: str, code: str = "BAD_USER_INPUT") -> None:
        super().__init__(message)
        self.code = code
