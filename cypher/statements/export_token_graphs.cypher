// purpose: One source's token graphs of neurons, to be written down again.
// param ids: strings — neurons
// param source: string — who made them
// returns neuron_id: string — the neuron
// returns id: string — the token graph
// returns max_activation: float? — the activation that a share of 1 stands for
// returns n_nodes: integer? — size of the trie; null if there is none
// returns accuracy: float? — share of test tokens that it judges rightly
// returns explained_variance: float? — 1 - mean squared error / variance
// returns precision: float? — of firing
// returns recall: float? — of firing
// returns f1: float? — of firing
// returns support: integer? — test tokens that fire
// returns non_firing_precision: float? — of not firing
// returns non_firing_recall: float? — of not firing
// returns non_firing_f1: float? — of not firing
// returns non_firing_support: integer? — test tokens that do not fire
// returns note: string? — what the source could not say
UNWIND $ids AS wanted
MATCH (n:Neuron {id: wanted})
OPTIONAL MATCH (n)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph)
WITH wanted, g WHERE g.source = $source
RETURN wanted AS neuron_id, g.id AS id, g.max_activation AS max_activation, g.n_nodes AS n_nodes,
       g.accuracy AS accuracy, g.explained_variance AS explained_variance,
       g.precision AS precision, g.recall AS recall, g.f1 AS f1, g.support AS support,
       g.non_firing_precision AS non_firing_precision, g.non_firing_recall AS non_firing_recall,
       g.non_firing_f1 AS non_firing_f1, g.non_firing_support AS non_firing_support,
       g.note AS note
ORDER BY neuron_id
