// purpose: How many neurons fire how often, by layer: bins of a tenth of a decade of density.
// param limit: integer — how many rows at most
// returns model_id: string — the model
// returns layer_id: string — the layer
// returns layer_index: integer — the transformer block, from 0
// returns log10_density: float — lower end of the bin: log10 of the share of tokens above zero
// returns n_neurons: integer — neurons in the bin
MATCH (l:Layer)-[:HAS_NEURON]->(n:Neuron)
WHERE n.density > 0
RETURN l.model_id AS model_id, l.id AS layer_id, l.layer_index AS layer_index,
       round(floor(log10(n.density) * 10) / 10, 1) AS log10_density, count(n) AS n_neurons
ORDER BY model_id, layer_index, layer_id, log10_density
LIMIT $limit
