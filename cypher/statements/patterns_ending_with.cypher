// purpose: Where token graphs begin that end a pattern with one of some tokens.
// param ids: strings — exact texts
// param model: string — the model
// param min_layer: integer — the lowest transformer block, from 0
// param max_layer: integer — the highest
// returns token: string — the token's exact text
// returns token_graph_id: string — the token graph
// returns node_id: string — its node for the token
// returns activation: float? — share of the neuron's maximum, whatever stands before
// returns is_end: boolean — whether a pattern is complete here
UNWIND $ids AS wanted
MATCH (t:Token {id: wanted})
OPTIONAL MATCH (t)<-[:MATCHES]-(r:TokenGraphNode)
WHERE r.position = 0
OPTIONAL MATCH (r)<-[:STARTS_AT]-(g:TokenGraph)<-[:HAS_TOKEN_GRAPH]-(n:Neuron)
WITH t, r, g, n
WHERE n.model_id = $model AND n.layer_index >= $min_layer AND n.layer_index <= $max_layer
RETURN t.id AS token, g.id AS token_graph_id, r.id AS node_id, r.activation AS activation,
       r.is_end AS is_end
ORDER BY token, token_graph_id, node_id
