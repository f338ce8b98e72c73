"""Money: what was spent, and whether another request can be afforded."""

from __future__ import annotations

import asyncio

from ingest.endpoint.settings import Price
from ingest.errors import BudgetError


class Purse:
    """What answers cost so far. Nothing is asked for that could cost more than is left."""

    def __init__(self, price: Price | None, budget: float | None, spent: float = 0.0) -> None:
        self.spent = spent
        """Dollars, for all answers that came."""
        self._price = price
        self._budget = budget
        self.priced = price is not None
        self._reserved = 0.0
        self._changed = asyncio.Condition()

    async def reserve(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Set aside what a request could cost at most, waiting for others if that may help.

        Raises BudgetError if it is more than is left.
        """
        if self._price is None:
            return 0.0
        most = self._price.of(prompt_tokens, completion_tokens)
        async with self._changed:
            while self._budget is not None and self.spent + self._reserved + most > self._budget:
                if not self._reserved:
                    raise BudgetError(
                        f"the budget of ${self._budget:g} could be passed: ${self.spent:.4f} are "
                        f"spent, and the next request may cost ${most:.4f}. The answers so far "
                        f"are kept; give the same command with a larger --budget to go on."
                    )
                await self._changed.wait()
            self._reserved += most
        return most

    async def settle(self, reserved: float, prompt_tokens: int, completion_tokens: int) -> None:
        """Put in place of what was set aside what the answer cost; no tokens if none came."""
        async with self._changed:
            self._reserved -= reserved
            if self._reserved < 1e-12:
                self._reserved = 0.0
            if self._price is not None:
                self.spent += self._price.of(prompt_tokens, completion_tokens)
            self._changed.notify_all()
