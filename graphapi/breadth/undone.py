"""Giving up on an operation, so that graphql-core does it."""

from __future__ import annotations


class UndoneError(Exception):
    """Something that breadth-first execution leaves to graphql-core; it is never shown."""
