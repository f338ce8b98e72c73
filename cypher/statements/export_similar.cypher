// purpose: The neurons of the same layer that are like these by one source, to be written down again.
// param ids: strings — neurons
// param source: string — whose run it was
// returns neuron_id: string — the neuron
// returns place: integer — place of the other one in its layer
// returns measure: string — how likeness was measured
// returns similarity: float — of both
// returns rank: integer? — place by the measure, from 1
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})-[s:SIMILAR_TO]->(o:Neuron)
MATCH (r:IngestRun {id: s.run_id})
WHERE r.source = $source AND o.layer_id = n.layer_id
RETURN wanted AS neuron_id, o.`index` AS place, s.measure AS measure, s.similarity AS similarity,
       s.rank AS rank
ORDER BY neuron_id, measure, rank, place
