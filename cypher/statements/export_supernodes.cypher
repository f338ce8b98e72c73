// purpose: The groups of circuits, a row for each member and one where there is none, to be written down again.
// param ids: strings — circuits
// returns circuit_id: string — the circuit
// returns number: integer — place among the circuit's, from 1
// returns name: string — what its members are together
// returns member: string? — a node of the circuit
UNWIND $ids AS wanted
MATCH (c:Circuit {id: wanted})
OPTIONAL MATCH (c)-[:HAS_SUPERNODE]->(s:Supernode)
WITH wanted, s WHERE s.id IS NOT NULL
OPTIONAL MATCH (s)-[:GROUPS]->(v:CircuitNode)
RETURN wanted AS circuit_id, s.number AS number, s.name AS name, v.id AS member
ORDER BY circuit_id, number, member
