// purpose: Tokens by what their texts are like, by text.
// param prefix: string? — what they begin with, or ""
// param contains: string? — what stands in them, or ""
// param pattern: string — a regular expression that matches the whole of them
// param after: string? — the last token before the page, or "" to begin
// param limit: integer — how many at most
// returns token: string — the token's exact text
MATCH (t:Token)
WHERE t.id STARTS WITH $prefix AND ($contains = '' OR t.id CONTAINS $contains) AND t.id =~ $pattern AND t.id > $after
RETURN t.id AS token
ORDER BY token
LIMIT $limit
