"""The operations of `operations`: each in GraphQL, and in Cypher as one would write it by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Run = Callable[[str, Mapping[str, Any]], list[Any]]
Parameters = Sequence[Mapping[str, Any]]

_ASKED = 30
"""How many different neurons, words or pairs a question is asked of."""
_RARE = (2, 25)
"""How many neurons a rare word has."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """What in a graph the questions are about."""

    model: str
    neurons: Sequence[str]
    layers: Sequence[tuple[str, int]]
    """Id and transformer block."""
    common: Sequence[str]
    """The words that most neurons fire on."""
    rare: Sequence[str]
    pairs: Sequence[tuple[str, str]]
    """A neuron's first and fourth token."""

    @classmethod
    def found(cls, run: Run) -> Subjects:
        """Those of the graph that `run` asks."""
        neurons = run(
            "MATCH (n:Neuron)-[a:ACTIVATES_ON]->(s:Token) WHERE a.rank = 1 "
            "MATCH (n)-[b:ACTIVATES_ON]->(t:Token) WHERE b.rank = 4 "
            "RETURN n.id AS id, n.model_id AS model, s.id AS one, t.id AS other ORDER BY id",
            {},
        )
        spread = neurons[:: max(1, len(neurons) // _ASKED)][:_ASKED]
        layers = run(
            "MATCH (l:Layer) RETURN l.id AS id, l.layer_index AS layer ORDER BY layer, id", {}
        )
        words = run(
            "MATCH (w:Word)<-[:FORM_OF]-(:Token)<-[:ACTIVATES_ON]-(n:Neuron) "
            "WITH w.id AS word, count(DISTINCT n) AS fire RETURN word, fire "
            "ORDER BY fire DESC, word",
            {},
        )
        letters = [(word, fire) for word, fire in words if word.isalnum()]
        rare = [word for word, fire in letters if _RARE[0] <= fire <= _RARE[1]]
        return cls(
            model=spread[0][1],
            neurons=[row[0] for row in spread],
            layers=[(row[0], row[1]) for row in layers],
            common=[word for word, _ in letters[:_ASKED]],
            rare=rare[:: max(1, len(rare) // _ASKED)][:_ASKED],
            pairs=[(row[2], row[3]) for row in spread],
        )


@dataclass(frozen=True, slots=True)
class Operation:
    """A question."""

    name: str
    graphql: str
    cypher: str
    """The same for both engines; parameters are the variables of the GraphQL operation."""
    parameters: Callable[[Subjects], Parameters]
    ratio: float = 1.5
    """How many times as long as the raw statement it may take, a constant aside."""


def _of_neurons(subjects: Subjects) -> Parameters:
    return [{"id": neuron} for neuron in subjects.neurons]


_STATISTICS = (
    "maxActivation minActivation meanActivation variance skewness kurtosis density nTokens"
)
_COLUMNS = (
    "n.max_activation, n.min_activation, n.mean_activation, n.variance, n.skewness, "
    "n.kurtosis, n.density, n.n_tokens"
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "a neuron with statistics",
        f"query($id: ID!) {{ neuron(id: $id) {{ id statistics {{ {_STATISTICS} }} }} }}",
        f"MATCH (n:Neuron {{id: $id}}) RETURN n.id, {_COLUMNS}",
        _of_neurons,
    ),
    Operation(
        "a neuron with 20 tokens, explanations, 5 examples with texts",
        f"""query($id: ID!) {{ neuron(id: $id) {{ id statistics {{ {_STATISTICS} }}
          activatesOn(first: 20) {{ edges {{ activation node {{ text }} }} }}
          explanations {{ text score }}
          examples(first: 5) {{ text activations maxActivation }} }} }}""",
        f"""MATCH (n:Neuron {{id: $id}})
        OPTIONAL MATCH (n)-[r:ACTIVATES_ON]->(t:Token) WHERE r.rank <= 20
        WITH n, collect({{token: t.id, activation: r.activation, rank: r.rank}}) AS tokens
        OPTIONAL MATCH (n)-[:HAS_EXPLANATION]->(e:Explanation)
        WITH n, tokens, collect({{text: e.text, score: e.score}}) AS explanations
        OPTIONAL MATCH (n)-[:HAS_EXAMPLE]->(x:Example)-[:WITHIN]->(s:Sequence)
        WHERE x.bucket = 'top' AND x.rank <= 5
        RETURN n.id, {_COLUMNS}, tokens, explanations,
               collect({{text: s.text, activations: x.activations, at: x.max_activation}})""",
        _of_neurons,
    ),
    *(
        Operation(
            f"20 neurons sharing a {kind} word, with explanations",
            """query($word: String!) { word(text: $word) { neurons(first: 20) { edges {
              activation node { id explanations { text score } } } } } }""",
            """MATCH (:Word {id: $word})<-[:FORM_OF]-(:Token)<-[r:ACTIVATES_ON]-(n:Neuron)
            WITH n, max(r.activation) AS activation ORDER BY activation DESC, n.id LIMIT 20
            MATCH (n)-[:HAS_EXPLANATION]->(e:Explanation)
            RETURN activation, n.id AS id, e.text, e.score ORDER BY activation DESC, id""",
            words,
        )
        for kind, words in (
            ("common", lambda subjects: [{"word": word} for word in subjects.common]),
            ("rare", lambda subjects: [{"word": word} for word in subjects.rare]),
        )
    ),
    Operation(
        "10 similar neurons of other layers, with explanation and 3 tokens",
        """query($id: ID!) { neuron(id: $id) { similar(first: 10, layers: OTHER) { edges {
          similarity node { id explanations { text }
          activatesOn(first: 3) { edges { activation node { text } } } } } } } }""",
        """MATCH (:Neuron {id: $id})-[s:SIMILAR_TO]->(m:Neuron) WHERE s.cross_layer_rank <= 10
        OPTIONAL MATCH (m)-[r:ACTIVATES_ON]->(t:Token) WHERE r.rank <= 3
        WITH m, s.cross_layer_rank AS place, s.similarity AS similarity,
             collect({token: t.id, activation: r.activation}) AS tokens
        OPTIONAL MATCH (m)-[:HAS_EXPLANATION]->(e:Explanation)
        RETURN place, similarity, m.id, tokens, collect(e.text) ORDER BY place""",
        _of_neurons,
    ),
    Operation(
        "100 neurons of a layer by maximum, with explanation",
        """query($model: ID!, $layer: Int!) { neurons(first: 100,
          where: {model: $model, layerIndex: {min: $layer, max: $layer}},
          orderBy: {field: MAX_ACTIVATION, direction: DESC}) { edges { node { id
          statistics { maxActivation } explanations { text } } } } }""",
        """MATCH (n:Neuron) WHERE n.model_id = $model AND n.layer_index = $layer
        WITH n ORDER BY n.max_activation DESC, n.`index` LIMIT 100
        MATCH (n)-[:HAS_EXPLANATION]->(e:Explanation)
        RETURN n.id AS id, n.max_activation AS most, e.text ORDER BY most DESC, id""",
        lambda subjects: [
            {"model": subjects.model, "layer": layer} for _, layer in subjects.layers
        ],
    ),
    Operation(
        "1,000 neurons with 5 tokens each",
        """query($model: ID!, $layer: Int!) { neurons(first: 1000,
          where: {model: $model, layerIndex: {min: $layer}}) { edges { node { id
          activatesOn(first: 5) { edges { activation node { text } } } } } } }""",
        """MATCH (n:Neuron) WHERE n.model_id = $model AND n.layer_index >= $layer
        WITH n ORDER BY n.layer_index, n.`index` LIMIT 1000
        MATCH (n)-[r:ACTIVATES_ON]->(t:Token) WHERE r.rank <= 5
        RETURN n.id, r.activation, t.id ORDER BY n.layer_index, n.`index`, r.rank""",
        lambda subjects: [
            {"model": subjects.model, "layer": layer}
            for _, layer in subjects.layers[: max(1, len(subjects.layers) // 2)]
        ],
        ratio=2.5,
    ),
    Operation(
        "20 explanations with a word, and their neurons",
        """query($word: String!) { explanations(first: 20, where: {contains: $word}) { edges {
          node { text score neuron { id } } } } }""",
        """MATCH (n:Neuron)-[:HAS_EXPLANATION]->(e:Explanation)
        WHERE toLower(e.text) CONTAINS $word
        RETURN e.text, e.score AS score, n.id AS id ORDER BY score IS NULL, score DESC, e.id
        LIMIT 20""",
        lambda subjects: [{"word": word} for word in (*subjects.common[:15], *subjects.rare[:15])],
    ),
    Operation(
        "20 neurons that fire on both of two tokens",
        """query($one: String!, $other: String!) { neurons(first: 20,
          where: {and: [{firesOnToken: $one}, {firesOnToken: $other}]}) { edges { node { id } } } }""",
        """MATCH (:Token {id: $one})<-[:ACTIVATES_ON]-(n:Neuron)-[:ACTIVATES_ON]->
              (:Token {id: $other})
        RETURN n.id, n.model_id AS model, n.layer_index AS layer, n.layer_id AS layer_id,
               n.`index` AS place
        ORDER BY model, layer, layer_id, place LIMIT 20""",
        lambda subjects: [{"one": one, "other": other} for one, other in subjects.pairs],
    ),
    Operation(
        "20 neurons of other layers that share at least 3 tokens with one",
        """query($id: ID!) { neuronsSharingTokens(neuron: $id, min: 3, layers: OTHER, first: 20) {
          edges { nShared node { id } } } }""",
        """MATCH (n:Neuron {id: $id})-[:ACTIVATES_ON]->(t:Token)
        WITH DISTINCT n, t MATCH (t)<-[:ACTIVATES_ON]-(m:Neuron)
        WITH DISTINCT n, t, m
        WITH n, m, count(*) AS shared WHERE shared >= 3 AND m.layer_id <> n.layer_id
        RETURN m.id AS id, shared ORDER BY shared DESC, id LIMIT 20""",
        _of_neurons,
    ),
)
