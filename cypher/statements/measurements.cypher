// purpose: What each source measured of neurons' activations.
// param ids: strings — neurons
// returns neuron_id: string — the neuron
// returns id: string — the measurement
// returns source: string — who measured
// returns max_activation: float? — largest activation
// returns min_activation: float? — smallest activation
// returns mean_activation: float? — mean
// returns variance: float? — population variance
// returns skewness: float? — third standardised moment
// returns kurtosis: float? — fourth standardised moment
// returns density: float? — share of tokens with an activation above zero
// returns n_tokens: integer? — tokens that the statistics are over
// returns quantile_boundaries: floats? — what parts its quantiles, ascending
// returns histogram_values: floats? — middles of a histogram's bars, in activations
// returns histogram_heights: floats? — of these bars
// returns logit_histogram_values: floats? — middles of a histogram's bars, in logit weights
// returns logit_histogram_heights: floats? — of these bars
// returns run_id: string — the run that measured
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_MEASUREMENT]->(m:Measurement)
WITH wanted, m WHERE m.id IS NOT NULL
RETURN wanted AS neuron_id, m.id AS id, m.source AS source,
       m.max_activation AS max_activation,
       m.min_activation AS min_activation,
       m.mean_activation AS mean_activation,
       m.variance AS variance,
       m.skewness AS skewness,
       m.kurtosis AS kurtosis,
       m.density AS density,
       m.n_tokens AS n_tokens,
       m.quantile_boundaries AS quantile_boundaries,
       m.histogram_values AS histogram_values,
       m.histogram_heights AS histogram_heights,
       m.logit_histogram_values AS logit_histogram_values,
       m.logit_histogram_heights AS logit_histogram_heights,
       m.run_id AS run_id
ORDER BY id
