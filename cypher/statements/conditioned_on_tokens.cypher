// purpose: The neurons that fire in the context of each of several tokens, the most dependent first.
// param ids: strings — exact texts
// param first: integer — how many at most of each, and of each run
// returns token: string — the token's exact text
// returns neuron_id: string — the neuron
// returns importance: float — share of the activation that is lost without it
// returns distance: integer — nearest, in tokens back from the activating one
// returns rank: integer — place among the neuron's context tokens, from 1
// returns token_rank: integer — place among the token's neurons of its run, from 1
UNWIND $ids AS wanted
MATCH (t:Token {id: wanted})
OPTIONAL MATCH (t)<-[r:CONDITIONED_ON]-(n:Neuron)
WHERE r.token_rank <= $first
WITH t, r, n WHERE n.id IS NOT NULL
RETURN t.id AS token, n.id AS neuron_id, r.importance AS importance, r.distance AS distance,
       r.rank AS rank, r.token_rank AS token_rank
ORDER BY token, importance DESC, neuron_id
