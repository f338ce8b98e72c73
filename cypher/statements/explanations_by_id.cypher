// purpose: Explanations by their ids.
// param ids: strings — explanations
// returns id: string — the explanation
// returns text: string — the sentence
// returns explainer: string — the method that made it
// returns explainer_model: string? — the language model that wrote it
// returns prompt_version: string? — of the prompt or the template
// returns about: strings? — the tokens that end the examples that it is about; null for all
// returns score: float? — headline score
// returns run_id: string — the run that made it
MATCH (e:Explanation) WHERE e.id IN $ids
RETURN e.id AS id, e.text AS text, e.explainer AS explainer,
       e.explainer_model AS explainer_model, e.prompt_version AS prompt_version, e.about AS about,
       e.score AS score, e.run_id AS run_id
ORDER BY id
