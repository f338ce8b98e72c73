// purpose: The tokens that neurons make likelier, or less likely, by their weights alone.
// param ids: strings — neurons
// param from: integer — the lowest rank wanted, from 1
// param until: integer — the highest rank wanted
// param run: string? — the run whose rows are wanted, or "" for any
// returns neuron_id: string — the neuron
// returns token: string — the token's exact text
// returns weight: float — from the neuron's output to the token's logit, signed
// returns rank: integer — place by size among the neuron's tokens, from 1
// returns run_id: string — the run that says so
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[r:WRITES]->(t:Token)
WHERE r.rank >= $from AND r.rank <= $until AND ($run = '' OR r.run_id = $run)
WITH wanted, r, t WHERE t.id IS NOT NULL
RETURN wanted AS neuron_id, t.id AS token, r.weight AS weight, r.rank AS rank, r.run_id AS run_id
ORDER BY rank, token, run_id
