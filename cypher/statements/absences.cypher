// purpose: What was looked for about neurons and is not there.
// param ids: strings — neurons
// returns neuron_id: string — the neuron
// returns kind: string — what is not there
// returns reason: string — why
// returns run_id: string — the run that looked for it
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[k:LACKS]->(r:IngestRun)
WITH wanted, k, r WHERE r.id IS NOT NULL
RETURN wanted AS neuron_id, k.kind AS kind, k.reason AS reason, r.id AS run_id
ORDER BY kind, run_id
