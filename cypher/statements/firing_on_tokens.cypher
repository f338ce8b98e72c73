// purpose: The neurons that fire on each of several tokens, the strongest first.
// param ids: strings — exact texts
// param first: integer — how many at most of each, and of each run
// returns token: string — the token's exact text
// returns neuron_id: string — the neuron
// returns activation: float — share of the neuron's maximum
// returns rank: integer — place among the neuron's tokens, from 1
// returns token_rank: integer — place among the token's neurons of its run, from 1
UNWIND $ids AS wanted
MATCH (t:Token {id: wanted})
OPTIONAL MATCH (t)<-[r:ACTIVATES_ON]-(n:Neuron)
WHERE r.token_rank <= $first
WITH t, r, n WHERE n.id IS NOT NULL
RETURN t.id AS token, n.id AS neuron_id, r.activation AS activation, r.rank AS rank,
       r.token_rank AS token_rank
ORDER BY token, activation DESC, neuron_id
