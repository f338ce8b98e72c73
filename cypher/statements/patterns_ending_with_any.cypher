// purpose: Where token graphs begin that end a pattern with any token.
// param model: string — the model
// param min_layer: integer — the lowest transformer block, from 0
// param max_layer: integer — the highest
// param limit: integer — how many at most
// returns token_graph_id: string — the token graph
// returns node_id: string — its node for any token
// returns activation: float? — share of the neuron's maximum, whatever stands before
// returns is_end: boolean — whether a pattern is complete here
MATCH (g:TokenGraph)-[:STARTS_AT]->(r:TokenGraphNode)
WHERE r.kind = 'ignore'
OPTIONAL MATCH (g)<-[:HAS_TOKEN_GRAPH]-(n:Neuron)
WITH r, g, n
WHERE n.model_id = $model AND n.layer_index >= $min_layer AND n.layer_index <= $max_layer
RETURN g.id AS token_graph_id, r.id AS node_id, r.activation AS activation, r.is_end AS is_end
ORDER BY token_graph_id, node_id
LIMIT $limit
