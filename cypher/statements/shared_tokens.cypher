// purpose: The tokens that neurons and those they are similar to both fire on, the surest first.
// param ids: strings — neurons
// returns neuron_id: string — the neuron
// returns similar_id: string — the one that is like it
// returns token: string — a token that both fire on
// returns activation: float — the weaker of both activations, each a share of its neuron's maximum
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:SIMILAR_TO]->(o:Neuron),
               (n)-[a:ACTIVATES_ON]->(t:Token)<-[b:ACTIVATES_ON]-(o)
WITH DISTINCT wanted, o, a, b, t WHERE t.id IS NOT NULL
RETURN wanted AS neuron_id, o.id AS similar_id, t.id AS token,
       CASE WHEN a.activation < b.activation THEN a.activation ELSE b.activation END AS activation
ORDER BY similar_id, activation DESC, token
