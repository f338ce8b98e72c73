// purpose: Explanations that name the fewest of the words that their neuron's token graph fires on.
// param most: float — largest share of these words that they may name, 0 to 1
// param after: float — the share behind which to begin; below 0 for the beginning
// param after_id: string — the explanation of that share behind which to begin
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
WHERE e.explainer <> 'template'
MATCH (n)-[a:ACTIVATES_ON]->(t:Token)-[:FORM_OF]->(w:Word)
WHERE a.rank <= 10 AND size(w.id) > 2
WITH DISTINCT n, e, w.id AS word
WITH n, e, count(word) AS n_words,
     count(CASE WHEN toLower(e.text) CONTAINS word THEN 1 END) AS n_named
WITH n, e, n_named * 1.0 / n_words AS measure
WHERE measure <= $most AND (measure > $after OR (measure = $after AND e.id > $after_id))
RETURN n.id AS neuron_id, e.id AS id, e.text AS text, e.explainer AS explainer,
       e.explainer_model AS explainer_model, e.prompt_version AS prompt_version, e.about AS about,
       e.score AS score, e.run_id AS run_id,
       NULL AS other_id, measure AS measure
ORDER BY measure, id
LIMIT $limit
