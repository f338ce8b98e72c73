// purpose: What was judged by explanations of single texts, beside the truth.
// param ids: strings — explanations
// param first: integer — how many at most of each source and kind
// returns explanation_id: string — the explanation
// returns id: string — the judgement
// returns source: string — who judged
// returns kind: string — detection or fuzz
// returns number: integer — place among those of its kind, from 1
// returns activating: boolean — the truth
// returns prediction: boolean? — the judgement; null if none could be read
// returns probability: float? — that the judge gave it, 0 to 1
// returns distance: integer? — decile of the activation, from least
// returns highlighted: boolean — whether tokens were marked in the text
// returns activations: floats? — the neuron's own, one per token
// returns scorer_model: string? — the language model that judged
// returns text: string? — the text
// returns tokens: strings? — exact texts of its tokens, where they are known
// returns run_id: string — the run that judged
UNWIND $ids AS wanted
MATCH (e:Explanation {id: wanted})
OPTIONAL MATCH (e)-[:HAS_JUDGEMENT]->(j:Judgement)
WHERE j.number <= $first
WITH wanted, j WHERE j.id IS NOT NULL
OPTIONAL MATCH (j)-[:JUDGES]->(t:Sequence)
RETURN wanted AS explanation_id, j.id AS id, j.source AS source, j.kind AS kind,
       j.number AS number, j.activating AS activating, j.prediction AS prediction,
       j.probability AS probability, j.distance AS distance, j.highlighted AS highlighted,
       j.activations AS activations, j.scorer_model AS scorer_model,
       coalesce(j.text, t.text) AS text, t.tokens AS tokens, j.run_id AS run_id
ORDER BY explanation_id, source, kind, number, id
