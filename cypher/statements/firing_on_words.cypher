// purpose: The neurons that fire on any token of each of several words, the strongest first.
// param ids: strings — normal forms
// param first: integer — how many at most of each, and of each run
// returns word: string — the word
// returns neuron_id: string — the neuron
// returns activation: float — its strongest on a token of the word, a share of its maximum
UNWIND $ids AS wanted
MATCH (w:Word {id: wanted})
OPTIONAL MATCH (w)<-[:FORM_OF]-(:Token)<-[r:ACTIVATES_ON]-(n:Neuron)
WHERE r.token_rank <= $first
WITH w, n, max(r.activation) AS strongest WHERE n.id IS NOT NULL
RETURN w.id AS word, n.id AS neuron_id, strongest AS activation
ORDER BY word, activation DESC, neuron_id
