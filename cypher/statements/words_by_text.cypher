// purpose: Words that are in the graph.
// param ids: strings — normal forms
// returns word: string — the word
UNWIND $ids AS wanted
MATCH (w:Word {id: wanted})
RETURN w.id AS word
ORDER BY word
