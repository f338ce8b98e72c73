// purpose: The neurons that fire in the context of a token, the most dependent first.
// param token: string — the token's exact text
// param below: float — importance of the last row before the page, or 2 to begin
// param after: string? — neuron of that row, or "" to begin
// param limit: integer — how many at most
// returns token: string — the token's exact text
// returns neuron_id: string — the neuron
// returns importance: float — share of the activation that is lost without it
// returns distance: integer — nearest, in tokens back from the activating one
// returns rank: integer — place among the neuron's context tokens, from 1
// returns token_rank: integer — place among the token's neurons of its run, from 1
MATCH (t:Token {id: $token})<-[r:CONDITIONED_ON]-(n:Neuron)
WHERE r.importance < $below OR (r.importance = $below AND n.id > $after)
RETURN t.id AS token, n.id AS neuron_id, r.importance AS importance, r.distance AS distance,
       r.rank AS rank, r.token_rank AS token_rank
ORDER BY importance DESC, neuron_id
LIMIT $limit
