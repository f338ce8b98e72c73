// purpose: The explanations that were made from explanations, the best scored first.
// param ids: strings — explanations
// returns explanation_id: string — the explanation
// returns id: string — the one that revises it
// returns text: string — the sentence
// returns explainer: string — the method that made it
// returns explainer_model: string? — the language model that wrote it
// returns prompt_version: string? — of the prompt or the template
// returns about: strings? — the tokens that end the examples that it is about; null for all
// returns score: float? — headline score
// returns run_id: string — the run that made it
UNWIND $ids AS wanted
MATCH (n:Explanation {id: wanted})
OPTIONAL MATCH (n)<-[:REVISES]-(e:Explanation)
WITH wanted, e WHERE e.id IS NOT NULL
RETURN wanted AS explanation_id, e.id AS id, e.text AS text, e.explainer AS explainer,
       e.explainer_model AS explainer_model, e.prompt_version AS prompt_version, e.about AS about,
       e.score AS score, e.run_id AS run_id
ORDER BY explanation_id, e.score IS NULL, score DESC, id
