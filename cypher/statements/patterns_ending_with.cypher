// purpose: The nodes of token graphs that end a pattern with one of some tokens.
// param ids: strings — exact texts
// param below: string — what the ids of the nodes begin with: a model's and "/"
// returns token: string — the token's exact text
// returns node_id: string — the node, whose id is that of its token graph, "#" and a number
// returns activation: float? — share of the neuron's maximum, whatever stands before
// returns is_end: boolean — whether a pattern is complete here
UNWIND $ids AS wanted
MATCH (t:Token {id: wanted})
OPTIONAL MATCH (t)<-[:MATCHES]-(r:TokenGraphNode)
WHERE r.position = 0 AND r.id STARTS WITH $below
WITH t, r WHERE r.id IS NOT NULL
RETURN t.id AS token, r.id AS node_id, r.activation AS activation, r.is_end AS is_end
ORDER BY token, node_id
