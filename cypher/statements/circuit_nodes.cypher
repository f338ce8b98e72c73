// purpose: The nodes of circuits, those of the largest influence on the logits first.
// param ids: strings — circuits
// param kind: string? — feature, error, embedding or logit, or "" for any
// returns circuit_id: string — the circuit
// returns id: string — the node
// returns kind: string — feature, error, embedding or logit
// returns position: integer — token of the prompt, from 0
// returns activation: float? — of the feature on that token
// returns influence: float? — on the logits
// returns label: string? — as its author named it
// returns layer_index: integer? — the block of a feature or an error, from 0
// returns token_id: integer? — of an embedding or a logit: its number in the vocabulary
// returns probability: float? — of a logit's token, 0 to 1
// returns is_target: boolean? — whether it is the logit that the circuit explains
// returns pinned: boolean? — whether its author put it on the canvas
// returns run_id: string — the run that it is from
UNWIND $ids AS wanted
MATCH (c:Circuit {id: wanted})
OPTIONAL MATCH (c)-[:HAS_NODE]->(v:CircuitNode)
WHERE ($kind = '' OR v.kind = $kind)
WITH wanted, v WHERE v.id IS NOT NULL
RETURN wanted AS circuit_id, v.id AS id,
       v.kind AS kind, v.position AS position, v.activation AS activation,
       v.influence AS influence, v.label AS label, v.layer_index AS layer_index,
       v.token_id AS token_id, v.probability AS probability, v.is_target AS is_target,
       v.pinned AS pinned, v.run_id AS run_id
ORDER BY circuit_id, v.influence IS NULL, influence DESC, id
