"""What can go wrong on the way: the same for the same seed, whatever comes first."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

TROUBLES = ("429", "500", "closed", "timeout", "truncated", "malformed")


@dataclass
class Chaos:
    """Spoils a share of the answers, in every way in turn."""

    share: float
    seed: int = 0
    attempts: Counter[str] = field(default_factory=Counter)
    caused: Counter[str] = field(default_factory=Counter)

    def trouble(self, request: str) -> str | None:
        """What happens to this attempt of a request; None if it is answered."""
        self.attempts[request] += 1
        name = f"{self.seed} {request} {self.attempts[request]}"
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64
        if number >= self.share:
            return None
        found = TROUBLES[int(number / self.share * len(TROUBLES))]
        self.caused[found] += 1
        return found
