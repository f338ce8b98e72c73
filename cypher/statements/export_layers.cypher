// purpose: The layers of a graph, a page at a time.
// param after: string — the last id of the page before, empty for the first
// param limit: integer — how many at most
// returns id: string — the layer
// returns model_id: string — its model
// returns name: string — its part of ids
// returns layer_index: integer — the transformer block, from 0
// returns kind: string — mlp, sae or transcoder
// returns hook_point: string? — where its activations are read
// returns n_neurons: integer? — how many neurons it has, in the graph or not
MATCH (l:Layer)
WHERE l.id > $after
RETURN l.id AS id, l.model_id AS model_id, l.name AS name, l.layer_index AS layer_index,
       l.kind AS kind, l.hook_point AS hook_point, l.n_neurons AS n_neurons
ORDER BY id
LIMIT $limit
