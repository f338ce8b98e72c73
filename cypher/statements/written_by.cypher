// purpose: The neurons that make tokens likelier, or less likely, by their weights alone, those of the largest weights first.
// param ids: strings — exact texts of tokens
// returns token: string — the token's exact text
// returns neuron_id: string — the neuron
// returns weight: float — from the neuron's output to the token's logit, signed
// returns rank: integer — place by size among the neuron's tokens, from 1
UNWIND $ids AS wanted
MATCH (t:Token {id: wanted})
OPTIONAL MATCH (t)<-[r:WRITES]-(n:Neuron)
WITH t, r, n WHERE n.id IS NOT NULL
RETURN t.id AS token, n.id AS neuron_id, r.weight AS weight, r.rank AS rank
ORDER BY token, abs(weight) DESC, neuron_id
