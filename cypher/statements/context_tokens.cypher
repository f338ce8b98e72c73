// purpose: The tokens in whose context neurons fire, the most important first.
// param ids: strings — neurons
// param from: integer — the lowest rank wanted, from 1
// param until: integer — the highest rank wanted
// param run: string? — the run whose rows are wanted, or "" for any
// returns neuron_id: string — the neuron
// returns token: string — the token's exact text
// returns importance: float — share of the activation that is lost without it
// returns distance: integer — nearest, in tokens back from the activating one
// returns rank: integer — place among the neuron's context tokens, from 1
// returns token_rank: integer — place among the token's neurons of its run, from 1
// returns run_id: string — the run that says so
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[r:CONDITIONED_ON]->(t:Token)
WHERE r.rank >= $from AND r.rank <= $until AND ($run = '' OR r.run_id = $run)
WITH wanted, r, t WHERE t.id IS NOT NULL
RETURN wanted AS neuron_id, t.id AS token, r.importance AS importance, r.distance AS distance,
       r.rank AS rank, r.token_rank AS token_rank, r.run_id AS run_id
ORDER BY rank, token, run_id
