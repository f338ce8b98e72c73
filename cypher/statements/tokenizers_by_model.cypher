// purpose: How texts become tokens of a model; megabytes of a large one, so ask for one and keep it.
// param ids: strings — models
// returns model_id: string — the model
// returns definition: string? — the library tokenizers' JSON in zlib in base64
// returns vocabulary: strings? — the token of each token id, from 0
UNWIND $ids AS wanted
MATCH (m:Model {id: wanted})
OPTIONAL MATCH (m)-[:HAS_TOKENIZER]->(t:Tokenizer)
RETURN m.id AS model_id, t.definition AS definition, t.vocabulary AS vocabulary
ORDER BY model_id
