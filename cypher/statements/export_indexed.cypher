// purpose: Which neurons an index of tokens lists under words, to be written down again.
// param ids: strings — words
// param runs: strings — the runs that it comes from
// param kind: string — activating or context
// returns word: string — the word
// returns form: string — the token in the index's own normal form
// returns neuron_id: string — the neuron
UNWIND $ids AS wanted
MATCH (w:Word {id: wanted})
OPTIONAL MATCH (w)<-[i:INDEXED_UNDER]-(n:Neuron)
WITH wanted, i, n WHERE i.run_id IN $runs AND i.kind = $kind
RETURN wanted AS word, i.form AS form, n.id AS neuron_id
ORDER BY word, form, neuron_id
