// purpose: All that was said of neurons, to be written down again.
// param ids: strings — neurons
// returns neuron_id: string — the neuron
// returns id: string — the explanation
// returns text: string — the sentence
// returns explainer: string — the method that made it
// returns explainer_model: string? — the language model that wrote it
// returns author: string? — who published it
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_EXPLANATION]->(e:Explanation)
WITH wanted, e WHERE e.id IS NOT NULL
RETURN wanted AS neuron_id, e.id AS id, e.text AS text, e.explainer AS explainer,
       e.explainer_model AS explainer_model, e.author AS author
ORDER BY neuron_id, id
