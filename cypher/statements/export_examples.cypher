// purpose: All examples of one source, to be written down again.
// param ids: strings — neurons
// param source: string — who found them
// returns neuron_id: string — the neuron
// returns id: string — the example
// returns bucket: string — the part of its activations that the example is of
// returns rank: integer — place in its bucket, from 1
// returns activations: floats — one per token
// returns tokens: strings — exact texts of the tokens
// returns corpus: string? — the corpus of the text
// returns peak: integer — index of the token that fires most
// returns qualifying: integer? — index of the token that it was chosen for
// returns bin_min: float? — its bucket's lower end
// returns bin_max: float? — its bucket's upper end
// returns bin_share: float? — share of the corpus's tokens in its bucket
// returns attributions: floats? — direct attribution of each token
// returns attribution_max: float? — the largest
// returns attribution_target: integer? — index of the token attributed to
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_EXAMPLE]->(e:Example)-[:WITHIN]->(s:Sequence)
WITH wanted, e, s WHERE e.source = $source
RETURN wanted AS neuron_id, e.id AS id, e.bucket AS bucket, e.rank AS rank,
       e.activations AS activations, s.tokens AS tokens, s.corpus AS corpus, e.peak AS peak,
       e.qualifying AS qualifying, e.bin_min AS bin_min, e.bin_max AS bin_max,
       e.bin_share AS bin_share, e.attributions AS attributions,
       e.attribution_max AS attribution_max, e.attribution_target AS attribution_target
ORDER BY neuron_id, bucket, rank
