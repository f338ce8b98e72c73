// purpose: The direct effects of nodes of circuits, to be written down again.
// param ids: strings — nodes of circuits
// returns source: string — the node
// returns target: string — the one that it has an effect on
// returns weight: float — signed
UNWIND $ids AS wanted
MATCH (v:CircuitNode {id: wanted})
OPTIONAL MATCH (v)-[i:INFLUENCES]->(w:CircuitNode)
WITH wanted, i, w WHERE w.id IS NOT NULL
RETURN wanted AS source, w.id AS target, i.weight AS weight
ORDER BY source, target
