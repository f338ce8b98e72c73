// purpose: What runs say that neurons lack, to be written down again.
// param ids: strings — neurons
// param runs: strings — the runs
// returns neuron_id: string — the neuron
// returns kind: string — what is not there
// returns reason: string — why
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[k:LACKS]->(r:IngestRun)
WITH wanted, k, r WHERE r.id IN $runs
RETURN wanted AS neuron_id, k.kind AS kind, k.reason AS reason
ORDER BY neuron_id, kind, reason
