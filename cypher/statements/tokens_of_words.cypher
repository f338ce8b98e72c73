// purpose: The tokens that share a normal form.
// param ids: strings — words
// returns word: string — the word
// returns token: string — a token's exact text
UNWIND $ids AS wanted
MATCH (w:Word {id: wanted})
OPTIONAL MATCH (w)<-[:FORM_OF]-(t:Token)
WITH w, t WHERE t.id IS NOT NULL
RETURN w.id AS word, t.id AS token
ORDER BY word, token
