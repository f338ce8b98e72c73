// Settings, users, what else a server knows, and procedures.

CALL dbms.listConfig() YIELD name, value RETURN name, value

CALL dbms.components()

CALL dbms.setConfigValue('db.memory.transaction.max', '0')

CALL dbms.security.createUser('evil', 'evil12345', false)

CALL dbms.security.listUsers()

CALL dbms.queryJmx('*:*')

CALL dbms.killQuery('query-1')

CALL dbms.listConnections()

CALL dbms.killConnection('bolt-1')

CALL dbms.cluster.routing.getRoutingTable({})

CALL dbms.routing.getRoutingTable({})

CALL db.clearQueryCaches()

CALL db.checkpoint()

CALL db.ping()

CALL db.info()

CALL db.createLabel('Evil')

CALL db.createProperty('evil')

CALL db.createRelationshipType('EVIL')

CALL db.awaitIndexes(1000)

CALL db.prepareForReplanning()

CALL db.stats.retrieve('GRAPH COUNTS')

CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()

CALL db.index.fulltext.createNodeIndex('x', ['Neuron'], ['id'])

CALL db.index.fulltext.queryNodes('x', 'y')

CALL db.create.setNodeVectorProperty(n, 'x', [1.0])

CALL tx.setMetaData({evil: 1})

CALL apoc.periodic.iterate('MATCH (n) RETURN n', 'DETACH DELETE n', {})

CALL apoc.cypher.doIt('CREATE (n)', {})

CALL apoc.util.sleep(100000)

CALL apoc.create.node(['Evil'], {})

CALL gds.graph.project('g', '*', '*')

CALL show_functions() RETURN *

CALL current_setting('threads') RETURN *

CALL storage_info('Neuron') RETURN *

CALL file_info() RETURN *

CALL disk_info() RETURN *

CALL bm_info() RETURN *

CALL fsm_info() RETURN *

CALL show_attached_databases() RETURN *

CALL show_loaded_extensions() RETURN *

CALL show_official_extensions() RETURN *

CALL show_warnings() RETURN *

CALL clear_warnings()

CALL project_graph('g', ['Neuron'], ['SIMILAR_TO'])

CALL project_graph_cypher('g', 'MATCH (n) RETURN n')

CALL drop_projected_graph('g')

CALL _cache_array_column_locally('Neuron', 'id')

CALL create_fts_index('Explanation', 'i', ['text'])

CALL create_vector_index('Neuron', 'i', 'density')

CALL threads = 64

CALL timeout = 0

CALL checkpoint_threshold = 1

CALL spill_to_disk = true

CALL home_directory = '/tmp'

CALL file_search_path = '/'

CALL enable_multi_copy = true

SHOW TRANSACTIONS

SHOW TRANSACTIONS YIELD * RETURN *

SHOW USERS

SHOW CURRENT USER

SHOW DATABASES

SHOW SETTINGS

SHOW PROCEDURES

SHOW FUNCTIONS

SHOW INDEXES

SHOW CONSTRAINTS

SHOW PRIVILEGES

TERMINATE TRANSACTIONS 'neo4j-transaction-1'

CREATE USER evil SET PASSWORD 'evil12345'

ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'b'

ALTER USER neo4j SET PASSWORD 'evil12345'

DROP USER neo4j

GRANT ROLE admin TO evil

CREATE DATABASE evil

DROP DATABASE neo4j

STOP DATABASE neo4j

START DATABASE neo4j

CREATE ALIAS evil FOR DATABASE neo4j

ENABLE SERVER 'x'

DRYRUN REALLOCATE DATABASES

BEGIN TRANSACTION

BEGIN TRANSACTION READ ONLY

COMMIT

ROLLBACK

CHECKPOINT

EXPLAIN MATCH (n) RETURN n

EXPLAIN LOGICAL MATCH (n) RETURN n

PROFILE MATCH (n) RETURN n

PROFILE CREATE (n:Token {id: 'evil'})

CYPHER 25 MATCH (n) RETURN n

CYPHER runtime=parallel MATCH (n) RETURN n

CYPHER planner=dp CREATE (n)

ANALYZE

RETURN setseed(0.5) AS x

RETURN error('x') AS x

RETURN graph.names() AS x

RETURN date.realtime() AS x

RETURN currval('x') AS x

MATCH (n:Neuron) YIELD n RETURN apoc.text.join(['a'], 'b') AS x

OPTIONAL CALL dbms.components() YIELD name RETURN name

MATCH (n:Neuron) CALL dbms.components() YIELD name RETURN name

MATCH (n:Neuron) OPTIONAL CALL apoc.cypher.run('CREATE (n)', {}) YIELD value RETURN value

CALL `dbms`.`components`() YIELD name RETURN name

CALL db . labels . evil () YIELD label RETURN label

RETURN `apoc`.`load`.`json`('x') AS x

RETURN CALL dbms.components() AS x
