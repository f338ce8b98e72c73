// purpose: The layers of a graph, a page at a time.
// param after: string — the last id of the page before, empty for the first
// param limit: integer — how many at most
// returns id: string — the layer
// returns model_id: string — its model
// returns name: string — its part of ids
// returns hook_point: string? — where its activations are read
MATCH (l:Layer)
WHERE l.id > $after
RETURN l.id AS id, l.model_id AS model_id, l.name AS name, l.hook_point AS hook_point
ORDER BY id
LIMIT $limit
