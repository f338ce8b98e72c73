// purpose: What is known of how many neurons, by layer.
// param limit: integer — how many at most
// returns model_id: string — the model
// returns layer_id: string — the layer
// returns layer_index: integer — the transformer block, from 0
// returns n_neurons: integer? — how many neurons the layer has
// returns n_present: integer — neurons in the graph
// returns n_token_graphs: integer — neurons with a token graph
// returns n_examples: integer — neurons with examples
// returns n_explanations: integer — neurons with an explanation
MATCH (l:Layer)
OPTIONAL MATCH (l)-[:HAS_NEURON]->(n:Neuron)
RETURN l.model_id AS model_id, l.id AS layer_id, l.layer_index AS layer_index,
       l.n_neurons AS n_neurons,
       count(n) AS n_present,
       count(CASE WHEN EXISTS { MATCH (n)-[:HAS_TOKEN_GRAPH]->(:TokenGraph) } THEN 1 END)
           AS n_token_graphs,
       count(CASE WHEN EXISTS { MATCH (n)-[:HAS_EXAMPLE]->(:Example) } THEN 1 END)
           AS n_examples,
       count(CASE WHEN EXISTS { MATCH (n)-[:HAS_EXPLANATION]->(:Explanation) } THEN 1 END)
           AS n_explanations
ORDER BY model_id, layer_index, layer_id
LIMIT $limit
