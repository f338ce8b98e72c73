// purpose: The edges of token graphs: from a node to the one for the token before it.
// param ids: strings — token graphs
// returns token_graph_id: string — the token graph
// returns source: string — the node nearer to the activating token
// returns target: string — the node for the token before it
UNWIND $ids AS wanted
MATCH (g:TokenGraph {id: wanted})
OPTIONAL MATCH (g)-[:CONTAINS]->(v:TokenGraphNode)-[:PRECEDED_BY]->(u:TokenGraphNode)
WITH wanted, v, u WHERE u.id IS NOT NULL
RETURN wanted AS token_graph_id, v.id AS source, u.id AS target
ORDER BY token_graph_id, source, target
