// purpose: How well token graphs predict, by layer and source: means over those on whose held-out texts something fires.
// param limit: integer — how many at most
// returns model_id: string — the model
// returns layer_id: string — the layer
// returns layer_index: integer — the transformer block, from 0
// returns source: string — who made the graphs, and how
// returns n_token_graphs: integer — how many there are
// returns f1: float? — of firing, on top texts
// returns bigram_baseline_f1: float? — f1 of tables of bigrams, on top texts
// returns random_f1: float? — of firing, on random texts
// returns random_bigram_baseline_f1: float? — f1 of tables of bigrams, on random texts
MATCH (l:Layer)-[:HAS_NEURON]->(:Neuron)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph)
// Rounded, for each engine adds up in its own order.
RETURN l.model_id AS model_id, l.id AS layer_id, l.layer_index AS layer_index,
       g.source AS source, count(g) AS n_token_graphs,
       round(avg(g.f1), 4) AS f1, round(avg(g.bigram_baseline_f1), 4) AS bigram_baseline_f1,
       round(avg(g.random_f1), 4) AS random_f1,
       round(avg(g.random_bigram_baseline_f1), 4) AS random_bigram_baseline_f1
ORDER BY model_id, layer_index, layer_id, source
LIMIT $limit
