// purpose: The neurons of a model that fire on many of the tokens that one of them fires on, those that share most first.
// param neuron: string — the one
// param layers: string — any, or same or other, than its own
// param least: integer — how many tokens they share with it at least
// param below: integer — n_shared of the last row before the page, or a higher number to begin
// param after: string? — neuron of that row, or "" to begin
// param limit: integer — how many at most
// returns neuron_id: string — a neuron that shares tokens with it
// returns n_shared: integer — tokens that both fire on
MATCH (:Neuron {id: $neuron})-[:ACTIVATES_ON]->(t:Token)
WITH DISTINCT t
MATCH (t)<-[:ACTIVATES_ON]-(m:Neuron)
// Distinct, for token graphs of several runs may say that a neuron fires on the same token.
WITH DISTINCT t, m
WITH m, count(*) AS shared
WHERE shared >= $least
// Only now, for what is known of the one would be carried in a row for each of them.
MATCH (n:Neuron {id: $neuron})
WHERE (shared < $below OR (shared = $below AND m.id > $after))
  AND m.model_id = n.model_id AND m.id <> n.id
  AND ($layers = 'any' OR (m.layer_id = n.layer_id) = ($layers = 'same'))
RETURN m.id AS neuron_id, shared AS n_shared
ORDER BY n_shared DESC, neuron_id
LIMIT $limit
