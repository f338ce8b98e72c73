// purpose: The earlier neurons that drive neurons most, or hold them back, as sources list them for the later one.
// param ids: strings — neurons
// param run: string? — the run whose rows are wanted, or "" for any
// returns neuron_id: string — the neuron
// returns connected_id: string — the earlier neuron
// returns weight: float — from the earlier neuron's output to its input, signed
// returns rank: integer — place by size among those to the neuron, from 1
// returns run_id: string — the run that says so
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[r:CONNECTED_FROM]->(o:Neuron)
WHERE ($run = '' OR r.run_id = $run)
WITH wanted, r, o, abs(r.weight) AS strength WHERE o.id IS NOT NULL
RETURN wanted AS neuron_id, o.id AS connected_id, r.weight AS weight, r.rank AS rank,
       r.run_id AS run_id
ORDER BY neuron_id, strength DESC, connected_id, run_id
