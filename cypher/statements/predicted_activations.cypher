// purpose: What token graphs predict for each token of a text; patterns of more than 31 tokens never match.
// param ids: strings — token graphs
// param tokens: strings — exact texts of the text's tokens
// returns token_graph_id: string — the token graph
// returns position: integer — index of the token in the text, from 0
// returns activation: float — share of the neuron's maximum; 0 where no pattern matches
UNWIND $ids AS wanted
MATCH (g:TokenGraph {id: wanted})
OPTIONAL MATCH (g)-[:CONTAINS]->(n:TokenGraphNode)
OPTIONAL MATCH (n)-[:MATCHES]->(t:Token)
WITH g, n, collect(t.id) AS accepted
// Each node of each pattern, by the pattern's end. No WHERE behind this MATCH, but a WITH
// between: Ladybug would follow the relationships of all nodes, not those of `n`.
OPTIONAL MATCH (n)-[:PRECEDED_BY*0..30]->(e:TokenGraphNode)
WITH g.id AS graph, collect(CASE WHEN e.is_end AND e.activation IS NOT NULL THEN {
         ending: e.id, length: 1 - e.position, activation: e.activation,
         kind: n.kind, back: n.position, accepted: accepted} END) AS steps
// A pattern of no length, which any token matches, is what is left where no other does.
UNWIND steps + [{ending: '', length: 0, activation: 0.0,
                 kind: 'ignore', back: 0, accepted: ['']}] AS step
UNWIND range(0, size($tokens) - 1) AS i
WITH graph, step, i, i - step.back AS position
// Counted from the end, a list has the same indices on both engines; and Ladybug takes
// an empty parameter for a list of texts only beside one that has a text.
WHERE step.kind = 'ignore' OR coalesce($tokens, [''])[i - size($tokens)] IN step.accepted
// Where every node of a pattern matches, so does its root: the position lies in the text.
WITH graph, position, step.ending AS ending, step.length AS length,
     step.activation AS activation, count(*) AS n_matched,
     count(CASE WHEN step.kind = 'ignore' THEN 1 END) AS n_ignored
WHERE n_matched >= length
// The longest pattern, then the one that ignores the fewest tokens, then the strongest.
WITH graph, position, 100 * length - n_ignored AS precedence, max(activation) AS activation
WITH graph, position, max(precedence) AS first,
     collect({precedence: precedence, activation: activation}) AS matched
UNWIND matched AS pattern
WITH graph, position, first, pattern
WHERE pattern.precedence = first
RETURN graph AS token_graph_id, position AS position, pattern.activation AS activation
ORDER BY token_graph_id, position
