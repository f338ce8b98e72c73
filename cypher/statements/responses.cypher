// purpose: The mean activations of neurons on tokens, as sources list them.
// param ids: strings — neurons
// param from: integer — the lowest rank wanted, from 1
// param until: integer — the highest rank wanted
// param run: string? — the run whose rows are wanted, or "" for any
// returns neuron_id: string — the neuron
// returns token: string — the token's exact text
// returns mean_activation: float? — over the token's occurrences
// returns rank: integer — place in the source's list, from 1
// returns run_id: string — the run that says so
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[r:RESPONDS_TO]->(t:Token)
WHERE r.rank >= $from AND r.rank <= $until AND ($run = '' OR r.run_id = $run)
WITH wanted, r, t WHERE t.id IS NOT NULL
RETURN wanted AS neuron_id, t.id AS token, r.mean_activation AS mean_activation,
       r.rank AS rank, r.run_id AS run_id
ORDER BY neuron_id, rank, token, run_id
