// purpose: The neurons that are most like each of these, of any layer.
// param ids: strings — neurons
// param run: string? — the run whose rows are wanted, or "" for any
// returns neuron_id: string — the neuron
// returns similar_id: string — the one that is like it
// returns measure: string — how likeness was measured
// returns similarity: float — 0 to 1
// returns n_shared: integer? — tokens that both fire on
// returns rank: integer — place among those asked for, as stored, from 1
// returns run_id: string — the run that says so
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[s:SIMILAR_TO]->(o:Neuron)
WHERE s.rank IS NOT NULL AND ($run = '' OR s.run_id = $run)
WITH wanted, s, o WHERE o.id IS NOT NULL
RETURN wanted AS neuron_id, o.id AS similar_id, s.measure AS measure,
       s.similarity AS similarity, s.n_shared AS n_shared, s.rank AS rank,
       s.run_id AS run_id
ORDER BY rank, measure, similar_id, run_id
