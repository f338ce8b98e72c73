// What would take for ever, or all memory.

MATCH (a:Neuron), (b:Neuron), (c:Neuron), (d:Neuron) RETURN a.id, b.id, c.id, d.id ORDER BY a.density + b.density + c.density + d.density

MATCH (a), (b), (c) RETURN a.id AS a, b.id AS b, c.id AS c

MATCH (a:Neuron), (b:Neuron), (c:Neuron), (d:Neuron), (e:Neuron) WHERE a.density + b.density + c.density = d.density + e.density RETURN count(*) AS c

MATCH (a:Example), (b:Example), (c:Example), (d:Example) WHERE a.id + b.id + c.id + d.id = 'x' RETURN a.id

MATCH (a:Token) MATCH (b:Token) MATCH (c:Token) MATCH (d:Token) MATCH (e:Token) RETURN DISTINCT a.id + b.id + c.id + d.id + e.id AS x

MATCH (a:Neuron), (b:Neuron), (c:Neuron) WITH collect(a.id + b.id + c.id) AS l RETURN size(l) AS n

MATCH (a:Example), (b:Example) RETURN collect(a.activations + b.activations) AS l

MATCH (a:Neuron) MATCH (b:Neuron) RETURN a, b

MATCH p = (a:Neuron)-[:SIMILAR_TO*1..30]-(b:Neuron) RETURN count(p) AS n

MATCH p = (a:Neuron)-[:SIMILAR_TO*30..30]->(b:Neuron) RETURN p

MATCH p = (a:Neuron)-[*1..30]-(b) RETURN count(p) AS n

MATCH (a:Neuron)-[:ACTIVATES_ON*1..30]-(b) RETURN DISTINCT b.id

MATCH (a:Neuron)-[:SIMILAR_TO*1..30]-(b:Neuron)-[:ACTIVATES_ON*1..30]-(c) RETURN count(*) AS n

MATCH p = (a:Neuron)-[:SIMILAR_TO*1..31]-(b:Neuron) RETURN p

MATCH p = (a:Neuron)-[:SIMILAR_TO*]-(b:Neuron) RETURN count(p) AS n

MATCH p = (a:Neuron)-[*]-(b) RETURN count(p) AS n

MATCH p = (a:Neuron)-[:SIMILAR_TO*2..]-(b:Neuron) RETURN count(p) AS n

MATCH p = (a:Neuron)-[:SIMILAR_TO*1..1000000]-(b:Neuron) RETURN count(p) AS n

MATCH p = (a:Neuron)-[:SIMILAR_TO]-+(b:Neuron) RETURN count(p) AS n

MATCH p = (a:Neuron)-[:SIMILAR_TO]-*(b:Neuron) RETURN count(p) AS n

MATCH p = (a:Neuron)-[:SIMILAR_TO]-{2,}(b:Neuron) RETURN count(p) AS n

MATCH p = (a:Neuron)-[:SIMILAR_TO]-{1,500}(b:Neuron) RETURN count(p) AS n

MATCH p = ((a:Neuron)-[:SIMILAR_TO]-(b:Neuron))+ RETURN count(p) AS n

UNWIND range(1, 1000000000) AS x RETURN x

UNWIND range(1, 1000000000) AS x RETURN count(x) AS n

RETURN range(1, 1000000000) AS l

RETURN size([x IN range(1, 1000000000) | x]) AS n

RETURN range(0, 1000 * 1000 * 1000) AS l

RETURN range(0, toInteger('1000000000')) AS l

WITH 1000000000 AS n UNWIND range(0, n) AS x RETURN x

WITH {n: 1000000000} AS m UNWIND range(0, m.n) AS x RETURN x

WITH [1000000000] AS l UNWIND l AS n UNWIND range(0, n) AS x RETURN x

UNWIND range(1, 900000) AS x UNWIND range(1, 900000) AS y RETURN count(x + y) AS n

UNWIND range(1, 900000) AS x UNWIND range(1, 900000) AS y RETURN x, y ORDER BY x * y DESC

UNWIND range(1, 900000) AS x WITH collect(x) AS l UNWIND l AS y RETURN collect(l) AS n

UNWIND range(1, 900000) AS x RETURN x

RETURN range(1, 900000) AS l

RETURN reduce(s = 0, x IN range(1, 1000000000) | s + x) AS s

RETURN reduce(s = 0, x IN range(1, 900000) | s + x) AS s

RETURN reduce(s = 'x', i IN range(1, 40) | s + s) AS s

RETURN size(reduce(s = [1], i IN range(1, 40) | s + s)) AS n

RETURN reduce(s = [1], i IN range(1, 40) | [s, s]) AS l

RETURN [x IN range(1, 10000) | [y IN range(1, 10000) | [z IN range(1, 10000) | x + y + z]]] AS l

WITH range(1, 9000) AS l RETURN [x IN l | [y IN l | [z IN l | [w IN l | x]]]] AS m

WITH 'xxxxxxxxxxxxxxxx' AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s WITH s + s + s + s AS s RETURN s

WITH [1] AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l WITH l + l + l + l AS l RETURN l

WITH [1] AS l WITH [l, l, l, l, l, l, l, l] AS l WITH [l, l, l, l, l, l, l, l] AS l WITH [l, l, l, l, l, l, l, l] AS l WITH [l, l, l, l, l, l, l, l] AS l WITH [l, l, l, l, l, l, l, l] AS l WITH [l, l, l, l, l, l, l, l] AS l WITH [l, l, l, l, l, l, l, l] AS l WITH [l, l, l, l, l, l, l, l] AS l WITH [l, l, l, l, l, l, l, l] AS l RETURN l

WITH 'xxxxxxxxxx' AS s WITH replace(s, 'x', s) AS s WITH replace(s, 'x', s) AS s WITH replace(s, 'x', s) AS s WITH replace(s, 'x', s) AS s WITH replace(s, 'x', s) AS s RETURN size(s) AS n

RETURN lpad('x', 2000000000, 'y') AS s

RETURN repeat('x', 2000000000) AS s

RETURN size(repeat(repeat('x', 100000), 100000)) AS n

RETURN list_reduce(list_transform(range(1, 60), x -> 'x'), (a, b) -> concat(a, a)) AS s

RETURN apoc.text.repeat('x', 2000000000) AS s

RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' =~ '(a+)+(b+)+(c+)+(d+)+(e+)+(f+)+(g+)+' AS x, [x IN range(1, 100000000) | x] AS l

MATCH (n:Neuron) RETURN n.id ORDER BY size([x IN range(1, 100000000) | x])

MATCH (s:Sequence) MATCH (e:Example) RETURN s.text + e.id AS x, s, e

MATCH (a:Example)-[:WITHIN]->(s)<-[:WITHIN]-(b)-[:WITHIN]->(t)<-[:WITHIN]-(c), (d:Example), (e:Example) RETURN count(DISTINCT a.id + b.id + c.id + d.id + e.id) AS n
