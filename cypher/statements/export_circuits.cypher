// purpose: The circuits that some runs have, a page at a time, to be written down again.
// param runs: strings — the runs
// param after: string — the last id of the page before, empty for the first
// param limit: integer — how many at most
// returns id: string — the circuit
// returns model_id: string — the model that it was traced in
// returns prompt: string — the text
// returns tokens: strings — the prompt's tokens
// returns details: string? — JSON object: how it was made
MATCH (c:Circuit)
WHERE c.id > $after AND c.run_id IN $runs
RETURN c.id AS id, c.model_id AS model_id, c.prompt AS prompt, c.tokens AS tokens,
       c.details AS details
ORDER BY id
LIMIT $limit
