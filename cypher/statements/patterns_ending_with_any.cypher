// purpose: The nodes of token graphs that end a pattern with any token.
// param below: string — what the ids of the token graphs begin with: a model's and "/"
// param limit: integer — how many at most
// returns node_id: string — the node, whose id is that of its token graph, "#" and a number
// returns activation: float? — share of the neuron's maximum, whatever stands before
// returns is_end: boolean — whether a pattern is complete here
MATCH (g:TokenGraph)-[:STARTS_AT]->(r:TokenGraphNode)
WHERE g.id STARTS WITH $below AND r.kind = 'ignore'
RETURN r.id AS node_id, r.activation AS activation, r.is_end AS is_end
ORDER BY node_id
LIMIT $limit
