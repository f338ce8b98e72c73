// Several statements, and what would hide one from a reader that reads otherwise than the engine.

RETURN 1 AS one; CREATE (n:Token {id: 'evil'})

MATCH (n:Neuron) RETURN n.id; MATCH (n) DETACH DELETE n;

RETURN 1 AS one;; RETURN 2 AS two

; CREATE (n)

;

RETURN 1 AS one; // end
MATCH (n) DETACH DELETE n

/* MATCH (n) RETURN n */ CREATE (n:Token {id: 'evil'})

MATCH (n:Neuron) /* RETURN n */ DETACH /* x */ DELETE n

MATCH (n:Neuron) // RETURN n
SET n.density = 0

MATCH (n:Neuron) /**/SET/**/n.density = 0 RETURN n

/* /* */ CREATE (n:Token {id: 'evil'}) // */

// RETURN 1
CREATE (n:Token {id: 'evil'})

MATCH (n) RETURN n /* an end that does not come

RETURN '*/ CREATE (n) /*' AS x */ CREATE (n)

\u0043REATE (n:Token {id: 'evil'})

CR\u0045ATE (n:Token {id: 'evil'})

MATCH (n:Neuron) \u0053ET n.density = 0

MATCH (n:Neuron) SE\u0054 n.density = 0 RETURN n

MATCH (n:Neuron)\u0020DETACH\u0020DELETE n

MATCH (n:Neuron) D\uu0045LETE n

RETURN 1 AS one\u003B CREATE (n)

RETURN 'a\u0027 AS x CREATE (n:Token {id: \u0027evil\u0027}) RETURN \u0027b' AS y

RETURN "a\u0022 AS x CREATE (n) RETURN \u0022b" AS y

RETURN 'a\u005C' AS x, ' CREATE (n) RETURN 1 //' AS y

RETURN 'a\u000A // ' AS x

RETURN '\U00000027 CREATE (n) //' AS x

MATCH (n:`Neuron\u0060) DETACH DELETE n //`) RETURN n

MATCH (n:`a\u0060`) RETURN n

MATCH (n:`Neuron) RETURN n

MATCH (n:Neuron {id: 'x) RETURN n

MATCH (n:Neuron {id: "x) RETURN n

RETURN 'it''s' AS x CREATE (n) RETURN '' AS y

RETURN 'a\' AS x CREATE (n:Token {id: 'evil'}) RETURN 'b' AS y

cReAtE (n:Token {id: 'evil'})

match (n:Neuron) detach delete n

MaTcH (n:Neuron) sEt n.density = 0

MATCH (n:Neuron)SET n.density=0

MATCH (n:Neuron)DETACH DELETE(n)

MATCH(n:Neuron)DELETE(n)

MATCH (n:Neuron) RETURN n SET n.density = 0

MATCH (n:Neuron) RETURN n.id AS create CREATE (n)

MATCH (create:Neuron) create (create)

MATCH (n:Neuron) RETURN n.id AS x CREATE (y)

MATCH (n:Neuron) RETURN n ORDER BY n.id CREATE (y)

MATCH (n:Neuron) RETURN n LIMIT 1 DETACH DELETE n

MATCH (n:Neuron) RETURN n SKIP 1 SET n.density = 0

MATCH (n:Neuron) RETURN DISTINCT n CREATE (m)

MATCH (n:Neuron) WHERE n.density IS NULL SET n.density = 0

MATCH (n:Neuron) WHERE n.id IN ['a'] DELETE n

MATCH (n:Neuron) WHERE true DELETE n

MATCH (n:Neuron) WITH CASE WHEN true THEN n END AS m DELETE m

MATCH (n:Neuron) WITH n.density AS d, n SET n.density = d

MATCH (n:Neuron) RETURN [x IN [n] | DELETE x] AS l

MATCH (n:Neuron) RETURN [x IN [n] WHERE SET(x.density = 1)] AS l

MATCH (n:Neuron) RETURN {a: CREATE (m)} AS l

MATCH (n:Neuron) RETURN (CREATE (m)) AS l

RETURN 1 + CREATE (m) AS l

RETURN NOT CREATE (m) AS l

RETURN CASE CREATE (m) WHEN 1 THEN 2 END AS l

MATCH (n:$($label)) RETURN n

MATCH (n:$any($labels)) RETURN n

MATCH (n)-[:$($type)]->() RETURN n

MATCH (n) WHERE n[$property] = 1 SET n[$property] = 2

RETURN $ AS x

RETURN ${x} AS x

RETURN {x} AS x CREATE (n)

MATCH (n) RETURN n INTO OUTFILE 'CANARY/out.csv'

MATCH (n) RETURN n.id # comment

MATCH (n) RETURN n.id -- CREATE (n)
CREATE (m)

RETURN 1 AS one GO CREATE (n)

:param x => 1

:play evil

.read CANARY/x

SELECT * FROM Neuron

DROP TABLE Neuron; --

MATCH (n:Neuron)) CREATE (m

MATCH (n:Neuron RETURN n

RETURN ((((1)))

RETURN [1, 2 AS x

RETURN }{ AS x
