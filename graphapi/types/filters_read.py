"""What a filter of neurons asks for, and whether that is within the limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cypher.patterns import (
    FIRING,
    LONGEST,
    AllOf,
    AnyOf,
    Between,
    Condition,
    Context,
    ContextOfLength,
    Explained,
    HasId,
    HeldOut,
    InLayer,
    InModel,
    Lacks,
    LayerBetween,
    Link,
    LinkedTo,
    LinkProperty,
    Not,
    OfLayerKind,
    Related,
    Relation,
    Repeats,
    Side,
    Statistic,
    StatisticBetween,
    TokenGraphF1Between,
    TokenPattern,
    TokenSet,
    Unconnected,
    Within,
    WorseThanBigrams,
)
from graphapi.errors import LimitError, UserError
from graphapi.settings import Settings
from graphapi.types.associations import Layers
from graphapi.types.filters import NeuronFilterInput, normal_form
from graphapi.types.filters_parts import (
    ContextTokenInput,
    FloatRange,
    IntRange,
    TokenPatternInput,
    TokenSetInput,
)

_OTHERS = 20
"""How many neurons one is like or connected to, about: what is known of theirs waits beside it."""
_SAME_LAYER = {Layers.ANY: None, Layers.SAME: True, Layers.OTHER: False}


def conditions(given: NeuronFilterInput | None, settings: Settings) -> AllOf:
    """What a filter asks for.

    Raises UserError if it is larger than the settings allow, or names what cannot be.
    """
    if given is None:
        return AllOf()
    return _Reading(settings).all_of(given, depth=1, hops=0)


@dataclass(slots=True)
class _Reading:
    settings: Settings
    conditions: int = 0
    """How many were read until now."""
    patterns: int = 0
    """How many were read, as `_walk` counts them."""

    def all_of(self, given: NeuronFilterInput, *, depth: int, hops: int) -> AllOf:
        if depth > self.settings.max_filter_depth:
            raise UserError(
                f"the filter is nested deeper than {self.settings.max_filter_depth} filters, "
                f"the limit. Say it with fewer `and`, `or` and `not` within each other, or in "
                f"several operations."
            )
        found = (
            *_own(given),
            *self._tokens(given),
            *self._patterns(given, hops),
            *self._nested(given, depth=depth, hops=hops),
        )
        self._count(len(found))
        return AllOf(found)

    def _nested(self, given: NeuronFilterInput, *, depth: int, hops: int) -> Iterator[Condition]:
        for part in given.and_ or ():
            yield self.all_of(part, depth=depth + 1, hops=hops)
        if given.or_ is not None:
            yield AnyOf(tuple(self.all_of(part, depth=depth + 1, hops=hops) for part in given.or_))
        if given.not_ is not None:
            yield Not(self.all_of(given.not_, depth=depth + 1, hops=hops))
        if given.similar_to is not None:
            near = given.similar_to
            to = self._other(near.where, depth=depth, hops=hops)
            within = _within(similarity=near.similarity, n_shared=near.shared_tokens)
            same = _SAME_LAYER[near.layers]
            yield Related(Relation.SIMILAR_TO, Side.EITHER, to, within, same)
        for side, joined in ((Side.SOURCE, given.connects_to), (Side.TARGET, given.connected_from)):
            if joined is not None:
                to = self._other(joined.where, depth=depth, hops=hops)
                within = _within(weight=joined.weight, rank=joined.rank)
                yield Related(Relation.CONNECTS_TO, side, to, within)

    def _other(self, where: NeuronFilterInput, *, depth: int, hops: int) -> AllOf:
        if hops == self.settings.max_filter_hops:
            raise UserError(
                f"the filter leads more than {hops} neurons away, the limit: `similarTo`, "
                f"`connectsTo` and `connectedFrom` are {hops + 1} deep. Find those neurons first, "
                f"and pass their `ids`."
            )
        return self.all_of(where, depth=depth + 1, hops=hops + 1)

    def _tokens(self, given: NeuronFilterInput) -> Iterator[Condition]:
        if given.ids is not None:
            yield HasId(self._list("ids", given.ids))
        if given.fires_on_token is not None:
            texts = self._list("firesOnToken", [given.fires_on_token])
            yield LinkedTo(Link.ACTIVATES_ON, TokenSet(texts))
        if given.fires_on_word is not None:
            words = self._list("firesOnWord", [given.fires_on_word])
            yield LinkedTo(Link.ACTIVATES_ON, TokenSet(_words(words), words=True))
        if given.fires_on is not None:
            bounds = _within(activation=given.fires_on.activation, rank=given.fires_on.rank)
            yield self._linked(Link.ACTIVATES_ON, "firesOn", given.fires_on, bounds)
        if given.conditioned_on is not None:
            on = given.conditioned_on
            bounds = _within(importance=on.importance, distance=on.distance, rank=on.rank)
            yield self._linked(Link.CONDITIONED_ON, "conditionedOn", on, bounds)
        for link, name, on_weight in (
            (Link.READS, "reads", given.reads),
            (Link.WRITES, "writes", given.writes),
        ):
            if on_weight is not None:
                bounds = _within(weight=on_weight.weight, rank=on_weight.rank)
                yield self._linked(link, name, on_weight, bounds)

    def _linked(
        self, link: Link, name: str, given: TokenSetInput, within: tuple[Within, ...]
    ) -> Condition:
        sets = self._sets(name, given)
        if not sets:
            return LinkedTo(link, None, within)
        each = tuple(LinkedTo(link, one, within) for one in sets)
        return each[0] if len(each) == 1 else AnyOf(each)

    def _patterns(self, given: NeuronFilterInput, hops: int) -> Iterator[Condition]:
        if given.pattern is not None:
            self._walk(hops)
            yield self._pattern(given.pattern)
        if given.context_length is not None:
            yield ContextOfLength(_between(given.context_length))
        if given.induction_like is not None:
            yield Repeats() if given.induction_like else Not(Repeats())
        if given.unconnected_patterns is not None:
            yield Unconnected(_between(given.unconnected_patterns))

    def _walk(self, hops: int) -> None:
        """Count a pattern: it is looked for once in each neuron, or in the others of each."""
        self.patterns += _OTHERS ** max(0, hops - 1)
        allowed = self.settings.max_filter_patterns
        if self.patterns > allowed:
            what = (
                f"looks for {self.patterns} patterns, of which one that is two neurons away counts "
                f"as {_OTHERS}, and one that is three away as {_OTHERS**2}"
            )
            advice = "Find the other neurons first, and pass their `ids`."
            raise LimitError("filter_patterns", self.patterns, allowed, what, advice)

    def _pattern(self, given: TokenPatternInput) -> TokenPattern:
        fires_on = self._sets("pattern.firesOn", given.fires_on)
        if given.fires_on is not None and not fires_on:
            raise UserError("pattern.firesOn: it names no token and no word; leave it out for any.")
        when = [self._context("pattern.when", one) for one in given.when or ()]
        without = [self._context("pattern.without", one) for one in given.without or ()]
        self._count(len(when) + len(without))
        activation = FIRING if given.activation is None else _between(given.activation)
        return TokenPattern(fires_on, tuple(when), tuple(without), activation)

    def _context(self, name: str, given: ContextTokenInput) -> Context:
        sets = self._sets(name, given)
        if not sets:
            raise UserError(f"{name}: it names no token and no word; name what stands there.")
        nearest, farthest = 1, LONGEST
        if given.distance is not None:
            nearest = 1 if given.distance.min is None else given.distance.min
            farthest = LONGEST if given.distance.max is None else given.distance.max
        if not 1 <= nearest <= farthest <= LONGEST:
            raise UserError(
                f"{name}.distance: {nearest} to {farthest} is no range within 1 to {LONGEST} "
                f"tokens back; 1 is right before the token that fires."
            )
        return Context(sets, nearest, farthest)

    def _sets(self, name: str, given: TokenSetInput | None) -> tuple[TokenSet, ...]:
        if given is None:
            return ()
        found = []
        if given.tokens is not None:
            found.append(TokenSet(self._list(f"{name}.tokens", given.tokens)))
        if given.words is not None:
            words = self._list(f"{name}.words", given.words)
            found.append(TokenSet(_words(words), words=True))
        return tuple(found)

    def _list(self, name: str, given: Sequence[str]) -> tuple[str, ...]:
        if not given:
            raise UserError(f"{name}: the list is empty; leave it out, or name at least one.")
        if len(given) > self.settings.max_filter_list:
            raise UserError(
                f"{name}: {len(given)} are given; the limit is {self.settings.max_filter_list}. "
                f"Ask in several operations."
            )
        return tuple(dict.fromkeys(given))

    def _count(self, number: int) -> None:
        self.conditions += number
        if self.conditions > self.settings.max_filter_conditions:
            raise UserError(
                f"the filter has more than {self.settings.max_filter_conditions} conditions, the "
                f"limit. Name several tokens in one list, or ask in several operations."
            )


def _own(given: NeuronFilterInput) -> Iterator[Condition]:
    """What is asked of the neuron's, its layer's and its graphs' properties."""
    if given.model is not None:
        yield InModel(given.model)
    if given.layer is not None:
        yield InLayer(given.layer)
    if given.layer_index is not None:
        yield LayerBetween(_between(given.layer_index))
    if given.layer_kind is not None:
        yield OfLayerKind(given.layer_kind)
    for statistic in Statistic:
        bounds: FloatRange | None = getattr(given, statistic)
        if bounds is not None:
            yield StatisticBetween(statistic, _between(bounds))
    for texts, bounds in (
        (HeldOut.TOP, given.token_graph_f1),
        (HeldOut.RANDOM, given.token_graph_random_f1),
    ):
        if bounds is not None:
            yield TokenGraphF1Between(_between(bounds), texts)
    if given.worse_than_bigrams is not None:
        yield WorseThanBigrams(given.worse_than_bigrams)
    if given.lacks is not None:
        yield Lacks(given.lacks)
    if given.explanation is not None:
        said = given.explanation
        score = None if said.score is None else _between(said.score)
        yield Explained(said.contains, said.explainer, said.explainer_model, score, said.score_kind)


def _within(**given: IntRange | FloatRange | None) -> tuple[Within, ...]:
    return tuple(
        Within(LinkProperty(name), _between(bounds))
        for name, bounds in given.items()
        if bounds is not None
    )


def _between(given: IntRange | FloatRange) -> Between:
    return Between(given.min, given.max)


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(normal_form, texts)))
