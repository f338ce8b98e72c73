// purpose: The examples of neurons, of one bucket, with their texts.
// param ids: strings — neurons
// param bucket: string — top, qN (fires more) … q1, random or bottom
// param source: string? — who found them, or "" for anybody
// param first: integer — how many at most of each source and bucket
// returns neuron_id: string — the neuron
// returns id: string — the example
// returns source: string — who found it
// returns bucket: string — top, qN (fires more) … q1, random or bottom
// returns rank: integer — place within its bucket, from 1
// returns peak: integer — index of the token that fires most, in bottom least, from 0
// returns max_activation: float — activation at the peak
// returns activations: floats — one per token
// returns qualifying: integer? — index of the token that it was chosen for, from 0
// returns bin_min: float? — lower end of its bucket, in activations
// returns bin_max: float? — upper end of its bucket, in activations
// returns bin_share: float? — share of the corpus's tokens that lie in its bucket
// returns sequence_id: string — the text that it is within
// returns text: string — the tokens joined
// returns tokens: strings — exact texts of its tokens
// returns corpus: string? — the corpus that it comes from
// returns document: integer? — its document's place in the corpus, from 0
// returns run_id: string — the run that found it
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_EXAMPLE]->(e:Example)-[:WITHIN]->(s:Sequence)
WHERE e.bucket = $bucket AND e.rank <= $first AND ($source = '' OR e.source = $source)
WITH wanted, e, s WHERE e.id IS NOT NULL
RETURN wanted AS neuron_id, e.id AS id, e.source AS source, e.bucket AS bucket,
       e.rank AS rank, e.peak AS peak,
       e.max_activation AS max_activation, e.activations AS activations,
       e.qualifying AS qualifying, e.bin_min AS bin_min, e.bin_max AS bin_max,
       e.bin_share AS bin_share, s.id AS sequence_id,
       s.text AS text, s.tokens AS tokens, s.corpus AS corpus, s.document AS document,
       e.run_id AS run_id
ORDER BY bucket, rank, id
