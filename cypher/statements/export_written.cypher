// purpose: The tokens that neurons write by one source, to be written down again.
// param ids: strings — neurons
// param source: string — whose run it was
// returns neuron_id: string — the neuron
// returns token: string — the token's exact text
// returns weight: float — signed
// returns rank: integer — place by size, from 1
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})-[w:WRITES]->(t:Token)
MATCH (r:IngestRun {id: w.run_id})
WHERE r.source = $source
RETURN wanted AS neuron_id, t.id AS token, w.weight AS weight, w.rank AS rank
ORDER BY neuron_id, rank
