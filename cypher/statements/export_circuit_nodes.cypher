// purpose: The nodes of a circuit, a page at a time, to be written down again.
// param circuit: string — the circuit
// param after: string — the last id of the page before, empty for the first
// param limit: integer — how many at most
// returns id: string — the node
// returns kind: string — feature, error, embedding or logit
// returns position: integer — token of the prompt, from 0
// returns activation: float? — of the feature on that token
// returns influence: float? — on the logits
// returns label: string? — as its author named it
// returns probability: float? — of a logit's token
// returns is_target: boolean? — whether it is the logit that the circuit explains
// returns pinned: boolean? — whether its author put it on the canvas
MATCH (c:Circuit {id: $circuit})-[:HAS_NODE]->(v:CircuitNode)
WHERE v.id > $after
RETURN v.id AS id, v.kind AS kind, v.position AS position, v.activation AS activation,
       v.influence AS influence, v.label AS label, v.probability AS probability,
       v.is_target AS is_target, v.pinned AS pinned
ORDER BY id
LIMIT $limit
