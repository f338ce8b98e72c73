// purpose: What the authors of circuits put together.
// param ids: strings — circuits
// returns circuit_id: string — the circuit
// returns id: string — the group
// returns name: string — what its nodes are together
// returns number: integer — place among the circuit's, from 1
// returns run_id: string — the run that it is from
UNWIND $ids AS wanted
MATCH (c:Circuit {id: wanted})
OPTIONAL MATCH (c)-[:HAS_SUPERNODE]->(s:Supernode)
WITH wanted, s WHERE s.id IS NOT NULL
RETURN wanted AS circuit_id, s.id AS id, s.name AS name, s.number AS number, s.run_id AS run_id
ORDER BY circuit_id, number, id
