"""What a request's head may say, beyond what its parser refuses.

Where servers differ in how they read a head, one behind another can be made to see a request
that the other did not (RFC 9112, 11.2): what is read in two ways is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_FIRST_LINE = re.compile(rb"[A-Z]+ [!\"$-~]+ HTTP/1\.[01]\r\n")
"""A method, a target without blanks, fragment or bytes above ASCII, and a version that is spoken.

Parsers know others, and one form without version (llhttp's issue 877) whose line LF alone ends.
"""

_UPGRADE = re.compile(rb"\nupgrade(?=:)", re.IGNORECASE)


class HeadError(Exception):
    """A head that is not answered."""


def parsable(head: bytes) -> bytes:
    """`head`, with the field `Upgrade` named otherwise.

    There is no other protocol here, and a server that knows none goes on in HTTP/1.1 (RFC 9110,
    7.8), as Java's client expects. The parser would take the body for the other protocol's.
    Raises HeadError if its first line is no request's.
    """
    if not _FIRST_LINE.match(head):
        raise HeadError("no first line of a request")
    return _UPGRADE.sub(rb"\nunheeded-upgrade", head)


def body_length(method: bytes, version: str, headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """How many bytes the body has; None: it comes in chunks.

    `headers` have their names in lower case, and no blanks around their values. Raises HeadError
    if the request is not answered.
    """
    hosts = 0
    lengths: list[bytes] = []
    codings: list[bytes] = []
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name == b"content-length":
            lengths.append(value)
        elif name == b"transfer-encoding":
            codings.append(value.lower())
    if method == b"CONNECT":
        raise HeadError("a tunnel is asked for")
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        raise HeadError(f"{hosts} fields Host")
    if codings:
        if lengths or version == "1.0" or codings != [b"chunked"]:
            raise HeadError("a body that can be read in two ways")
        return None
    if not lengths:
        return 0
    if len(lengths) > 1 or not lengths[0].isdigit():
        raise HeadError("a length that can be read in two ways")
    return int(lengths[0])
