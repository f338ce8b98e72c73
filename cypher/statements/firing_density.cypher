// purpose: How often the neurons of each layer fire.
// param limit: integer — how many layers at most
// returns model_id: string — the model
// returns layer_id: string — the layer
// returns layer_index: integer — the transformer block, from 0
// returns n_neurons: integer — neurons whose density is known
// returns n_dead: integer — those that never fire
// returns min_density: float — the least share of tokens above zero
// returns mean_density: float — the mean share
// returns max_density: float — the greatest share
MATCH (l:Layer)-[:HAS_NEURON]->(n:Neuron)
WHERE n.density IS NOT NULL
// Rounded, for each engine adds up in its own order.
RETURN l.model_id AS model_id, l.id AS layer_id, l.layer_index AS layer_index,
       count(n) AS n_neurons, count(CASE WHEN n.density = 0 THEN 1 END) AS n_dead,
       min(n.density) AS min_density, round(avg(n.density), 9) AS mean_density,
       max(n.density) AS max_density
ORDER BY model_id, layer_index, layer_id
LIMIT $limit
