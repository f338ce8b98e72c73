// purpose: Tokens by their exact texts, with their words.
// param ids: strings — exact texts, leading space kept
// returns token: string — the token's exact text
// returns word: string? — its normal form
UNWIND $ids AS wanted
MATCH (t:Token {id: wanted})
OPTIONAL MATCH (t)-[:FORM_OF]->(w:Word)
RETURN t.id AS token, w.id AS word
ORDER BY token, word
