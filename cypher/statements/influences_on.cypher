// purpose: The nodes that have a direct effect on nodes of circuits, the largest effects first.
// param ids: strings — nodes of circuits
// returns node_id: string — the node that is asked about
// returns weight: float — the direct effect, signed
// returns id: string — the other node
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
MATCH (v:CircuitNode {id: wanted})
OPTIONAL MATCH (v)<-[r:INFLUENCES]-(u:CircuitNode)
WITH wanted, r, u, abs(r.weight) AS strength WHERE u.id IS NOT NULL
RETURN wanted AS node_id, r.weight AS weight, u.id AS id,
       u.kind AS kind, u.position AS position, u.activation AS activation,
       u.influence AS influence, u.label AS label, u.layer_index AS layer_index,
       u.token_id AS token_id, u.probability AS probability, u.is_target AS is_target,
       u.pinned AS pinned, u.run_id AS run_id
ORDER BY node_id, strength DESC, id
