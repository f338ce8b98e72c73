// purpose: The token graphs of neurons, with their validation on held-out texts: the top ones, on which the neuron fires most, and random ones.
// param ids: strings — neurons
// returns neuron_id: string — the neuron
// returns id: string — the token graph
// returns source: string — who made it, and how
// returns max_activation: float? — the activation that a share of 1 stands for
// returns n_nodes: integer? — size of the trie
// returns n_unconnected: integer? — activating nodes that share no token with another one
// returns repeat_activation: float? — strongest activation of a pattern that names a token of its activating node again
// returns precision: float? — of firing, on top texts
// returns recall: float? — of firing, on top texts
// returns f1: float? — of firing, on top texts
// returns correlation: float? — predicted against true activation, on top texts
// returns support: integer? — firing tokens in top texts
// returns token_baseline_f1: float? — f1 of a table of tokens, on top texts
// returns bigram_baseline_f1: float? — f1 of a table of bigrams, on top texts
// returns random_precision: float? — of firing, on random texts
// returns random_recall: float? — of firing, on random texts
// returns random_f1: float? — of firing, on random texts
// returns random_correlation: float? — predicted against true activation, on random texts
// returns random_support: integer? — firing tokens in random texts
// returns random_token_baseline_f1: float? — f1 of a table of tokens, on random texts
// returns random_bigram_baseline_f1: float? — f1 of a table of bigrams, on random texts
// returns accuracy: float? — share of test tokens that it judges rightly
// returns explained_variance: float? — 1 - mean squared error / variance
// returns non_firing_precision: float? — of not firing, on test texts
// returns non_firing_recall: float? — of not firing, on test texts
// returns non_firing_f1: float? — of not firing, on test texts
// returns non_firing_support: integer? — test tokens that do not fire
// returns note: string? — what the source could not say
// returns run_id: string — the run that made it
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph)
WITH wanted, g WHERE g.id IS NOT NULL
RETURN wanted AS neuron_id, g.id AS id, g.source AS source, g.max_activation AS max_activation,
       g.n_nodes AS n_nodes, g.n_unconnected AS n_unconnected,
       g.repeat_activation AS repeat_activation, g.precision AS precision, g.recall AS recall, g.f1 AS f1,
       g.correlation AS correlation, g.support AS support,
       g.token_baseline_f1 AS token_baseline_f1, g.bigram_baseline_f1 AS bigram_baseline_f1,
       g.random_precision AS random_precision, g.random_recall AS random_recall,
       g.random_f1 AS random_f1, g.random_correlation AS random_correlation,
       g.random_support AS random_support,
       g.random_token_baseline_f1 AS random_token_baseline_f1,
       g.random_bigram_baseline_f1 AS random_bigram_baseline_f1,
       g.accuracy AS accuracy,
       g.explained_variance AS explained_variance,
       g.non_firing_precision AS non_firing_precision,
       g.non_firing_recall AS non_firing_recall,
       g.non_firing_f1 AS non_firing_f1,
       g.non_firing_support AS non_firing_support,
       g.note AS note, g.run_id AS run_id
ORDER BY id
