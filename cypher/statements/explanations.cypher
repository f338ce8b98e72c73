// purpose: The explanations of neurons, the best scored first.
// param ids: strings — neurons
// returns neuron_id: string — the neuron
// returns id: string — the explanation
// returns text: string — the sentence
// returns explainer: string — the method that made it
// returns explainer_model: string? — the language model that wrote it
// returns prompt_version: string? — of the prompt or the template
// returns about: strings? — the tokens that end the examples that it is about; null for all
// returns score: float? — headline score
// returns run_id: string — the run that made it
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_EXPLANATION]->(e:Explanation)
WITH wanted, e WHERE e.id IS NOT NULL
RETURN wanted AS neuron_id, e.id AS id, e.text AS text, e.explainer AS explainer,
       e.explainer_model AS explainer_model, e.prompt_version AS prompt_version, e.about AS about,
       e.score AS score, e.run_id AS run_id
ORDER BY e.score IS NULL, score DESC, id
