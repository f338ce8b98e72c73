// purpose: Explanations that nobody has scored.
// param after_id: string — the explanation behind which to begin
// param limit: integer — how many at most
// returns neuron_id: string — the neuron
// returns id: string — the explanation
// returns text: string — the sentence
// returns explainer: string — the method that made it
// returns explainer_model: string? — the language model that wrote it
// returns prompt_version: string? — of the prompt or the template
// returns about: strings? — the tokens that end the examples that it is about; null for all
// returns score: float? — headline score
// returns run_id: string — the run that made it
// returns other_id: string? — the explanation that it disagrees with
// returns measure: float — what the list is ordered by, the least first
MATCH (n:Neuron)-[:HAS_EXPLANATION]->(e:Explanation)
WHERE e.id > $after_id AND NOT EXISTS { MATCH (e)-[:HAS_SCORE]->(:Score) }
RETURN n.id AS neuron_id, e.id AS id, e.text AS text, e.explainer AS explainer,
       e.explainer_model AS explainer_model, e.prompt_version AS prompt_version, e.about AS about,
       e.score AS score, e.run_id AS run_id,
       NULL AS other_id, 0.0 AS measure
ORDER BY id
LIMIT $limit
