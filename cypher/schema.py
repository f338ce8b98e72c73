"""The graph model: the one place where labels, properties and relationships are named.

Parquet schemas, Ladybug's DDL, Neo4j's constraints, the load statements and
`docs/graph-model.md` are all made from `NODES` and `RELATIONSHIPS`.
"""

from __future__ import annotations

from cypher.elements import NodeType, Ownership, Property, RelationshipType, ValueType

SCHEMA_VERSION = 3
"""Raised whenever a graph or a pack of the version before can no longer be read as it is."""

STRING, INTEGER, FLOAT = ValueType.STRING, ValueType.INTEGER, ValueType.FLOAT
BOOLEAN, STRINGS, FLOATS = ValueType.BOOLEAN, ValueType.STRINGS, ValueType.FLOATS
RUN, SHARED, STRUCTURE = Ownership.RUN, Ownership.SHARED, Ownership.STRUCTURE


def _must(name: str, type_: ValueType, description: str) -> Property:
    return Property(name, type_, description, required=True)


def _validation(prefix: str, texts: str) -> tuple[Property, ...]:
    """How well a token graph predicts on some texts."""
    return (
        Property(f"{prefix}precision", FLOAT, f"of firing, on {texts}, 0 to 1"),
        Property(f"{prefix}recall", FLOAT, f"of firing, on {texts}, 0 to 1"),
        Property(f"{prefix}f1", FLOAT, f"of firing, on {texts}, 0 to 1"),
        Property(f"{prefix}correlation", FLOAT, f"Pearson's, predicted and true, on {texts}"),
        Property(f"{prefix}support", INTEGER, f"firing tokens in {texts}"),
        Property(
            f"{prefix}token_baseline_f1",
            FLOAT,
            f"of a table of the tokens that it was built from, on {texts}",
        ),
        Property(
            f"{prefix}bigram_baseline_f1",
            FLOAT,
            f"of a table of the bigrams that it was built from, on {texts}",
        ),
    )


RUN_ID = _must("run_id", STRING, "the `IngestRun` that produced it")
RANK = _must("rank", INTEGER, "place among its neuron's, from 1")

# (:Model)-[:HAS_LAYER]->(:Layer)-[:HAS_NEURON]->(:Neuron), (:Model)-[:HAS_TOKENIZER]->(:Tokenizer)
MODEL = NodeType(
    "Model",
    "{model}",
    "a language model",
    STRUCTURE,
    (
        Property("family", STRING, "architecture, such as `llama` or `gpt2`"),
        Property("n_layers", INTEGER, "number of transformer blocks"),
        Property("d_model", INTEGER, "width of the residual stream"),
        Property("d_mlp", INTEGER, "neurons per MLP"),
        Property("vocab_size", INTEGER, "number of token ids"),
        Property("activation_function", STRING, "of the MLP, such as `silu`"),
    ),
)
TOKENIZER = NodeType(
    "Tokenizer",
    "{model}@tokenizer",
    "how texts become tokens of a model; megabytes, so read it alone and only where it is needed",
    STRUCTURE,
    (
        Property(
            "definition",
            STRING,
            "the library `tokenizers`' JSON in zlib in base64; null if it has no such form",
        ),
        _must("vocabulary", STRINGS, "the `Token` of each token id, from 0"),
    ),
)
LAYER = NodeType(
    "Layer",
    "{model}/{layer}",
    "a set of neurons at one hook point",
    STRUCTURE,
    (
        _must("model_id", STRING, "the model that it belongs to"),
        _must("name", STRING, "the layer's part of its ids: `3`, `6-res-jb`"),
        _must("layer_index", INTEGER, "the transformer block, from 0"),
        _must("kind", STRING, "`mlp`, `sae` or `transcoder`"),
        Property(
            "hook_point", STRING, "where its activations are read, in TransformerLens's names"
        ),
        Property("n_neurons", INTEGER, "how many neurons the layer has, in the graph or not"),
    ),
)
NEURON = NodeType(
    "Neuron",
    "{model}/{layer}/{index}",
    "one neuron or SAE latent, with its activation statistics over the whole corpus",
    RUN,
    (
        _must("model_id", STRING, "the model that it belongs to"),
        _must("layer_id", STRING, "the layer that it belongs to"),
        _must("layer_index", INTEGER, "the transformer block, from 0"),
        _must("index", INTEGER, "place within its layer, from 0"),
        Property("max_activation", FLOAT, "largest activation"),
        Property("min_activation", FLOAT, "smallest activation"),
        Property("mean_activation", FLOAT, "mean"),
        Property("variance", FLOAT, "population variance"),
        Property("skewness", FLOAT, "third standardised moment; null if constant"),
        Property(
            "kurtosis", FLOAT, "fourth standardised moment (3 for a normal); null if constant"
        ),
        Property("density", FLOAT, "share of tokens with an activation above zero, 0 to 1"),
        Property("n_tokens", INTEGER, "tokens that the statistics are over"),
        RUN_ID,
    ),
    indexes=(("model_id", "layer_index", "index"), ("run_id",)),
)

# (:Token)-[:FORM_OF]->(:Word)
TOKEN = NodeType(
    "Token",
    "{text}",
    "a token's exact text, leading space kept, shared by all models",
    SHARED,
    (),
)
WORD = NodeType(
    "Word",
    "{normal form}",
    "the stripped, casefolded form that tokens share",
    SHARED,
    (),
)

# (:Neuron)-[:HAS_TOKEN_GRAPH]->(:TokenGraph)-[:STARTS_AT]->(:TokenGraphNode)-[:PRECEDED_BY]->(…)
TOKEN_GRAPH = NodeType(
    "TokenGraph",
    "{neuron}@{source}",
    "an N2G graph: a trie read backwards from the activating token, and its validation",
    RUN,
    (
        _must("neuron_id", STRING, "the neuron that it describes"),
        _must("source", STRING, "who made it, and how"),
        Property("max_activation", FLOAT, "the activation that a share of 1 stands for"),
        Property("n_nodes", INTEGER, "size of the trie"),
        *_validation("", "held-out texts on which the neuron fires most"),
        *_validation("random_", "random held-out texts"),
        Property("note", STRING, "what the source could not say"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
)
TOKEN_GRAPH_NODE = NodeType(
    "TokenGraphNode",
    "{neuron}@{source}#{n}",
    "a node of a token graph",
    RUN,
    (
        _must("kind", STRING, "`activating`, `context` or `ignore` (any token)"),
        _must("position", INTEGER, "0 for the activating token, -1, -2 … going back"),
        Property("activation", FLOAT, "share of the neuron's maximum if the text matches to here"),
        Property("importance", FLOAT, "share of the activation that is lost without it, up to 1"),
        _must("is_end", BOOLEAN, "true if a pattern is complete here"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
)

# (:Neuron)-[:HAS_EXAMPLE]->(:Example)-[:WITHIN]->(:Sequence)
EXAMPLE = NodeType(
    "Example",
    "{neuron}@{bucket}#{rank}",
    "a stretch of text with one activation per token",
    RUN,
    (
        _must(
            "bucket",
            STRING,
            "`top`, `qN` (fires more) … `q1`, `random`, or `bottom` (most negative)",
        ),
        RANK,
        _must("peak", INTEGER, "index of the token that fires most, in `bottom` least, from 0"),
        _must("max_activation", FLOAT, "activation at the peak"),
        _must("activations", FLOATS, "one per token of the sequence"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
)
SEQUENCE = NodeType(
    "Sequence",
    "{hash of its model and tokens}",
    "the text itself, stored once however many neurons fire on it",
    SHARED,
    (
        _must("tokens", STRINGS, "exact texts of its tokens"),
        _must("text", STRING, "the tokens joined"),
        Property("corpus", STRING, "the corpus that it comes from"),
        Property("document", INTEGER, "its document's place in the corpus, from 0"),
    ),
)

# (:Neuron)-[:HAS_EXPLANATION]->(:Explanation)-[:HAS_SCORE]->(:Score)
EXPLANATION = NodeType(
    "Explanation",
    "{neuron}@{explainer}#{hash}",
    "a sentence about a neuron",
    RUN,
    (
        _must("text", STRING, "the sentence"),
        _must("explainer", STRING, "the method that made it: `template`, `openai`, …"),
        Property("explainer_model", STRING, "the language model that wrote it, if one did"),
        Property("prompt_version", STRING, "of the prompt or the template"),
        Property("score", FLOAT, "headline score; null if never scored"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
)
SCORE = NodeType(
    "Score",
    "{explanation}@{kind}",
    "one measurement of an explanation",
    RUN,
    (
        _must("kind", STRING, "what was measured: `ev_correlation`, `detection`, …"),
        Property("value", FLOAT, "null where it is undefined"),
        Property("scorer_model", STRING, "the language model that simulated or judged"),
        Property("n_examples", INTEGER, "sequences that it was measured on"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
)

# (:IngestRun)-[:COVERS]->(:Layer)
INGEST_RUN = NodeType(
    "IngestRun",
    "{hash of its inputs}",
    "provenance: what a job did, from what, with which settings",
    RUN,
    (
        _must("job", STRING, "`mine`, `token-graphs`, `similarity`, `explain`, …"),
        _must("source", STRING, "what tells runs of one job apart that are kept side by side"),
        Property("model_id", STRING, "the model that it is about"),
        Property("settings", STRING, "JSON object"),
        Property("versions", STRING, "JSON object: tool versions"),
        Property("counts", STRING, "JSON object: what it made"),
        Property("started_at", STRING, "ISO 8601, UTC"),
        Property("finished_at", STRING, "ISO 8601, UTC"),
    ),
)

# (:Circuit)-[:HAS_NODE]->(:CircuitNode)-[:IS_NEURON]->(:Neuron)
CIRCUIT = NodeType(
    "Circuit",
    "{slug}",
    "an attribution graph for one prompt",
    RUN,
    (
        _must("model_id", STRING, "the model that it was traced in"),
        _must("prompt", STRING, "the text"),
        _must("tokens", STRINGS, "the prompt's tokens"),
        RUN_ID,
    ),
)
CIRCUIT_NODE = NodeType(
    "CircuitNode",
    "{slug}/{node}",
    "a feature, error, embedding or logit of a circuit",
    RUN,
    (
        _must("kind", STRING, "`feature`, `error`, `embedding` or `logit`"),
        _must("position", INTEGER, "token of the prompt, from 0"),
        Property("activation", FLOAT, "of the feature on that token"),
        Property("influence", FLOAT, "on the logits"),
        Property("label", STRING, "as its author named it"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
)

GRAPH_STATE = NodeType(
    "GraphState",
    "graph",
    "what the graph says of itself: one node",
    Ownership.SYSTEM,
    (
        _must("schema_version", INTEGER, "of this graph model"),
        Property("load_id", STRING, "hash of everything loaded; null before the first load"),
        Property(
            "packs", STRING, "JSON object: the pack that each run was loaded from, by its hash"
        ),
        Property("unfinished", STRING, "JSON list of the loads that have not ended; null if none"),
    ),
)

NODES: tuple[NodeType, ...] = (
    MODEL, TOKENIZER, LAYER, NEURON, TOKEN, WORD, TOKEN_GRAPH, TOKEN_GRAPH_NODE, EXAMPLE, SEQUENCE,
    EXPLANATION, SCORE, INGEST_RUN, CIRCUIT, CIRCUIT_NODE, GRAPH_STATE,
)  # fmt: skip

WEIGHT = _must("weight", FLOAT, "signed")
ACTIVATION = _must("activation", FLOAT, "share of the neuron's maximum, 0 to 1")
TOKEN_RANK = _must("token_rank", INTEGER, "place among its token's neurons of its run, from 1")
DISTANCE = _must("distance", INTEGER, "nearest occurrence, in tokens back from the activating one")
IMPORTANCE = _must("importance", FLOAT, "largest importance among its nodes")

RELATIONSHIPS: tuple[RelationshipType, ...] = (
    RelationshipType("HAS_LAYER", "Model", "Layer", "its layers", STRUCTURE),
    RelationshipType("HAS_TOKENIZER", "Model", "Tokenizer", "its tokenizer", STRUCTURE),
    RelationshipType("HAS_NEURON", "Layer", "Neuron", "its neurons", STRUCTURE),
    RelationshipType("FORM_OF", "Token", "Word", "the token's normal form", SHARED),
    RelationshipType(
        "ACTIVATES_ON", "Neuron", "Token", "the token ends a pattern of its token graph", RUN,
        (ACTIVATION, RANK, TOKEN_RANK, RUN_ID),
    ),
    RelationshipType(
        "CONDITIONED_ON", "Neuron", "Token", "the token stands in the context of a pattern", RUN,
        (IMPORTANCE, DISTANCE, RANK, TOKEN_RANK, RUN_ID),
    ),
    RelationshipType("HAS_TOKEN_GRAPH", "Neuron", "TokenGraph", "its N2G graphs", RUN, (RUN_ID,)),
    RelationshipType(
        "STARTS_AT", "TokenGraph", "TokenGraphNode", "its activating tokens", RUN, (RUN_ID,)
    ),
    RelationshipType(
        "PRECEDED_BY", "TokenGraphNode", "TokenGraphNode", "the token before it", RUN, (RUN_ID,)
    ),
    RelationshipType(
        "CONTAINS", "TokenGraph", "TokenGraphNode", "all nodes of the graph", RUN, (RUN_ID,)
    ),
    RelationshipType(
        "MATCHES", "TokenGraphNode", "Token", "the tokens that the node accepts", RUN, (RUN_ID,)
    ),
    RelationshipType("HAS_EXAMPLE", "Neuron", "Example", "its examples", RUN, (RANK, RUN_ID)),
    RelationshipType("WITHIN", "Example", "Sequence", "the text of the example", RUN, (RUN_ID,)),
    RelationshipType("HAS_EXPLANATION", "Neuron", "Explanation", "sentences", RUN, (RUN_ID,)),
    RelationshipType("HAS_SCORE", "Explanation", "Score", "its measurements", RUN, (RUN_ID,)),
    RelationshipType(
        "SIMILAR_TO", "Neuron", "Neuron", "neurons that are like it", RUN,
        (
            _must("measure", STRING, "how likeness was measured"),
            _must("similarity", FLOAT, "0 to 1"),
            Property("n_shared", INTEGER, "tokens that both fire on"),
            Property("rank", INTEGER, "place among all of its similar neurons, from 1; null below the kept"),
            Property("cross_layer_rank", INTEGER, "place among those of other layers, from 1; null within a layer or below the kept"),
            RUN_ID,
        ),
        key=("measure",),
    ),
    RelationshipType(
        "CONNECTS_TO", "Neuron", "Neuron", "weight from its output to a later neuron's input", RUN,
        (WEIGHT, RANK, RUN_ID),
    ),
    RelationshipType(
        "READS", "Neuron", "Token", "weight from the token's embedding to its input", RUN,
        (WEIGHT, RANK, RUN_ID),
    ),
    RelationshipType(
        "WRITES", "Neuron", "Token", "weight from its output to the token's logit", RUN,
        (WEIGHT, RANK, RUN_ID),
    ),
    RelationshipType("HAS_NODE", "Circuit", "CircuitNode", "its nodes", RUN, (RUN_ID,)),
    RelationshipType("IS_NEURON", "CircuitNode", "Neuron", "the feature behind it", RUN, (RUN_ID,)),
    RelationshipType(
        "INFLUENCES", "CircuitNode", "CircuitNode", "direct effect", RUN, (WEIGHT, RUN_ID)
    ),
    RelationshipType(
        "LACKS", "Neuron", "IngestRun", "what a run looked for and did not find", RUN,
        (
            _must("kind", STRING, "what is not there: `token_graph`, `examples`, `explanation`, …"),
            _must("reason", STRING, "why: never fires, not in the source, failed with …"),
            RUN_ID,
        ),
        key=("kind",),
    ),
    RelationshipType(
        "COVERS", "IngestRun", "Layer", "the layers that a run is about", RUN,
        (
            _must("n_present", INTEGER, "neurons that the run found something about"),
            _must("n_absent", INTEGER, "neurons that it has nothing about"),
        ),
    ),
)  # fmt: skip

NODE_BY_LABEL: dict[str, NodeType] = {node.label: node for node in NODES}
RELATIONSHIP_BY_TYPE: dict[str, RelationshipType] = {rel.type: rel for rel in RELATIONSHIPS}
PACKED: tuple[NodeType | RelationshipType, ...] = (
    *(node for node in NODES if node.ownership is not Ownership.SYSTEM),
    *RELATIONSHIPS,
)
"""What a pack has tables of, nodes first."""
