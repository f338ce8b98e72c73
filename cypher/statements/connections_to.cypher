// purpose: The later neurons that neurons drive most, or hold back, by their weights alone.
// param ids: strings — neurons
// param run: string? — the run whose rows are wanted, or "" for any
// returns neuron_id: string — the neuron
// returns connected_id: string — the later neuron
// returns weight: float — from its output to the later neuron's input, signed
// returns rank: integer — place by size among those from the neuron, from 1
// returns run_id: string — the run that says so
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[r:CONNECTS_TO]->(o:Neuron)
WHERE ($run = '' OR r.run_id = $run)
WITH wanted, r, o WHERE o.id IS NOT NULL
RETURN wanted AS neuron_id, o.id AS connected_id, r.weight AS weight, r.rank AS rank,
       r.run_id AS run_id
ORDER BY rank, connected_id, run_id
