// purpose: The layers that runs are about.
// param ids: strings — runs
// returns run_id: string — the run
// returns layer_id: string — the layer
// returns n_present: integer — neurons that the run found something about
// returns n_absent: integer — neurons that it has nothing about
UNWIND $ids AS wanted
MATCH (r:IngestRun {id: wanted})
OPTIONAL MATCH (r)-[c:COVERS]->(l:Layer)
WITH wanted, c, l WHERE l.id IS NOT NULL
RETURN wanted AS run_id, l.id AS layer_id, c.n_present AS n_present, c.n_absent AS n_absent
ORDER BY run_id, layer_id
