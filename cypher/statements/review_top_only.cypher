// purpose: Explanations that foretell the examples on which a neuron fires most, and not random ones.
// param most: float — most that they may score on random examples less what they score on top ones
// param after: float — that difference, behind which to begin; below -2 for the beginning
// param after_id: string — the explanation of that difference behind which to begin
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
MATCH (n:Neuron)-[:HAS_EXPLANATION]->(e:Explanation)-[:HAS_SCORE]->
      (a:Score {kind: 'ev_correlation', examples: 'top'})
MATCH (e)-[:HAS_SCORE]->(b:Score {kind: 'ev_correlation', examples: 'random'})
WHERE a.source = b.source AND a.value IS NOT NULL AND b.value IS NOT NULL
WITH n, e, min(b.value - a.value) AS measure
WHERE measure <= $most AND (measure > $after OR (measure = $after AND e.id > $after_id))
RETURN n.id AS neuron_id, e.id AS id, e.text AS text, e.explainer AS explainer,
       e.explainer_model AS explainer_model, e.prompt_version AS prompt_version, e.about AS about,
       e.score AS score, e.run_id AS run_id,
       NULL AS other_id, measure AS measure
ORDER BY measure, id
LIMIT $limit
