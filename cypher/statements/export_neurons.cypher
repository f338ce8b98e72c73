// purpose: The neurons of a layer in the order of their places, a page at a time.
// param layer: string — the layer's id
// param after: integer — the last place of the page before, -1 for the first
// param limit: integer — how many at most
// returns id: string — the neuron
// returns place: integer — its place, from 0
MATCH (l:Layer {id: $layer})-[:HAS_NEURON]->(n:Neuron)
WHERE n.`index` > $after
RETURN n.id AS id, n.`index` AS place
ORDER BY place
LIMIT $limit
