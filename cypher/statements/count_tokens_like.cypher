// purpose: How many tokens have texts that are like this.
// param prefix: string? — what they begin with, or ""
// param contains: string? — what stands in them, or ""
// param pattern: string — a regular expression that matches the whole of them
// param limit: integer — how many rows at most; there is one
// returns total: integer — tokens
MATCH (t:Token)
WHERE t.id STARTS WITH $prefix AND ($contains = '' OR t.id CONTAINS $contains) AND t.id =~ $pattern
RETURN count(t) AS total
ORDER BY total
LIMIT $limit
