// purpose: Words by what their texts are like, by text.
// param prefix: string? — what they begin with, or ""
// param contains: string? — what stands in them, or ""
// param pattern: string — a regular expression that matches the whole of them
// param after: string? — the last word before the page, or "" to begin
// param limit: integer — how many at most
// returns word: string — the normal form
MATCH (w:Word)
WHERE w.id STARTS WITH $prefix AND ($contains = '' OR w.id CONTAINS $contains) AND w.id =~ $pattern AND w.id > $after
RETURN w.id AS word
ORDER BY word
LIMIT $limit
