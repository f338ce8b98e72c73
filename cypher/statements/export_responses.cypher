// purpose: Neurons' mean activations on tokens by some runs, to be written down again.
// param ids: strings — neurons
// param runs: strings — the runs
// returns neuron_id: string — the neuron
// returns token: string — the token's exact text
// returns mean_activation: float? — over the token's occurrences
// returns rank: integer — place in the source's list, from 1
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[a:RESPONDS_TO]->(t:Token)
WITH wanted, a, t WHERE a.run_id IN $runs
RETURN wanted AS neuron_id, t.id AS token, a.mean_activation AS mean_activation, a.rank AS rank
ORDER BY neuron_id, rank
