// purpose: Explanations by their text, who made them, and how good they are, the best scored first.
// param below: string? — what the ids of those that are wanted begin with, such as a model's and "/", or ""
// param contains: string? — what stands in their texts, in small letters, or ""
// param explainer: string? — the method that made them, or ""
// param scored: boolean — whether they need a score within the bounds
// param min_score: float — the least score
// param max_score: float — the largest
// param place: float — score of the last explanation before the page, -1e308 if it has none, or 1e308 to begin
// param after: string? — id of that explanation, or "" to begin
// param limit: integer — how many at most
// returns id: string — the explanation
// returns text: string — the sentence
// returns explainer: string — the method that made it
// returns explainer_model: string? — the language model that wrote it
// returns prompt_version: string? — of the prompt or the template
// returns about: strings? — the tokens that end the examples that it is about; null for all
// returns score: float? — headline score
// returns run_id: string — the run that made it
MATCH (e:Explanation)
WHERE ($contains = '' OR toLower(e.text) CONTAINS $contains)
  AND ($below = '' OR e.id STARTS WITH $below) AND ($explainer = '' OR e.explainer = $explainer)
WITH e, coalesce(e.score, -1.0e308) AS value
WHERE (NOT $scored OR (e.score IS NOT NULL AND value >= $min_score AND value <= $max_score))
  AND (value < $place OR (value = $place AND e.id > $after))
RETURN e.id AS id, e.text AS text, e.explainer AS explainer, e.explainer_model AS explainer_model,
       e.prompt_version AS prompt_version, e.about AS about,
       e.score AS score, e.run_id AS run_id
ORDER BY value DESC, id
LIMIT $limit
