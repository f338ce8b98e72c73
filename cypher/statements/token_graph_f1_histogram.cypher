// purpose: How many token graphs predict how well on random texts, by layer and source: bins of a tenth of F1.
// param limit: integer — how many rows at most
// returns model_id: string — the model
// returns layer_id: string — the layer
// returns layer_index: integer — the transformer block, from 0
// returns source: string — who made the graphs, and how
// returns random_f1: float — lower end of the bin: F1 of firing
// returns n_token_graphs: integer — token graphs in the bin
MATCH (l:Layer)-[:HAS_NEURON]->(:Neuron)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph)
WHERE g.random_f1 IS NOT NULL
RETURN l.model_id AS model_id, l.id AS layer_id, l.layer_index AS layer_index, g.source AS source,
       round(floor(g.random_f1 * 10) / 10, 1) AS random_f1, count(g) AS n_token_graphs
ORDER BY model_id, layer_index, layer_id, source, random_f1
LIMIT $limit
