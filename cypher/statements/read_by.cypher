// purpose: The neurons whose input tokens drive most, or hold back, by their weights alone, those of the largest weights first.
// param ids: strings — exact texts of tokens
// returns token: string — the token's exact text
// returns neuron_id: string — the neuron
// returns weight: float — from the token's embedding to the neuron's input, signed
// returns rank: integer — place by size among the neuron's tokens, from 1
UNWIND $ids AS wanted
MATCH (t:Token {id: wanted})
OPTIONAL MATCH (t)<-[r:READS]-(n:Neuron)
WITH t, r, n WHERE n.id IS NOT NULL
RETURN t.id AS token, n.id AS neuron_id, r.weight AS weight, r.rank AS rank
ORDER BY token, abs(weight) DESC, neuron_id
