// purpose: What explanations let expect on texts, beside what their neurons did.
// param ids: strings — explanations
// param first: integer — how many at most of each source, calibrated or not
// returns explanation_id: string — the explanation
// returns id: string — the simulation
// returns source: string — who simulated
// returns number: integer — place among the source's, from 1
// returns calibrated: boolean — whether the expectations were calibrated
// returns scorer_model: string? — the language model that simulated
// returns examples: string? — what kind of example the text is
// returns expected_activations: floats — one per token
// returns activations: floats? — the neuron's own, one per token
// returns scale: string? — what the expectations are in
// returns distribution_sizes: integers? — values of the distribution behind each of them
// returns distribution_values: floats? — these values, token after token
// returns distribution_probabilities: floats? — their probabilities
// returns ev_correlation: float? — Pearson's, of expected and true
// returns rsquared: float? — 1 - squared error / variance
// returns absolute_dev_explained: float? — 1 - absolute error / absolute deviation
// returns text: string — the tokens joined
// returns tokens: strings — exact texts of its tokens
// returns run_id: string — the run that simulated
UNWIND $ids AS wanted
MATCH (e:Explanation {id: wanted})
OPTIONAL MATCH (e)-[:HAS_SIMULATION]->(s:Simulation)-[:OF]->(t:Sequence)
WHERE s.number <= $first
WITH wanted, s, t WHERE s.id IS NOT NULL
RETURN wanted AS explanation_id,
       s.`id` AS id,
       s.`source` AS source,
       s.`number` AS number,
       s.`calibrated` AS calibrated,
       s.`scorer_model` AS scorer_model,
       s.`examples` AS examples,
       s.`expected_activations` AS expected_activations,
       s.`activations` AS activations,
       s.`scale` AS scale,
       s.`distribution_sizes` AS distribution_sizes,
       s.`distribution_values` AS distribution_values,
       s.`distribution_probabilities` AS distribution_probabilities,
       s.`ev_correlation` AS ev_correlation,
       s.`rsquared` AS rsquared,
       s.`absolute_dev_explained` AS absolute_dev_explained,
       t.text AS text, t.tokens AS tokens, s.run_id AS run_id
ORDER BY explanation_id, source, number, id
