// purpose: The neurons that fire on a token, the strongest first.
// param token: string — the token's exact text
// param below: float — activation of the last row before the page, or 2 to begin
// param after: string? — neuron of that row, or "" to begin
// param limit: integer — how many at most
// returns token: string — the token's exact text
// returns neuron_id: string — the neuron
// returns activation: float — share of the neuron's maximum
// returns rank: integer — place among the neuron's tokens, from 1
// returns token_rank: integer — place among the token's neurons of its run, from 1
MATCH (t:Token {id: $token})<-[r:ACTIVATES_ON]-(n:Neuron)
WHERE r.activation < $below OR (r.activation = $below AND n.id > $after)
RETURN t.id AS token, n.id AS neuron_id, r.activation AS activation, r.rank AS rank,
       r.token_rank AS token_rank
ORDER BY activation DESC, neuron_id
LIMIT $limit
