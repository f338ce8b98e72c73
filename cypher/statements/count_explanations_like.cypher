// purpose: How many explanations have such a text, maker and score.
// param below: string? — what their ids begin with, such as a model's and "/", or ""
// param contains: string? — what stands in their texts, in small letters, or ""
// param explainer: string? — the method that made them, or ""
// param scored: boolean — whether they need a score within the bounds
// param min_score: float — the least score
// param max_score: float — the largest
// param limit: integer — how many rows at most; there is one
// returns total: integer — explanations
MATCH (e:Explanation)
WHERE ($below = '' OR e.id STARTS WITH $below) AND ($explainer = '' OR e.explainer = $explainer)
  AND (NOT $scored OR (e.score IS NOT NULL AND e.score >= $min_score AND e.score <= $max_score))
  AND ($contains = '' OR toLower(e.text) CONTAINS $contains)
RETURN count(e) AS total
ORDER BY total
LIMIT $limit
