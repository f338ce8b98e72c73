// purpose: How many explanations have which headline score, by layer and explainer: bins of a tenth.
// param limit: integer — how many rows at most
// returns model_id: string — the model
// returns layer_id: string — the layer
// returns layer_index: integer — the transformer block, from 0
// returns explainer: string — the method that made them
// returns score: float — lower end of the bin
// returns n_explanations: integer — explanations in the bin
MATCH (l:Layer)-[:HAS_NEURON]->(:Neuron)-[:HAS_EXPLANATION]->(e:Explanation)
WHERE e.score IS NOT NULL
RETURN l.model_id AS model_id, l.id AS layer_id, l.layer_index AS layer_index,
       e.explainer AS explainer, round(floor(e.score * 10) / 10, 1) AS score,
       count(e) AS n_explanations
ORDER BY model_id, layer_index, layer_id, explainer, score
LIMIT $limit
