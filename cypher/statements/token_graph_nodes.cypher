// purpose: The nodes of token graphs, one row per token that a node accepts.
// param ids: strings — token graphs
// returns token_graph_id: string — the token graph
// returns id: string — the node
// returns kind: string — activating, context or ignore
// returns position: integer — 0 for the activating token, -1, -2 … going back
// returns activation: float? — share of the neuron's maximum if the text matches to here
// returns importance: float? — share of the activation that is lost without it
// returns is_end: boolean — true if a pattern is complete here
// returns token: string? — a token that it accepts; null if it accepts any
UNWIND $ids AS wanted
MATCH (g:TokenGraph {id: wanted})
OPTIONAL MATCH (g)-[:CONTAINS]->(v:TokenGraphNode)
WITH wanted, v WHERE v.id IS NOT NULL
OPTIONAL MATCH (v)-[:MATCHES]->(t:Token)
RETURN wanted AS token_graph_id, v.id AS id, v.kind AS kind, v.position AS position,
       v.activation AS activation, v.importance AS importance, v.is_end AS is_end, t.id AS token
ORDER BY token_graph_id, position DESC, id, token
