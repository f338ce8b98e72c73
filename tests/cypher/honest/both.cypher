// What people ask, in Cypher that both engines speak.

MATCH (n:Neuron) RETURN count(n) AS neurons

MATCH (m:Model)-[:HAS_LAYER]->(l:Layer) RETURN m.id, l.id, l.layer_index ORDER BY l.layer_index

MATCH (n:Neuron) RETURN n.id, n.density ORDER BY n.density DESC LIMIT 10

MATCH (n:Neuron) RETURN n.id AS id, n.max_activation AS strongest ORDER BY strongest DESC, id SKIP 10 LIMIT 10;

// the neurons that fire on " play"
MATCH (n:Neuron)-[r:ACTIVATES_ON]->(:Token {id: ' play'})
RETURN n.id, r.activation // share of the maximum
ORDER BY r.activation DESC LIMIT 20

/* which neurons share a word,
   and what do they mean? */
MATCH (w:Word {id: 'play'})<-[:FORM_OF]-(t:Token)<-[r:ACTIVATES_ON]-(n:Neuron)
OPTIONAL MATCH (n)-[:HAS_EXPLANATION]->(e:Explanation)
RETURN n.id AS neuron, t.id AS token, round(r.activation, 3) AS activation, e.text AS explanation
ORDER BY activation DESC, neuron LIMIT 20

MATCH (n:Neuron)-[:ACTIVATES_ON]->(t:Token)
WITH n, count(t) AS tokens
WHERE tokens > 5
RETURN n.id, tokens ORDER BY tokens DESC, n.id LIMIT 20

MATCH (t:Token)<-[:ACTIVATES_ON]-(n:Neuron) RETURN t.id AS token, count(*) AS fires ORDER BY fires DESC, token LIMIT 25

MATCH (n:Neuron)-[:ACTIVATES_ON]->(t:Token)<-[:ACTIVATES_ON]-(o:Neuron)
WHERE n.id < o.id AND n.layer_id <> o.layer_id
WITH n, o, count(t) AS shared
WHERE shared >= 3
RETURN n.id, o.id, shared ORDER BY shared DESC, n.id, o.id LIMIT 20

MATCH (a:Neuron)-[:ACTIVATES_ON]->(:Token {id: ' the'}), (a)-[:ACTIVATES_ON]->(:Token {id: '.'}) RETURN a.id ORDER BY a.id

MATCH (n:Neuron) WHERE NOT EXISTS { MATCH (n)-[:HAS_EXPLANATION]->(:Explanation) } RETURN n.id ORDER BY n.id LIMIT 50

MATCH (n:Neuron) WHERE EXISTS { MATCH (n)-[:ACTIVATES_ON]->(:Token {id: 'the'}) } RETURN n.id LIMIT 5

MATCH (n:Neuron) RETURN n.id, COUNT { MATCH (n)-[:ACTIVATES_ON]->(:Token) } AS tokens ORDER BY tokens DESC, n.id LIMIT 5

MATCH (n:Neuron)-[:LACKS]->(r:IngestRun) RETURN n.id, r.job ORDER BY n.id LIMIT 5

MATCH (n:Neuron)-[k:LACKS]->(:IngestRun) RETURN k.kind AS kind, k.reason AS reason, count(*) AS neurons ORDER BY neurons DESC

MATCH (n:Neuron)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph) WHERE g.f1 < g.bigram_baseline_f1 RETURN n.id, g.f1, g.bigram_baseline_f1 ORDER BY n.id LIMIT 10

MATCH (g:TokenGraph)-[:STARTS_AT]->(a:TokenGraphNode)-[:PRECEDED_BY]->(b:TokenGraphNode)-[:MATCHES]->(t:Token) RETURN g.id, a.id, b.position, t.id ORDER BY g.id, a.id, t.id LIMIT 20

MATCH (g:TokenGraph)-[:STARTS_AT]->(a:TokenGraphNode)-[:PRECEDED_BY*1..30]->(b:TokenGraphNode) RETURN g.id, max(-b.position) AS reach ORDER BY reach DESC, g.id LIMIT 5

MATCH p = (a:Neuron {id: 'toy/0/1'})-[:SIMILAR_TO*1..3]->(b:Neuron) RETURN b.id, length(p) AS hops ORDER BY hops, b.id LIMIT 10

MATCH (a:Neuron)-[s:SIMILAR_TO]->(b:Neuron) WHERE s.similarity > 0.5 AND a.layer_index < b.layer_index RETURN a.id, b.id, s.similarity, s.n_shared ORDER BY s.similarity DESC, a.id, b.id LIMIT 10

MATCH (a:Neuron)-[c:CONNECTS_TO]->(b:Neuron) WHERE abs(c.weight) > 0.1 RETURN a.id, b.id, c.weight ORDER BY abs(c.weight) DESC LIMIT 10

MATCH (n:Neuron)-[w:WRITES]->(t:Token)<-[a:ACTIVATES_ON]-(n) RETURN n.id, t.id, w.weight, a.activation LIMIT 10

MATCH (n:Neuron)-[:HAS_EXAMPLE]->(e:Example {bucket: 'top'})-[:WITHIN]->(s:Sequence) RETURN n.id, e.`rank`, e.peak, s.text ORDER BY n.id, e.`rank` LIMIT 10

MATCH (e:Example) WHERE size(e.activations) > 3 RETURN e.id, e.activations ORDER BY e.id LIMIT 3

MATCH (x:Explanation) WHERE x.text CONTAINS 'fires' RETURN x.id, x.text ORDER BY x.id LIMIT 5

MATCH (x:Explanation) WHERE toLower(x.text) STARTS WITH 'fires on' AND NOT x.text ENDS WITH '.' RETURN count(*) AS n

MATCH (t:Token) WHERE t.id =~ '(?i).*pl[ae]y.*' RETURN t.id ORDER BY t.id

MATCH (t:Token) WHERE t.id STARTS WITH ' ' RETURN t.id, size(t.id) AS length ORDER BY length DESC, t.id LIMIT 5

MATCH (t:Token) WHERE trim(t.id) <> t.id RETURN count(*) AS with_space

MATCH (n:Neuron) WHERE n.layer_index IN [0, 2] AND n.density IS NOT NULL RETURN n.layer_index AS layer, avg(n.density) AS mean, min(n.density) AS least, max(n.density) AS most, count(*) AS n ORDER BY layer

MATCH (n:Neuron) RETURN n.layer_index AS layer, CASE WHEN n.density > 0.1 THEN 'dense' WHEN n.density > 0.01 THEN 'medium' ELSE 'sparse' END AS kind, count(*) AS n ORDER BY layer, kind

MATCH (n:Neuron) RETURN CASE n.layer_index WHEN 0 THEN 'first' WHEN 2 THEN 'last' ELSE 'between' END AS place, count(*) AS n ORDER BY place

UNWIND ['toy/0/1', 'toy/1/2'] AS id MATCH (n:Neuron {id: id}) RETURN n.id, n.density ORDER BY n.id

UNWIND [' play', 'the', '.'] AS text MATCH (t:Token {id: text})<-[r:ACTIVATES_ON]-(n:Neuron) RETURN text, count(n) AS neurons ORDER BY text

UNWIND range(0, 2) AS layer MATCH (n:Neuron) WHERE n.layer_index = layer RETURN layer, count(*) AS n ORDER BY layer

MATCH (n:Neuron {id: 'toy/0/1'}) RETURN n.id AS id UNION MATCH (n:Neuron {id: 'toy/1/1'}) RETURN n.id AS id

MATCH (n:Neuron) RETURN 'neurons' AS what, count(*) AS n UNION ALL MATCH (t:Token) RETURN 'tokens' AS what, count(*) AS n

MATCH (n:Neuron) RETURN DISTINCT n.layer_id AS layer ORDER BY layer

MATCH (n:Neuron) WITH DISTINCT n.model_id AS model RETURN count(model) AS models

MATCH (n:Neuron)-[r]->(t:Token) RETURN n.id, t.id LIMIT 5

MATCH (n:Neuron)-[r:READS|WRITES]->(t:Token) RETURN n.id, t.id, r.weight ORDER BY n.id, t.id, r.weight LIMIT 5

MATCH (n:Neuron)--(m) RETURN count(*) AS n

MATCH (n:Neuron)<-[:HAS_NEURON]-(l:Layer)<-[:HAS_LAYER]-(m:Model) WHERE m.id = 'toy' RETURN l.name, count(n) AS neurons ORDER BY l.name

MATCH (r:IngestRun)-[c:COVERS]->(l:Layer) RETURN r.job, l.id, c.n_present, c.n_absent ORDER BY r.job, l.id

MATCH (r:IngestRun) RETURN r.id, r.job, r.source, r.started_at ORDER BY r.started_at DESC LIMIT 5

MATCH (s:GraphState) RETURN s.schema_version, s.load_id

MATCH (n:Neuron) WHERE n.max_activation >= 0.5 AND (n.skewness > 0 OR n.kurtosis < 3) RETURN n.id LIMIT 3

MATCH (n:Neuron) WHERE NOT n.layer_index = 0 XOR n.density > 0.1 RETURN count(*) AS n

MATCH (n:Neuron) WHERE 0.1 < n.density AND n.density <= 1e0 RETURN n.id, n.density * 100 AS percent ORDER BY percent DESC, n.id LIMIT 3

MATCH (n:Neuron) WHERE n.`index` % 10 = 3 RETURN n.id ORDER BY n.id LIMIT 3

MATCH (n:Neuron) RETURN n.id, coalesce(n.density, 0.0) AS density, n.max_activation - n.min_activation AS width ORDER BY n.id LIMIT 3

MATCH (n:Neuron) RETURN n.id, sqrt(n.variance) AS deviation, floor(n.kurtosis) AS k, sign(n.skewness) AS s ORDER BY n.id LIMIT 3

MATCH (s:Sequence) WHERE any(x IN s.tokens WHERE x = ' play') RETURN s.id, s.text ORDER BY s.id LIMIT 3

MATCH (s:Sequence) WHERE all(x IN s.tokens WHERE size(x) > 0) AND none(x IN s.tokens WHERE x = 'zzz') RETURN count(*) AS n

MATCH (x:Explanation)-[:HAS_SCORE]->(s:Score) RETURN s.kind, avg(s.value) AS mean, count(*) AS n ORDER BY s.kind

MATCH (n:Neuron)-[:HAS_EXPLANATION]->(x:Explanation) WHERE x.score >= 0.25 RETURN n.id, x.text, x.score ORDER BY x.score DESC, n.id LIMIT 10

match (n:Neuron) where n.id starts with 'toy' return n.id as id order by id limit 3

Match (n:Neuron)
	Where n.density > 0.0
Return n.id As id
	Order By id Desc
	Limit 3

MATCH (`a neuron`:Neuron {id: 'toy/0/1'}) RETURN `a neuron`.id AS `its id`, `a neuron`.`density` AS `the share`

MATCH (n:Neuron {id: "toy/0/1"}) RETURN n.id AS id, "it's \"so\"" AS quoted, 'a \'b\' \\ c' AS escaped, 'CREATE (n); // DELETE' AS text

MATCH (set:Neuron {id: 'toy/0/1'}) RETURN set.id AS id

RETURN 1 AS one, 2.5 AS two, 'three' AS three, true AS yes, false AS no, null AS nothing, [1, 2, 3] AS list, -1 AS minus, 1e3 AS thousand

RETURN 1 + 2 * 3 - 4 AS a, 7 / 2 AS b, 7 % 2 AS c, 2 ^ 10 AS d, (1 + 2) * 3 AS e

MATCH (a:Neuron {id: 'toy/0/1'}), (b:Neuron {id: 'toy/0/2'}) RETURN a.id = b.id AS same, a.id <> b.id AS other

MATCH (n:Neuron) WITH n ORDER BY n.density DESC, n.id LIMIT 5 MATCH (n)-[r:ACTIVATES_ON]->(t:Token) WHERE r.`rank` = 1 RETURN n.id, t.id ORDER BY n.id, t.id

MATCH (n:Neuron) WITH count(*) AS all_of_them MATCH (n:Neuron) WHERE n.density IS NULL RETURN count(*) AS dead, all_of_them

MATCH (n:Neuron)-[r:CONDITIONED_ON]->(t:Token) RETURN n.id, t.id, r.distance, r.importance ORDER BY n.id, t.id LIMIT 5

MATCH (n:Neuron)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph) RETURN n.layer_index AS layer, round(avg(g.f1), 2) AS f1, round(avg(g.random_f1), 2) AS random ORDER BY layer

MATCH (g:TokenGraph)-[:CONTAINS]->(v:TokenGraphNode) RETURN g.id, count(v) AS nodes, max(v.activation) AS strongest ORDER BY nodes DESC, g.id LIMIT 3

MATCH (v:TokenGraphNode) WHERE v.is_end AND v.kind = 'context' RETURN v.id, v.position ORDER BY v.position, v.id LIMIT 3

MATCH (v:TokenGraphNode {kind: 'ignore', is_end: false}) RETURN count(*) AS gaps

MATCH (n:Neuron)-[:ACTIVATES_ON]->(t:Token)-[:FORM_OF]->(w:Word) RETURN w.id, count(DISTINCT n) AS neurons, collect(DISTINCT t.id) AS tokens ORDER BY neurons DESC, w.id LIMIT 5

MATCH (n:Neuron) WHERE n.id IN $ids RETURN n.id ORDER BY n.id

MATCH (n:Neuron)-[r:ACTIVATES_ON]->(:Token {id: $token}) RETURN n.id, r.activation ORDER BY r.activation DESC, n.id LIMIT $limit

UNWIND $ids AS id MATCH (n:Neuron {id: id}) OPTIONAL MATCH (n)-[:HAS_EXPLANATION]->(e:Explanation) RETURN id, e.text ORDER BY id, e.text

MATCH (n:Neuron) WHERE n.density > $least AND n.layer_index = $layer RETURN count(*) AS n

MATCH (t:Token) WHERE t.id CONTAINS $text RETURN t.id ORDER BY t.id SKIP $skip LIMIT $limit

MATCH (n:Neuron {layer_index: 0, index: 3}) WHERE n.index < 5 RETURN n.index, n.id AS id ORDER BY n.index, id
