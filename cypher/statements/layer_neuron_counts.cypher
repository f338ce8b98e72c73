// purpose: How many neurons of layers are in the graph.
// param ids: strings — layers
// returns layer_id: string — the layer
// returns n_present: integer — its neurons in the graph
UNWIND $ids AS wanted
MATCH (l:Layer {id: wanted})
OPTIONAL MATCH (l)-[:HAS_NEURON]->(n:Neuron)
RETURN wanted AS layer_id, count(n) AS n_present
ORDER BY layer_id
