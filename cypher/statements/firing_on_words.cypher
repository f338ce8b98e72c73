// purpose: The neurons that fire on any token of each of several words, the strongest first.
// param ids: strings — normal forms
// param below: float — activation of the last row before the page, or 2 to begin
// param after: string — neuron of that row, or "" to begin
// param until: integer — the highest token_rank to look at: rows before the page and on it
// returns word: string — the word
// returns neuron_id: string — the neuron
// returns activation: float — its strongest on a token of the word, a share of its maximum
UNWIND $ids AS wanted
MATCH (w:Word {id: wanted})
OPTIONAL MATCH (w)<-[:FORM_OF]-(:Token)<-[r:ACTIVATES_ON]-(n:Neuron)
WHERE r.token_rank <= $until
WITH wanted, n, max(r.activation) AS strongest WHERE n.id IS NOT NULL
WITH wanted, n, strongest WHERE strongest < $below OR (strongest = $below AND n.id > $after)
RETURN wanted AS word, n.id AS neuron_id, strongest AS activation
ORDER BY word, activation DESC, neuron_id
