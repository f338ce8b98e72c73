// purpose: The neurons that these are like by some runs, to be written down again.
// param ids: strings — neurons
// param runs: strings — the runs
// returns neuron_id: string — the neuron
// returns other_id: string — the other one
// returns layer_id: string — its layer
// returns place: integer — place of the other one in its layer
// returns measure: string — how likeness was measured
// returns similarity: float — of both
// returns rank: integer? — place by the measure, from 1
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[s:SIMILAR_TO]->(o:Neuron)
WITH wanted, s, o WHERE s.run_id IN $runs
RETURN wanted AS neuron_id, o.id AS other_id, o.layer_id AS layer_id, o.`index` AS place,
       s.measure AS measure, s.similarity AS similarity, s.rank AS rank
ORDER BY neuron_id, measure, rank, other_id
