// purpose: The words under which sources' indexes of tokens list neurons.
// param ids: strings — neurons
// returns neuron_id: string — the neuron
// returns word: string — the word
// returns kind: string — activating, or context for a token that it is conditioned on
// returns form: string — the token in the index's own normal form
// returns run_id: string — the run that says so
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[r:INDEXED_UNDER]->(w:Word)
WITH wanted, r, w WHERE w.id IS NOT NULL
RETURN wanted AS neuron_id, w.id AS word, r.kind AS kind, r.form AS form, r.run_id AS run_id
ORDER BY neuron_id, kind, word, form, run_id
