// purpose: What runs looked for about the neurons of layers and did not find, why, and of how many.
// param ids: strings — layers
// returns layer_id: string — the layer
// returns kind: string — what is not there
// returns reason: string — why
// returns n_absent: integer — neurons
UNWIND $ids AS wanted
MATCH (l:Layer {id: wanted})
OPTIONAL MATCH (l)-[:HAS_NEURON]->(n:Neuron)
OPTIONAL MATCH (n)-[k:LACKS]->(:IngestRun)
WITH l, n, k WHERE k.kind IS NOT NULL
RETURN l.id AS layer_id, k.kind AS kind, k.reason AS reason, count(DISTINCT n.id) AS n_absent
ORDER BY layer_id, kind, reason
