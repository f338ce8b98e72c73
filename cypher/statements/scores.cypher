// purpose: The measurements of explanations.
// param ids: strings — explanations
// returns explanation_id: string — the explanation
// returns id: string — the score
// returns kind: string — what was measured
// returns value: float? — null where it is undefined
// returns scorer_model: string? — the language model that simulated or judged
// returns n_examples: integer? — sequences that it was measured on
// returns run_id: string — the run that made it
UNWIND $ids AS wanted
MATCH (e:Explanation {id: wanted})
OPTIONAL MATCH (e)-[:HAS_SCORE]->(s:Score)
WITH wanted, s WHERE s.id IS NOT NULL
RETURN wanted AS explanation_id, s.id AS id, s.kind AS kind, s.value AS value,
       s.scorer_model AS scorer_model, s.n_examples AS n_examples, s.run_id AS run_id
ORDER BY explanation_id, kind, id
