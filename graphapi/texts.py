"""A text that somebody asks about, as the tokens of a model."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from cypher.compression import expanded
from cypher.state import READ_STATE
from graphapi.context import Context
from graphapi.errors import UserError
from graphapi.groups import Groups
from graphapi.reader import Reader
from graphapi.tokenizing import TextTokenizer

_KEPT = 4
"""How many tokenizers are kept: one of a large vocabulary takes some hundred megabytes."""


class _Kept:
    """The tokenizers that were used last, by the graph's load and the model.

    A load id is a hash of everything that is loaded, so it says which tokenizer that is.
    """

    def __init__(self) -> None:
        self._tokenizers: OrderedDict[tuple[str, str], TextTokenizer] = OrderedDict()

    async def get(self, context: Context, model: str) -> TextTokenizer:
        """The model's. Raises UserError if the graph has no such model, or no tokenizer of it."""
        seconds = context.settings.statement_seconds
        state = await context.graph.read(READ_STATE, {}, timeout=seconds)
        key = (str(state.as_dicts()[0]["load_id"] if state.values else None), model)
        known = self._tokenizers.get(key)
        if known is None:
            known = self._tokenizers[key] = await _read(context.reader, model)
        self._tokenizers.move_to_end(key)
        while len(self._tokenizers) > _KEPT:
            self._tokenizers.popitem(last=False)
        return known


_KEPT_TOKENIZERS = _Kept()


async def tokens_of(
    context: Context, model: str, text: str | None, tokens: Sequence[str] | None
) -> list[str]:
    """The tokens that are meant, of which one of `text` and `tokens` tells.

    Raises UserError if both do or none, if there are too many, or if the graph cannot tell how
    the model cuts a text.
    """
    if (text is None) is (tokens is None):
        raise UserError(
            "give either `text` or `tokens`: a text is cut into the model's tokens, and tokens "
            "are taken as they are."
        )
    if tokens is not None:
        if "" in tokens:
            raise UserError("tokens: one is empty; each is the exact text of a token.")
        found = list(tokens)
    else:
        found = await _cut(context, model, str(text))
    most = context.settings.max_text_tokens
    if len(found) > most:
        raise UserError(
            f"the text has {len(found)} tokens; the limit is {most}. Ask about a part of it."
        )
    return found


async def _cut(context: Context, model: str, text: str) -> list[str]:
    """The text's tokens; a request that asks about a text many times has it cut once."""

    async def load(texts: list[str]) -> Groups:
        tokenizer = await _KEPT_TOKENIZERS.get(context, model)
        return Groups(("token",), [[(one,) for one in tokenizer.tokens(text)] for text in texts])

    rows = await context.reader.loader(("tokens of texts", model), load).load(text)
    return [row["token"] for row in rows]


async def _read(reader: Reader, model: str) -> TextTokenizer:
    rows = await reader.statement("tokenizers_by_model", ids=[model])
    if not rows:
        raise no_model(model)
    definition = rows[0]["definition"]
    if definition is None:
        raise UserError(
            f"the graph does not know how {model} cuts a text into tokens: no pack of it that was "
            f"loaded has its tokenizer in a form that can be run. Give `tokens` instead of `text`."
        )
    return await asyncio.to_thread(
        lambda: TextTokenizer(expanded(definition), rows[0]["vocabulary"])
    )


def no_model(model: str) -> UserError:
    """What somebody is told who asks about a model that is not there."""
    return UserError(f"model: the graph has none called {model!r}. `models` lists those it has.")
