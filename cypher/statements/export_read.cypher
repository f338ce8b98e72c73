// purpose: The tokens that neurons read by some runs, to be written down again.
// param ids: strings — neurons
// param runs: strings — the runs
// returns neuron_id: string — the neuron
// returns token: string — the token's exact text
// returns weight: float — signed
// returns rank: integer — place by size, from 1
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[w:READS]->(t:Token)
WITH wanted, w, t WHERE w.run_id IN $runs
RETURN wanted AS neuron_id, t.id AS token, w.weight AS weight, w.rank AS rank
ORDER BY neuron_id, rank
