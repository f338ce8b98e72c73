// purpose: Pairs of explanations by different explainers that share the fewest words.
// param most: float — largest share of the first one's words that the other may have, 0 to 1
// param after: float — the share behind which to begin; below 0 for the beginning
// param after_id: string — the two explanations of that share, a space between, behind which to begin
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
MATCH (e:Explanation)<-[:HAS_EXPLANATION]-(n:Neuron)-[:HAS_EXPLANATION]->(f:Explanation)
WHERE e.id < f.id AND (e.explainer <> f.explainer
      OR coalesce(e.explainer_model, '') <> coalesce(f.explainer_model, ''))
UNWIND split(toLower(e.text), ' ') AS word
WITH DISTINCT n, e, f, word
WHERE size(word) > 3
WITH n, e, f, count(word) AS n_words,
     count(CASE WHEN toLower(f.text) CONTAINS word THEN 1 END) AS n_shared
WITH n, e, f.id AS other, n_shared * 1.0 / n_words AS measure
WHERE measure <= $most
      AND (measure > $after OR (measure = $after AND e.id + ' ' + other > $after_id))
RETURN n.id AS neuron_id, e.id AS id, e.text AS text, e.explainer AS explainer,
       e.explainer_model AS explainer_model, e.prompt_version AS prompt_version, e.about AS about,
       e.score AS score, e.run_id AS run_id,
       other AS other_id, measure AS measure
ORDER BY measure, id, other_id
LIMIT $limit
