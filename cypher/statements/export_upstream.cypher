// purpose: The weights from earlier neurons by some runs, to be written down again.
// param ids: strings — neurons
// param runs: strings — the runs
// returns neuron_id: string — the neuron
// returns other_id: string — the other one
// returns weight: float — signed
// returns rank: integer — place by size, from 1
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[c:CONNECTED_FROM]->(o:Neuron)
WITH wanted, c, o WHERE c.run_id IN $runs
RETURN wanted AS neuron_id, o.id AS other_id, c.weight AS weight, c.rank AS rank
ORDER BY neuron_id, rank
