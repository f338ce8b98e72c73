// purpose: The neurons that nodes of circuits stand for.
// param ids: strings — nodes of circuits
// returns node_id: string — the node
// returns neuron_id: string — the neuron
UNWIND $ids AS wanted
MATCH (v:CircuitNode {id: wanted})
OPTIONAL MATCH (v)-[:IS_NEURON]->(n:Neuron)
WITH wanted, n WHERE n.id IS NOT NULL
RETURN wanted AS node_id, n.id AS neuron_id
ORDER BY node_id, neuron_id
