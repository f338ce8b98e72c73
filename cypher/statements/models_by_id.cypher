// purpose: Models by id.
// param ids: strings — models
// returns id: string — the model
// returns family: string? — architecture
// returns n_layers: integer? — number of transformer blocks
// returns d_model: integer? — width of the residual stream
// returns d_mlp: integer? — neurons per MLP
// returns vocab_size: integer? — number of token ids
// returns activation_function: string? — of the MLP
UNWIND $ids AS wanted
MATCH (m:Model {id: wanted})
RETURN m.id AS id, m.family AS family, m.n_layers AS n_layers, m.d_model AS d_model, m.d_mlp AS d_mlp,
       m.vocab_size AS vocab_size, m.activation_function AS activation_function
ORDER BY id
