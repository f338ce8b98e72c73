// purpose: The neurons that fire on any token of a word, each once, the strongest first.
// param word: string — the normal form
// param below: float — activation of the last row before the page, or 2 to begin
// param after: string? — neuron of that row, or "" to begin
// param limit: integer — how many at most
// returns word: string — the word
// returns neuron_id: string — the neuron
// returns activation: float — its strongest on a token of the word, a share of its maximum
MATCH (w:Word {id: $word})<-[:FORM_OF]-(:Token)<-[r:ACTIVATES_ON]-(n:Neuron)
WITH w, n, max(r.activation) AS strongest
WHERE strongest < $below OR (strongest = $below AND n.id > $after)
RETURN w.id AS word, n.id AS neuron_id, strongest AS activation
ORDER BY activation DESC, neuron_id
LIMIT $limit
