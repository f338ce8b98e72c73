// What people ask in Ladybug's Cypher.

CALL show_tables() RETURN *

CALL show_tables() WHERE type = 'NODE' RETURN name ORDER BY name

CALL table_info('Neuron') RETURN *

CALL show_connection('ACTIVATES_ON') RETURN *

MATCH (n:Neuron)-[r]->(m) RETURN label(r) AS kind, count(*) AS n ORDER BY n DESC, kind

MATCH (a:Neuron {id: 'toy/0/1'})-[r:SIMILAR_TO* SHORTEST 1..4]->(b:Neuron {id: 'toy/0/2'}) RETURN length(r) AS hops

MATCH (a:Neuron {id: 'toy/0/1'})-[r:SIMILAR_TO* ALL SHORTEST 1..4]->(b:Neuron) RETURN b.id, length(r) AS hops ORDER BY b.id LIMIT 3

MATCH (a:Neuron {id: 'toy/0/1'})-[r:SIMILAR_TO*1..2 (e, n | WHERE e.similarity > 0.2)]->(b:Neuron) RETURN DISTINCT b.id ORDER BY b.id LIMIT 3

MATCH p = (a:Neuron {id: 'toy/0/1'})-[:SIMILAR_TO*1..2]->(b:Neuron) WHERE is_trail(p) RETURN count(*) AS n

MATCH (e:Example) RETURN e.id, list_sum(e.activations) / size(e.activations) AS mean, list_max(e.activations) AS most ORDER BY e.id LIMIT 3

MATCH (e:Example) RETURN list_transform(e.activations, x -> x * 2.0) AS doubled, list_filter(e.activations, x -> x > 0.0) AS firing ORDER BY e.id LIMIT 2

MATCH (s:Sequence) RETURN list_to_string('|', s.tokens) AS joined ORDER BY s.id LIMIT 2

MATCH (n:Neuron) RETURN CAST(n.layer_index, 'STRING') AS text, CAST(n.density AS FLOAT) AS short ORDER BY n.id LIMIT 2

MATCH (t:Token) RETURN upper(t.id) AS big, lpad(t.id, 12, '.') AS shown, concat(t.id, '!') AS loud ORDER BY t.id LIMIT 3

MATCH (t:Token) WHERE regexp_matches(t.id, 'pl.y') RETURN t.id ORDER BY t.id

RETURN date('2026-01-02') AS day, current_date() > date('2020-01-01') AS later

MATCH (e:Example) RETURN e.id, e.activations[e.peak + 1] AS peak, e.activations[1:2] AS two ORDER BY e.id LIMIT 3
