// purpose: Layers by id.
// param ids: strings — layers
// returns id: string — the layer
// returns model_id: string — its model
// returns name: string — the layer's part of its ids
// returns layer_index: integer — the transformer block, from 0
// returns kind: string — mlp, sae or transcoder
// returns hook_point: string? — where its activations are read
// returns n_neurons: integer? — how many neurons it has, in the graph or not
UNWIND $ids AS wanted
MATCH (l:Layer {id: wanted})
RETURN l.id AS id, l.model_id AS model_id, l.name AS name, l.layer_index AS layer_index, l.kind AS kind,
       l.hook_point AS hook_point, l.n_neurons AS n_neurons
ORDER BY id
