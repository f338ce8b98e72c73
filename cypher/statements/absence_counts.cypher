// purpose: What is missing of how many neurons, and why, by layer.
// param limit: integer — how many at most
// returns layer_id: string — the layer
// returns kind: string — what is not there
// returns reason: string — why
// returns n_absent: integer — neurons
MATCH (l:Layer)-[:HAS_NEURON]->(n:Neuron)-[k:LACKS]->(:IngestRun)
RETURN l.id AS layer_id, k.kind AS kind, k.reason AS reason, count(n) AS n_absent
ORDER BY layer_id, kind, reason
LIMIT $limit
