// purpose: Words, a page at a time.
// param after: string — the last id of the page before, empty for the first
// param limit: integer — how many at most
// returns id: string — the word
MATCH (w:Word)
WHERE w.id > $after
RETURN w.id AS id
ORDER BY id
LIMIT $limit
