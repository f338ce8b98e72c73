// purpose: The simulations behind explanations' scores, to be written down again.
// param ids: strings — explanations
// param sources: strings — who simulated
// returns explanation_id: string — the explanation
// returns number: integer — place among the explanation's, from 1
// returns calibrated: boolean — whether expectations were calibrated to activations
// returns tokens: strings — exact texts of the tokens
// returns expected_activations: floats — one per token
// returns activations: floats? — the neuron's own, one per token
// returns scale: string? — what the expectations are in
// returns distribution_sizes: integers? — values of the distribution behind each of them
// returns distribution_values: floats? — these values, token after token
// returns distribution_probabilities: floats? — their probabilities
// returns ev_correlation: float? — Pearson's, of expected and true
// returns rsquared: float? — 1 - squared error / variance
// returns absolute_dev_explained: float? — 1 - absolute error / absolute deviation
UNWIND $ids AS wanted
MATCH (e:Explanation {id: wanted})
OPTIONAL MATCH (e)-[:HAS_SIMULATION]->(m:Simulation)-[:OF]->(t:Sequence)
WITH wanted, m, t WHERE m.source IN $sources
RETURN wanted AS explanation_id, m.number AS number, m.calibrated AS calibrated,
       t.tokens AS tokens, m.expected_activations AS expected_activations,
       m.activations AS activations, m.scale AS scale,
       m.distribution_sizes AS distribution_sizes, m.distribution_values AS distribution_values,
       m.distribution_probabilities AS distribution_probabilities,
       m.ev_correlation AS ev_correlation, m.rsquared AS rsquared,
       m.absolute_dev_explained AS absolute_dev_explained
ORDER BY explanation_id, number, calibrated
