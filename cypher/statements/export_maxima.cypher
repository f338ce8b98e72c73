// purpose: The largest activations that one source measured, and the maxima of its token graphs.
// param ids: strings — neurons
// param source: string — who measured
// returns neuron_id: string — the neuron
// returns measured: float? — largest activation
// returns drawn: float? — the activation that its token graph's share of 1 stands for
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_MEASUREMENT]->(m:Measurement {source: $source})
OPTIONAL MATCH (n)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph {source: $source})
RETURN wanted AS neuron_id, m.max_activation AS measured, g.max_activation AS drawn
ORDER BY neuron_id
