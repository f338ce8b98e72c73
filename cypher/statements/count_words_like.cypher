// purpose: How many words have texts that are like this.
// param prefix: string? — what they begin with, or ""
// param contains: string? — what stands in them, or ""
// param pattern: string — a regular expression that matches the whole of them
// param limit: integer — how many rows at most; there is one
// returns total: integer — words
MATCH (w:Word)
WHERE w.id STARTS WITH $prefix AND ($contains = '' OR w.id CONTAINS $contains) AND w.id =~ $pattern
RETURN count(w) AS total
ORDER BY total
LIMIT $limit
