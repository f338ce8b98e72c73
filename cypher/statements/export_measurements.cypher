// purpose: All that one source measured of neurons, to be written down again.
// param ids: strings — neurons
// param source: string — who measured
// returns neuron_id: string — the neuron
// returns max_activation: float? — largest activation
// returns density: float? — share of tokens with an activation above zero
// returns histogram_values: floats? — middles of a histogram's bars, in activations
// returns histogram_heights: floats? — of these bars
// returns logit_histogram_values: floats? — middles of a histogram's bars, in logit weights
// returns logit_histogram_heights: floats? — of these bars
// returns aligned_indices: integers? — dimensions that its decoder weighs most
// returns aligned_weights: floats? — of the decoder on these
// returns aligned_shares: floats? — of the decoder's L1 norm
// returns correlated_indices: integers? — dimensions whose activations go with its own
// returns correlated_pearson: floats? — Pearson's correlation with these
// returns correlated_cosine: floats? — cosine with these
// returns head_shares: floats? — of the decoder's norm, for each attention head
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_MEASUREMENT]->(m:Measurement)
WITH wanted, m WHERE m.source = $source
RETURN wanted AS neuron_id, m.max_activation AS max_activation, m.density AS density,
       m.histogram_values AS histogram_values, m.histogram_heights AS histogram_heights,
       m.logit_histogram_values AS logit_histogram_values,
       m.logit_histogram_heights AS logit_histogram_heights,
       m.aligned_indices AS aligned_indices, m.aligned_weights AS aligned_weights,
       m.aligned_shares AS aligned_shares, m.correlated_indices AS correlated_indices,
       m.correlated_pearson AS correlated_pearson, m.correlated_cosine AS correlated_cosine,
       m.head_shares AS head_shares
ORDER BY neuron_id
