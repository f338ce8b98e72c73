// purpose: Circuits: attribution graphs for prompts, by id.
// param model: string? — the model that they were traced in, or "" for any
// param after: string? — id of the last circuit before the page, or "" to begin
// param limit: integer — how many at most
// returns id: string — the circuit
// returns model_id: string — the model that it was traced in
// returns prompt: string — the text
// returns tokens: strings — the prompt's tokens
// returns source_set: string? — layers of its features, without the block
// returns details: string? — JSON object: how it was made
// returns run_id: string — the run that it is from
MATCH (c:Circuit)
WHERE ($model = '' OR c.model_id = $model) AND c.id > $after
RETURN c.id AS id, c.model_id AS model_id, c.prompt AS prompt, c.tokens AS tokens,
       c.source_set AS source_set, c.details AS details, c.run_id AS run_id
ORDER BY id
LIMIT $limit
