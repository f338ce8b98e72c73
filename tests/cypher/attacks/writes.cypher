// Writes, in every clause and behind every clause that may read.

CREATE (n:Neuron {id: 'evil'})

CREATE (n:Neuron {id: 'evil'}) RETURN n

MATCH (n:Neuron) CREATE (m:Token {id: n.id}) RETURN m

MATCH (n:Neuron) WITH n CREATE (n)-[:SIMILAR_TO]->(n)

MATCH (n:Neuron) WITH * CREATE (m:Token {id: 'evil'}) RETURN m

MATCH (a:Neuron), (b:Neuron) CREATE (a)-[:CONNECTS_TO {weight: 1.0}]->(b) RETURN count(*) AS c

UNWIND range(1, 10) AS i CREATE (:Token {id: toString(i)})

MERGE (n:Neuron {id: 'evil'}) RETURN n

MERGE (n:Neuron {id: 'evil'}) ON CREATE SET n.density = 1 ON MATCH SET n.density = 2

MATCH (n:Neuron) MERGE (m:Token {id: n.id}) RETURN m

OPTIONAL MATCH (n:Neuron {id: 'none'}) MERGE (m:Token {id: 'evil'})

MATCH (n:Neuron) SET n.density = 0

MATCH (n:Neuron) SET n.density = 0 RETURN n

MATCH (n:Neuron) SET n += {density: 0}

MATCH (n:Neuron) SET n = {id: n.id}

MATCH (n:Neuron) SET n:Evil

MATCH (n:Neuron) WITH * SET n.density = 1

MATCH (n:Neuron) WITH n ORDER BY n.id LIMIT 1 SET n.density = 1 RETURN n.id

MATCH (n:Neuron) WHERE n.density > 0 SET n.density = 0 RETURN n.density

MATCH (n:Neuron)-[r:ACTIVATES_ON]->(t) SET r.activation = 0

MATCH (n:Neuron) DELETE n

MATCH (n:Neuron) DETACH DELETE n

MATCH (n:Neuron) NODETACH DELETE n

MATCH ()-[r]->() DELETE r

MATCH (n:Neuron) WITH n LIMIT 1 DETACH DELETE n

MATCH (n:Neuron) WITH collect(n) AS l FOREACH (x IN l | DETACH DELETE x)

MATCH p = (n:Neuron)-->() DETACH DELETE p

MATCH (n:Neuron) WITH [n] AS l DELETE l[0]

MATCH (n) RETURN n DELETE n

MATCH (n:Neuron) REMOVE n.density

MATCH (n:Neuron) REMOVE n:Neuron

MATCH (n:Neuron) REMOVE n.density RETURN n

FOREACH (i IN range(1, 3) | CREATE (:Token {id: 'evil'}))

MATCH (n:Neuron) FOREACH (x IN [1] | SET n.density = x)

MATCH (n:Neuron) WITH n FOREACH (x IN [n] | DETACH DELETE x) RETURN 1 AS one

CALL { CREATE (n:Token {id: 'evil'}) RETURN n } RETURN n

CALL { MATCH (n:Neuron) SET n.density = 0 } RETURN 1 AS one

MATCH (n:Neuron) CALL (n) { SET n.density = 0 } RETURN n

MATCH (n:Neuron) CALL { WITH n DETACH DELETE n } RETURN 1 AS one

MATCH (n:Neuron) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS OF 10 ROWS

CALL { MATCH (n:Neuron) RETURN n } IN TRANSACTIONS RETURN 1 AS one

MATCH (n:Neuron) CALL (n) { MERGE (n)-[:SIMILAR_TO]->(n) } IN 4 CONCURRENT TRANSACTIONS

MATCH (n:Neuron) WHERE EXISTS { CREATE (m) } RETURN n

MATCH (n:Neuron) WHERE EXISTS { MATCH (n) SET n.density = 0 } RETURN n

RETURN COUNT { CREATE (n) RETURN n } AS c

RETURN COLLECT { MERGE (n:Token {id: 'evil'}) RETURN n } AS c

RETURN 1 AS a UNION CREATE (n:Token {id: 'evil'}) RETURN 1 AS a

RETURN 1 AS a UNION ALL MERGE (n:Token {id: 'evil'}) RETURN 1 AS a

RETURN 1 AS a UNION MATCH (n:Token) DETACH DELETE n RETURN 1 AS a

RETURN 1 AS a UNION DISTINCT SET x.y = 1

CREATE CONSTRAINT evil FOR (n:Neuron) REQUIRE n.density IS UNIQUE

DROP CONSTRAINT evil IF EXISTS

CREATE INDEX evil FOR (n:Neuron) ON (n.density)

CREATE FULLTEXT INDEX evil FOR (n:Explanation) ON EACH [n.text]

DROP INDEX evil IF EXISTS

CREATE NODE TABLE Evil(id STRING, PRIMARY KEY(id))

CREATE NODE TABLE Evil AS MATCH (n:Neuron) RETURN n.id

CREATE REL TABLE Evil(FROM Neuron TO Neuron)

CREATE SEQUENCE evil

CREATE TYPE evil AS INT64

CREATE MACRO evil(x) AS x + 1

DROP TABLE Neuron

DROP TABLE IF EXISTS ACTIVATES_ON

ALTER TABLE Neuron ADD evil STRING

ALTER TABLE Neuron DROP density

ALTER TABLE Neuron RENAME TO Evil

COMMENT ON TABLE Neuron IS 'evil'

INSERT (n:Token {id: 'evil'})

MATCH (n:Neuron) INSERT (n)-[:SIMILAR_TO]->(n)

TRUNCATE TABLE Neuron

MATCH (n:Neuron) FINISH

MATCH (n:Neuron) LET x = n.id CREATE (:Token {id: x})

RETURN nextval('evil') AS n
