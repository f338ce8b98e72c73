// purpose: The measurements of explanations.
// param ids: strings — explanations
// returns explanation_id: string — the explanation
// returns id: string — the score
// returns kind: string — what was measured
// returns source: string — who measured it
// returns value: float? — null where it is undefined
// returns null_value: float? — the same of an explanation that says nothing
// returns scorer_model: string? — the language model that simulated or judged
// returns examples: string? — what it was measured on: top, random or both
// returns calibrated: boolean? — whether simulated activations were calibrated first
// returns n_examples: integer? — sequences that it was measured on
// returns run_id: string — the run that made it
UNWIND $ids AS wanted
MATCH (e:Explanation {id: wanted})
OPTIONAL MATCH (e)-[:HAS_SCORE]->(s:Score)
WITH wanted, s WHERE s.id IS NOT NULL
RETURN wanted AS explanation_id, s.id AS id, s.kind AS kind, s.source AS source,
       s.value AS value, s.null_value AS null_value,
       s.scorer_model AS scorer_model, s.examples AS examples,
       s.calibrated AS calibrated, s.n_examples AS n_examples, s.run_id AS run_id
ORDER BY explanation_id, kind, id
