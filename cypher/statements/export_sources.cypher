// purpose: The sources of a graph's runs, in their order.
// param limit: integer — how many at most
// returns source: string — the source
MATCH (r:IngestRun)
RETURN DISTINCT r.source AS source
ORDER BY source
LIMIT $limit
