// purpose: How many explanations were measured how, by layer and kind of score: bins of a tenth.
// param limit: integer — how many rows at most
// returns model_id: string — the model
// returns layer_id: string — the layer
// returns layer_index: integer — the transformer block, from 0
// returns kind: string — what was measured
// returns score: float — lower end of the bin
// returns n_scores: integer — measurements in the bin
MATCH (l:Layer)-[:HAS_NEURON]->(:Neuron)-[:HAS_EXPLANATION]->(:Explanation)-[:HAS_SCORE]->(s:Score)
WHERE s.value IS NOT NULL
RETURN l.model_id AS model_id, l.id AS layer_id, l.layer_index AS layer_index, s.kind AS kind,
       round(floor(s.value * 10) / 10, 1) AS score, count(s) AS n_scores
ORDER BY model_id, layer_index, layer_id, kind, score
LIMIT $limit
