// purpose: The token graphs of neurons, with their validation.
// param ids: strings — neurons
// returns neuron_id: string — the neuron
// returns id: string — the token graph
// returns source: string — who made it, and how
// returns max_activation: float? — the activation that a share of 1 stands for
// returns n_nodes: integer? — size of the trie
// returns precision: float? — of firing, on held-out examples
// returns recall: float? — of firing, on held-out examples
// returns f1: float? — of firing, on held-out examples
// returns correlation: float? — predicted against true activation
// returns support: integer? — firing tokens among the held-out ones
// returns token_baseline_f1: float? — f1 of a table of tokens
// returns bigram_baseline_f1: float? — f1 of a table of bigrams
// returns note: string? — what the source could not say
// returns run_id: string — the run that made it
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph)
WITH wanted, g WHERE g.id IS NOT NULL
RETURN wanted AS neuron_id, g.id AS id, g.source AS source, g.max_activation AS max_activation,
       g.n_nodes AS n_nodes, g.precision AS precision, g.recall AS recall, g.f1 AS f1,
       g.correlation AS correlation, g.support AS support,
       g.token_baseline_f1 AS token_baseline_f1, g.bigram_baseline_f1 AS bigram_baseline_f1,
       g.note AS note, g.run_id AS run_id
ORDER BY neuron_id, id
