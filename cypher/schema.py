"""The graph model: the one place where labels, properties and relationships are named.

Parquet schemas, Ladybug's DDL, Neo4j's constraints, the load statements and
`docs/graph-model.md` are all made from `NODES` and `RELATIONSHIPS`.
"""

from __future__ import annotations

from cypher.elements import NodeType, Ownership, Property, RelationshipType, ValueType

SCHEMA_VERSION = 4
"""Raised whenever a graph or a pack of the version before can no longer be read as it is."""

STRING, INTEGER, FLOAT = ValueType.STRING, ValueType.INTEGER, ValueType.FLOAT
BOOLEAN = ValueType.BOOLEAN
STRINGS, FLOATS, INTEGERS = ValueType.STRINGS, ValueType.FLOATS, ValueType.INTEGERS
RUN, HELD = Ownership.RUN, Ownership.HELD
SHARED, STRUCTURE = Ownership.SHARED, Ownership.STRUCTURE

OWN_SOURCE = "model"
"""The source of what a run read off the model itself, and nobody else's files."""


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


STATISTICS = (
    Property("max_activation", FLOAT, "largest activation"),
    Property("min_activation", FLOAT, "smallest activation"),
    Property("mean_activation", FLOAT, "mean"),
    Property("variance", FLOAT, "population variance"),
    Property("skewness", FLOAT, "third standardised moment; null if constant"),
    Property("kurtosis", FLOAT, "fourth standardised moment (3 for a normal); null if constant"),
    Property("density", FLOAT, "share of tokens with an activation above zero, 0 to 1"),
    Property("n_tokens", INTEGER, "tokens that the statistics are over"),
)
"""What is measured of a neuron's activations over a whole corpus; null where a source has none."""

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
    "one neuron or SAE latent, with the statistics of one of its measurements: of the run on the "
    "model itself, or else of the source that knows most statistics, or else of the first by name",
    HELD,
    (
        _must("model_id", STRING, "the model that it belongs to"),
        _must("layer_id", STRING, "the layer that it belongs to"),
        _must("layer_index", INTEGER, "the transformer block, from 0"),
        _must("index", INTEGER, "place within its layer, from 0"),
        *STATISTICS,
        Property("run_id", STRING, "the run that measured these statistics; null if none did"),
    ),
    indexes=(("model_id", "layer_index", "index"), ("layer_index",), ("run_id",)),
)

# (:Neuron)-[:HAS_MEASUREMENT]->(:Measurement)
MEASUREMENT = NodeType(
    "Measurement",
    "{neuron}@{source}",
    "what one source measured of a neuron's activations over its corpus",
    RUN,
    (
        _must("source", STRING, "who measured: `model` for a run on the model itself"),
        *STATISTICS,
        Property(
            "quantile_boundaries",
            FLOATS,
            "what parts the quantiles `q1` … `qN` of its activations, ascending: N - 1 of them",
        ),
        Property("histogram_values", FLOATS, "activations: middles of a histogram's bars"),
        Property("histogram_heights", FLOATS, "of these bars"),
        Property("logit_histogram_values", FLOATS, "logit weights: middles of a histogram's bars"),
        Property("logit_histogram_heights", FLOATS, "of these bars"),
        Property(
            "aligned_indices",
            INTEGERS,
            "dimensions at its hook point that its decoder weighs most, from 0",
        ),
        Property("aligned_weights", FLOATS, "of the decoder on these"),
        Property("aligned_shares", FLOATS, "of the decoder's L1 norm"),
        Property(
            "correlated_indices",
            INTEGERS,
            "dimensions there whose activations go with its own, from 0",
        ),
        Property("correlated_pearson", FLOATS, "Pearson's correlation with these"),
        Property("correlated_cosine", FLOATS, "cosine with these"),
        Property("head_shares", FLOATS, "of the decoder's norm, for each attention head"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
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
        Property(
            "n_unconnected",
            INTEGER,
            "activating nodes that name no token, neither in themselves nor in what leads back "
            "from them, that another one or what leads back from it names; null if it has none",
        ),
        Property(
            "repeat_activation",
            FLOAT,
            "strongest activation of a pattern that names a token of its activating node again in "
            "its context, as induction does; null if no pattern does",
        ),
        *_validation("", "held-out texts on which the neuron fires most"),
        *_validation("random_", "random held-out texts"),
        Property("accuracy", FLOAT, "share of the source's test tokens that it judges rightly"),
        Property("explained_variance", FLOAT, "1 - mean squared error / variance, up to 1"),
        Property("non_firing_precision", FLOAT, "of not firing, on the source's test texts"),
        Property("non_firing_recall", FLOAT, "of not firing, on the source's test texts"),
        Property("non_firing_f1", FLOAT, "of not firing, on the source's test texts"),
        Property("non_firing_support", INTEGER, "tokens of these texts that do not fire"),
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
    "{neuron}@{source}@{bucket}#{rank}",
    "a stretch of text with one activation per token",
    RUN,
    (
        _must("source", STRING, "who found it: `model` for a run on the model itself"),
        _must(
            "bucket",
            STRING,
            "`top`, `qN` (fires more) … `q1`, `random`, or `bottom` (most negative); in dashboards "
            "`binN` (fires more) … `bin1`, intervals of equal width",
        ),
        RANK,
        _must("peak", INTEGER, "index of the token that fires most, in `bottom` least, from 0"),
        _must("max_activation", FLOAT, "activation at the peak"),
        _must("activations", FLOATS, "one per token of the sequence"),
        Property(
            "held_out",
            BOOLEAN,
            "whether nothing was built from its text; null if its source does not say",
        ),
        Property("qualifying", INTEGER, "index of the token that it was chosen for, from 0"),
        Property("bin_min", FLOAT, "its bucket's lower end, in activations"),
        Property("bin_max", FLOAT, "its bucket's upper end, in activations"),
        Property("bin_share", FLOAT, "share of the corpus's tokens that lie in its bucket"),
        Property("range_min", FLOAT, "lower end of the scale that its source draws it on"),
        Property("range_max", FLOAT, "upper end of the scale that its source draws it on"),
        Property(
            "attributions", FLOATS, "what each token gave to the qualifying one's activation (DFA)"
        ),
        Property("attribution_max", FLOAT, "largest attribution"),
        Property("attribution_target", INTEGER, "index of the token attributed to, from 0"),
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
        _must("model_id", STRING, "the model whose tokens they are"),
        _must("tokens", STRINGS, "exact texts of its tokens"),
        _must("text", STRING, "the tokens joined"),
        Property("corpus", STRING, "the corpus that it comes from"),
        Property("document", INTEGER, "its document's place in the corpus, from 0"),
    ),
)

# (:Neuron)-[:HAS_EXPLANATION]->(:Explanation)-[:HAS_SCORE]->(:Score)
# (:Explanation)-[:REVISES]->(:Explanation)
EXPLANATION = NodeType(
    "Explanation",
    "{neuron}@{explainer}#{hash}",
    "a sentence about a neuron",
    HELD,
    (
        _must("text", STRING, "the sentence"),
        _must("explainer", STRING, "the method that made it: `template`, `openai`, …"),
        Property("explainer_model", STRING, "the language model that wrote it, if one did"),
        Property("prompt_version", STRING, "of the prompt or the template"),
        Property("author", STRING, "who published it, by the name that its source has"),
        Property("prompt", STRING, "the examples that the language model was shown"),
        Property("response", STRING, "all that it answered"),
        Property(
            "about",
            STRINGS,
            "the tokens that end the examples that it is about; null if it is about all examples",
        ),
        Property("score", FLOAT, "headline score; null if never scored"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
)
SCORE = NodeType(
    "Score",
    "{explanation}@{source}@{kind}",
    "one measurement of an explanation; what it was measured on follows the kind in the id",
    RUN,
    (
        _must("kind", STRING, "what was measured: `ev_correlation`, `detection`, …"),
        _must("source", STRING, "who measured it"),
        Property("value", FLOAT, "null where it is undefined"),
        Property(
            "null_value",
            FLOAT,
            "the same of an explanation that says nothing of the neuron: the same simulation "
            "against other neurons' truth, or chance",
        ),
        Property("scorer_model", STRING, "the language model that simulated or judged"),
        Property("examples", STRING, "what it was measured on: `top`, `random` or `both`"),
        Property("calibrated", BOOLEAN, "whether simulated activations were calibrated first"),
        Property("n_examples", INTEGER, "sequences that it was measured on"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
)

# (:Explanation)-[:HAS_SIMULATION]->(:Simulation)-[:OF]->(:Sequence)
SIMULATION = NodeType(
    "Simulation",
    "{explanation}@{source}#{number}",
    "what an explanation lets expect of a neuron on one text, beside what it did",
    RUN,
    (
        _must("source", STRING, "who simulated"),
        _must("number", INTEGER, "place among the source's simulations of the explanation, from 1"),
        _must("calibrated", BOOLEAN, "whether the expectations were calibrated to activations"),
        Property("scorer_model", STRING, "the language model that simulated"),
        Property("examples", STRING, "what kind of example the text is: `top` or `random`"),
        _must("expected_activations", FLOATS, "one per token of the sequence"),
        Property("activations", FLOATS, "the neuron's own, one per token of the sequence"),
        Property("scale", STRING, "what the expectations are in, in the source's words"),
        Property("distribution_sizes", INTEGERS, "values of the distribution behind each of them"),
        Property("distribution_values", FLOATS, "these values, token after token"),
        Property("distribution_probabilities", FLOATS, "their probabilities, token after token"),
        Property("ev_correlation", FLOAT, "Pearson's, of expected and true; null if undefined"),
        Property("rsquared", FLOAT, "1 - squared error / variance"),
        Property("absolute_dev_explained", FLOAT, "1 - absolute error / absolute deviation"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
)

# (:Explanation)-[:HAS_JUDGEMENT]->(:Judgement)-[:JUDGES]->(:Sequence)
JUDGEMENT = NodeType(
    "Judgement",
    "{explanation}@{source}.{kind}#{number}",
    "whether a neuron fires in one text, as judged by an explanation, beside the truth",
    RUN,
    (
        _must("source", STRING, "who judged"),
        _must("kind", STRING, "`detection`: does it fire; `fuzz`: are its tokens those marked"),
        _must("number", INTEGER, "place among those of its kind, from 1"),
        _must("activating", BOOLEAN, "the truth"),
        Property("prediction", BOOLEAN, "the judgement; null if none could be read"),
        Property("probability", FLOAT, "that the judge gave it, 0 to 1"),
        Property("distance", INTEGER, "decile of the activation, from least; null without any"),
        _must("highlighted", BOOLEAN, "whether tokens were marked in the text"),
        Property("activations", FLOATS, "the neuron's own, one per token of the sequence"),
        Property("text", STRING, "the text as it was shown, where its tokens are not known"),
        Property("scorer_model", STRING, "the language model that judged"),
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
        Property("source_set", STRING, "layers of its features, without the block: `clt-hp`"),
        Property("details", STRING, "JSON object: how it was made, in its source's words"),
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
        Property("layer_index", INTEGER, "the block of a feature or an error, from 0"),
        Property("token_id", INTEGER, "of an embedding or a logit: its number in the vocabulary"),
        Property("probability", FLOAT, "of a logit's token, 0 to 1"),
        Property("is_target", BOOLEAN, "whether it is the logit that the circuit explains"),
        Property("pinned", BOOLEAN, "whether its author put it on the canvas"),
        RUN_ID,
    ),
    indexes=(("run_id",),),
)

# (:Circuit)-[:HAS_SUPERNODE]->(:Supernode)-[:GROUPS]->(:CircuitNode)
SUPERNODE = NodeType(
    "Supernode",
    "{slug}/supernode#{number}",
    "nodes of a circuit that its author put together",
    RUN,
    (
        _must("name", STRING, "what they are together"),
        _must("number", INTEGER, "place among the circuit's, from 1"),
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
    MODEL, TOKENIZER, LAYER, NEURON, MEASUREMENT, TOKEN, WORD, TOKEN_GRAPH, TOKEN_GRAPH_NODE,
    EXAMPLE, SEQUENCE, EXPLANATION, SCORE, SIMULATION, JUDGEMENT, INGEST_RUN, CIRCUIT,
    CIRCUIT_NODE, SUPERNODE, GRAPH_STATE,
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
        (ACTIVATION, RANK, TOKEN_RANK, RUN_ID), key=("run_id",),
    ),
    RelationshipType(
        "CONDITIONED_ON", "Neuron", "Token", "the token stands in the context of a pattern", RUN,
        (IMPORTANCE, DISTANCE, RANK, TOKEN_RANK, RUN_ID), key=("run_id",),
    ),
    RelationshipType(
        "RESPONDS_TO", "Neuron", "Token", "its mean activation on the token, as a source has it", RUN,
        (Property("mean_activation", FLOAT, "over the token's occurrences"), RANK, RUN_ID),
        key=("run_id", "rank"),
    ),
    RelationshipType(
        "INDEXED_UNDER", "Neuron", "Word", "a source's index of tokens lists it there", RUN,
        (
            _must("kind", STRING, "`activating`, or `context` for a token that it is conditioned on"),
            _must("form", STRING, "the token in the index's own normal form"),
            RUN_ID,
        ),
        key=("kind", "form", "run_id"),
    ),
    RelationshipType(
        "HAS_MEASUREMENT", "Neuron", "Measurement", "its statistics, by source", RUN, (RUN_ID,)
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
    RelationshipType(
        "REVISES", "Explanation", "Explanation",
        "the explanation that it was made from; its neuron has it only if it scored better",
        RUN, (RUN_ID,),
    ),
    RelationshipType("HAS_SCORE", "Explanation", "Score", "its measurements", RUN, (RUN_ID,)),
    RelationshipType(
        "HAS_SIMULATION", "Explanation", "Simulation", "the evidence of its scores", RUN, (RUN_ID,)
    ),
    RelationshipType("OF", "Simulation", "Sequence", "the text that was simulated", RUN, (RUN_ID,)),
    RelationshipType(
        "HAS_JUDGEMENT", "Explanation", "Judgement", "the evidence of its scores", RUN, (RUN_ID,)
    ),
    RelationshipType("JUDGES", "Judgement", "Sequence", "the text that was judged", RUN, (RUN_ID,)),
    RelationshipType(
        "SIMILAR_TO", "Neuron", "Neuron", "neurons that are like it", RUN,
        (
            _must("measure", STRING, "how likeness was measured"),
            _must("similarity", FLOAT, "0 to 1; of cosines and correlations -1 to 1"),
            Property("n_shared", INTEGER, "tokens that both fire on"),
            Property("rank", INTEGER, "place among all of its similar neurons, from 1; null below the kept"),
            Property("cross_layer_rank", INTEGER, "place among those of other layers, from 1; null within a layer or below the kept"),
            RUN_ID,
        ),
        key=("measure", "run_id"),
    ),
    RelationshipType(
        "CONNECTS_TO", "Neuron", "Neuron", "weight from its output to a later neuron's input", RUN,
        (WEIGHT, RANK, RUN_ID), key=("run_id",),
    ),
    RelationshipType(
        "CONNECTED_FROM", "Neuron", "Neuron",
        "weight to its input from an earlier neuron's output, where a source lists it for the later one",
        RUN, (WEIGHT, RANK, RUN_ID), key=("run_id",),
    ),
    RelationshipType(
        "READS", "Neuron", "Token", "weight from the token's embedding to its input", RUN,
        (WEIGHT, RANK, RUN_ID), key=("run_id", "rank"),
    ),
    RelationshipType(
        "WRITES", "Neuron", "Token", "weight from its output to the token's logit", RUN,
        (WEIGHT, RANK, RUN_ID), key=("run_id", "rank"),
    ),
    RelationshipType("HAS_NODE", "Circuit", "CircuitNode", "its nodes", RUN, (RUN_ID,)),
    RelationshipType("HAS_SUPERNODE", "Circuit", "Supernode", "its groups", RUN, (RUN_ID,)),
    RelationshipType("GROUPS", "Supernode", "CircuitNode", "what belongs to it", RUN, (RUN_ID,)),
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
