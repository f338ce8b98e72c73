// purpose: The runs of one source, whose sayings are to be written down again.
// param source: string — whose runs
// param limit: integer — how many at most
// returns id: string — the run
// returns job: string — import, mine, token-graphs, …
MATCH (r:IngestRun)
WHERE r.source = $source
RETURN r.id AS id, r.job AS job
ORDER BY id
LIMIT $limit
