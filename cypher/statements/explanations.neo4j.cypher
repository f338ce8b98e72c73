UNWIND $ids AS wanted
MATCH (:Neuron {id: wanted})-[:HAS_EXPLANATION]->(e:Explanation)
RETURN wanted AS neuron_id, e.id AS id, e.text AS text, e.explainer AS explainer,
       e.explainer_model AS explainer_model, e.prompt_version AS prompt_version, e.about AS about,
       e.score AS score, e.run_id AS run_id
ORDER BY e.score IS NULL, score DESC, id
