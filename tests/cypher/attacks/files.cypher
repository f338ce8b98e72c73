// Files, other databases and the network. CANARY is a folder of the test's.

LOAD CSV FROM 'file://CANARY/secret.csv' AS line RETURN line

LOAD CSV WITH HEADERS FROM 'file://CANARY/secret.csv' AS line RETURN line

LOAD CSV FROM 'file:///etc/passwd' AS line FIELDTERMINATOR ':' RETURN line

LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS line RETURN line

MATCH (n:Neuron) LOAD CSV FROM 'http://127.0.0.1:9/' + n.id AS line RETURN line

MATCH (n:Neuron) WITH n LIMIT 1 LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line

WITH 'file:///etc/passwd' AS url LOAD CSV FROM url AS line RETURN line

WITH * LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line

CALL { LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line } RETURN line

RETURN COLLECT { LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line } AS lines

RETURN 1 AS line UNION LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line

USING PERIODIC COMMIT 500 LOAD CSV FROM 'file:///etc/passwd' AS line CREATE (:Token {id: line[0]})

LOAD FROM 'CANARY/secret.csv' RETURN *

LOAD FROM '/etc/passwd' (file_format = 'csv', delim = ':') RETURN *

LOAD FROM 'CANARY/*.csv' (HEADER = true) RETURN *

LOAD WITH HEADERS (a STRING) FROM 'CANARY/secret.csv' RETURN a

LOAD FROM 'https://127.0.0.1:9/x.parquet' RETURN *

LOAD FROM 's3://bucket/x.parquet' RETURN *

LOAD FROM df RETURN *

MATCH (n:Neuron) LOAD FROM 'CANARY/secret.csv' RETURN *

COPY (MATCH (n:Neuron) RETURN n.id) TO 'CANARY/out.csv'

COPY (MATCH (n:Neuron) RETURN n.id) TO 'CANARY/out.parquet'

COPY (RETURN 'x') TO 'CANARY/secret.csv'

COPY (MATCH (n) RETURN n) TO 'CANARY/out.json'

COPY Neuron FROM 'CANARY/secret.csv'

COPY Token FROM (LOAD FROM 'CANARY/secret.csv' RETURN *)

COPY ACTIVATES_ON FROM 'CANARY/secret.csv'

EXPORT DATABASE 'CANARY/export'

EXPORT DATABASE 'CANARY/export' (format = 'csv')

IMPORT DATABASE 'CANARY/export'

ATTACH 'CANARY/other.lbug' AS other (dbtype lbug)

ATTACH 'CANARY/other.db' AS other (dbtype duckdb)

ATTACH 'dbname=x host=127.0.0.1' AS other (dbtype postgres)

ATTACH 'http://127.0.0.1:9/x.lbug' AS other (dbtype lbug)

DETACH other

USE other

USE neo4j MATCH (n) RETURN n

USE system SHOW USERS

USE graph.byName('neo4j') MATCH (n) RETURN n

CALL { USE system MATCH (n) RETURN n } RETURN n

INSTALL httpfs

INSTALL json

FORCE INSTALL httpfs FROM 'http://127.0.0.1:9/'

LOAD httpfs

LOAD EXTENSION httpfs

LOAD EXTENSION 'CANARY/evil.lbug_extension'

UPDATE httpfs

UNINSTALL httpfs

CALL READ_CSV_SERIAL('CANARY/secret.csv') RETURN *

CALL READ_PARQUET('CANARY/x.parquet') RETURN *

CALL read_csv_parallel('CANARY/secret.csv') RETURN *

CALL read_npy('CANARY/x.npy') RETURN *

CALL sql_query('other', 'select 1') RETURN *

CALL http_get('http://127.0.0.1:9/') RETURN *

CALL apoc.load.json('file:///etc/passwd') YIELD value RETURN value

CALL apoc.load.csv('file:///etc/passwd') YIELD map RETURN map

CALL apoc.load.jdbc('jdbc:x', 'y') YIELD row RETURN row

CALL apoc.export.csv.all('CANARY/out.csv', {})

CALL apoc.import.file({})

CALL apoc.cypher.runFile('CANARY/x.cypher')

CALL genai.vector.encodeBatch(['x'], 'OpenAI', {}) YIELD vector RETURN vector

RETURN apoc.load.html('http://127.0.0.1:9/') AS x

RETURN apoc.convert.fromJsonMap('{}') AS x

RETURN genai.vector.encode('x', 'OpenAI', {token: 'x'}) AS x

RETURN file('/etc/passwd') AS x

RETURN read_text('/etc/passwd') AS x

RETURN linenumber() AS x

RETURN to_blob('x') AS x
