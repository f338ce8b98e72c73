// purpose: Neurons by id, with their statistics.
// param ids: strings — neurons
// returns id: string — the neuron
// returns model_id: string — its model
// returns layer_id: string — its layer
// returns layer_index: integer — the transformer block, from 0
// returns index: integer — place within its layer, from 0
// returns max_activation: float? — largest activation
// returns min_activation: float? — smallest activation
// returns mean_activation: float? — mean
// returns variance: float? — population variance
// returns skewness: float? — third standardised moment
// returns kurtosis: float? — fourth standardised moment
// returns density: float? — share of tokens with an activation above zero
// returns n_tokens: integer? — tokens that the statistics are over
// returns run_id: string? — the run that measured these statistics
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
RETURN n.id AS id, n.model_id AS model_id, n.layer_id AS layer_id, n.layer_index AS layer_index,
       n.`index` AS `index`, n.max_activation AS max_activation, n.min_activation AS min_activation,
       n.mean_activation AS mean_activation, n.variance AS variance, n.skewness AS skewness,
       n.kurtosis AS kurtosis, n.density AS density, n.n_tokens AS n_tokens, n.run_id AS run_id
ORDER BY id
