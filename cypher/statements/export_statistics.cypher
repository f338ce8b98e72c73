// purpose: The moments and quantiles that one source measured of neurons, to be written down again.
// param ids: strings — neurons
// param source: string — who measured
// returns neuron_id: string — the neuron
// returns mean_activation: float? — mean
// returns variance: float? — population variance
// returns skewness: float? — third standardised moment
// returns kurtosis: float? — fourth standardised moment
// returns quantile_boundaries: floats? — what parts its quantiles, ascending
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_MEASUREMENT]->(m:Measurement)
WITH wanted, m WHERE m.source = $source
RETURN wanted AS neuron_id, m.mean_activation AS mean_activation, m.variance AS variance,
       m.skewness AS skewness, m.kurtosis AS kurtosis, m.quantile_boundaries AS quantile_boundaries
ORDER BY neuron_id
