// purpose: What may stand before nodes of token graphs: nodes for any of some tokens, or for every token.
// param ids: strings — nodes of token graphs
// param tokens: strings — exact texts, one at least
// returns node_id: string — the node
// returns before_id: string — the node for the token before it
// returns token: string? — the one of the tokens that it accepts; null if it accepts every token
// returns activation: float? — share of the neuron's maximum if the text matches to there
// returns is_end: boolean — whether a pattern is complete there
UNWIND $ids AS wanted
MATCH (n:TokenGraphNode {id: wanted})
OPTIONAL MATCH (n)-[:PRECEDED_BY]->(b:TokenGraphNode)
WITH n, b WHERE b.id IS NOT NULL
OPTIONAL MATCH (b)-[:MATCHES]->(t:Token)
WITH n, b, t WHERE b.kind = 'ignore' OR t.id IN $tokens
RETURN n.id AS node_id, b.id AS before_id, t.id AS token, b.activation AS activation,
       b.is_end AS is_end
ORDER BY node_id, before_id, token
