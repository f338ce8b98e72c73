// purpose: The neurons that fire on the tokens of words by some runs, to be indexed.
// param ids: strings — words
// param runs: strings — the runs
// returns word: string — the word
// returns token: string — the token's exact text
// returns neuron_id: string — the neuron
UNWIND $ids AS wanted
MATCH (w:Word {id: wanted})
OPTIONAL MATCH (w)<-[:FORM_OF]-(t:Token)<-[a:ACTIVATES_ON]-(n:Neuron)
WITH wanted, t, a, n WHERE a.run_id IN $runs
RETURN wanted AS word, t.id AS token, n.id AS neuron_id
ORDER BY word, token, neuron_id
