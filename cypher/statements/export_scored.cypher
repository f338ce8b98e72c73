// purpose: What runs said of neurons, with its scores, to be written down again: a row for each score, and one where there is none.
// param ids: strings — neurons
// param runs: strings — the runs
// param sources: strings — who scored
// returns neuron_id: string — the neuron
// returns id: string — the explanation
// returns text: string — the sentence
// returns kind: string? — what was measured
// returns value: float? — the score; null where it is undefined
// returns examples: string? — what it was measured on
// returns calibrated: boolean? — whether simulated activations were calibrated first
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[h:HAS_EXPLANATION]->(e:Explanation)
WITH wanted, e, h WHERE h.run_id IN $runs
OPTIONAL MATCH (e)-[:HAS_SCORE]->(s:Score) WHERE s.source IN $sources
RETURN wanted AS neuron_id, e.id AS id, e.text AS text, s.kind AS kind, s.value AS value,
       s.examples AS examples, s.calibrated AS calibrated
ORDER BY neuron_id, id, kind, examples, calibrated
