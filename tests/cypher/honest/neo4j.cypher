// What people ask in Neo4j's Cypher.

MATCH (n:Neuron) RETURN n {.id, .density, tokens: COUNT { (n)-[:ACTIVATES_ON]->() }} AS neuron ORDER BY n.id LIMIT 3

MATCH (n:Neuron) RETURN n {.*} AS neuron ORDER BY n.id LIMIT 3

MATCH (n:Neuron {id: 'toy/0/1'}) RETURN [(n)-[r:ACTIVATES_ON]->(t) WHERE r.rank < 3 | t.id] AS tokens

MATCH (n:Neuron {id: 'toy/0/1'}) RETURN COLLECT { MATCH (n)-[:ACTIVATES_ON]->(t) RETURN t.id ORDER BY t.id LIMIT 2 } AS tokens

MATCH (n:Neuron)-[r]->(m) RETURN type(r) AS kind, count(*) AS n ORDER BY n DESC

MATCH (n) RETURN labels(n) AS labels, count(*) AS n ORDER BY n DESC

MATCH (n:Neuron) CALL (n) { MATCH (n)-[r:ACTIVATES_ON]->(t:Token) RETURN t ORDER BY r.rank LIMIT 1 } RETURN n.id, t.id ORDER BY n.id LIMIT 3

CALL { MATCH (n:Neuron) RETURN n.id AS id UNION MATCH (l:Layer) RETURN l.id AS id } RETURN count(id) AS n

MATCH (n:Neuron) CALL { WITH n MATCH (n)-[:HAS_EXPLANATION]->(e) RETURN count(e) AS c } RETURN n.id, c ORDER BY n.id LIMIT 3

MATCH (a:Neuron {id: 'toy/0/1'}), (b:Neuron {id: 'toy/0/2'}) MATCH p = shortestPath((a)-[:SIMILAR_TO*..5]-(b)) RETURN length(p) AS hops

MATCH (a:Neuron {id: 'toy/0/1'}), (b:Neuron {id: 'toy/0/2'}), p = allShortestPaths((a)-[:ACTIVATES_ON*..4]-(b)) RETURN [x IN nodes(p) | x.id] AS ids LIMIT 3

MATCH p = SHORTEST 1 (a:Neuron {id: 'toy/0/1'})-[:SIMILAR_TO]-{1,4}(b:Neuron {id: 'toy/0/2'}) RETURN length(p) AS hops

MATCH p = ANY SHORTEST (a:Neuron {id: 'toy/0/1'})-[:SIMILAR_TO]-{1,4}(b:Neuron {id: 'toy/0/2'}) RETURN length(p) AS hops

MATCH (a:Neuron {id: 'toy/0/1'}) ((x)-[:SIMILAR_TO]->(y:Neuron)){1,2} (b:Neuron) RETURN DISTINCT b.id ORDER BY b.id LIMIT 3

MATCH (a:Neuron {id: 'toy/0/1'})-[:SIMILAR_TO]->{1,2}(b) RETURN DISTINCT b.id ORDER BY b.id LIMIT 3

MATCH (n:Neuron|Layer) RETURN count(*) AS n

MATCH (n:!Neuron&!Token) RETURN count(*) AS n

MATCH (n:Neuron WHERE n.layer_index = 0)-[r:ACTIVATES_ON WHERE r.rank = 1]->(t) RETURN n.id, t.id ORDER BY n.id, t.id LIMIT 3

MATCH (e:Example) RETURN e.id, reduce(sum = 0.0, x IN e.activations | sum + x) / size(e.activations) AS mean ORDER BY e.id LIMIT 3

MATCH (s:Sequence) RETURN reduce(text = '', t IN s.tokens | text + t) = s.text AS joined LIMIT 1

MATCH (e:Example)-[:WITHIN]->(s) RETURN [i IN range(0, size(s.tokens) - 1) | s.tokens[i] + ':' + toString(e.activations[i])] AS shown ORDER BY e.id LIMIT 2

MATCH (e:Example) RETURN e.activations[0..3] AS begin, e.activations[..2] AS two, e.activations[-1] AS last ORDER BY e.id LIMIT 2

MATCH (n:Neuron) RETURN percentileCont(n.density, 0.5) AS median, stDev(n.density) AS deviation

MATCH (n:Neuron {id: 'toy/0/1'}) RETURN properties(n) AS properties, keys(n) AS keys

MATCH (n:Neuron) WHERE n.density IS NOT NULL RETURN toInteger(n.density * 10) AS bin, count(*) AS n ORDER BY bin

MATCH (n:Neuron) WHERE exists((n)-[:HAS_EXPLANATION]->()) RETURN count(n) AS explained

MATCH (n:Neuron) WHERE (n)-[:ACTIVATES_ON]->(:Token {id: ' play'}) RETURN n.id ORDER BY n.id

MATCH (n:Neuron) WITH *, n.density AS d WHERE d > 0.1 RETURN n.id, d ORDER BY d DESC, n.id LIMIT 3

MATCH (n:Neuron) WITH n.layer_index AS layer, collect(n.density) AS all RETURN layer, size([x IN all WHERE x > 0.1]) AS dense ORDER BY layer

MATCH (s:Sequence) WHERE single(x IN s.tokens WHERE x = ' play') RETURN count(*) AS n

MATCH (t:Token) RETURN substring(t.id, 0, 3) AS begin, split(t.id, 'l') AS parts, replace(t.id, ' ', '_') AS shown ORDER BY t.id LIMIT 3

MATCH (n:Neuron) RETURN head(collect(n.id)) AS one, last(collect(n.id)) AS other

CALL db.labels() YIELD label RETURN label ORDER BY label

CALL db.relationshipTypes() YIELD relationshipType AS type RETURN count(type) AS n

CALL db.labels()

RETURN date('2026-01-02') AS day, duration('P1D') AS span, datetime() > datetime('2020-01-01T00:00:00Z') AS later

RETURN {a: 1, b: [1, {c: 'x'}]} AS map, {a: 1}.a AS one

MATCH (n:Neuron {id: 'toy/0/1'}) RETURN elementId(n) <> '' AS known, n['density'] AS density

MATCH (n:Neuron) ORDER BY n.id LIMIT 3 RETURN n.id

MATCH (e:Example)-[:WITHIN]->(s:Sequence) RETURN e.id, size(s.tokens) AS n, e.activations[e.peak] AS peak ORDER BY e.id LIMIT 3

MATCH (n:Neuron) WITH n.layer_id AS layer, collect(n.id) AS ids RETURN layer, size(ids) AS n, ids[0] AS one ORDER BY layer

MATCH (n:Neuron)-[:ACTIVATES_ON]->(t:Token) WITH n, collect(t.id) AS tokens RETURN n.id, [x IN tokens WHERE x STARTS WITH ' ' | x] AS spaced ORDER BY n.id LIMIT 3

MATCH (n:Neuron) WHERE EXISTS { (n)-[:ACTIVATES_ON]->(:Token {id: 'the'}) } RETURN n.id, COUNT { (n)-[:ACTIVATES_ON]->(:Token) } AS tokens LIMIT 5
