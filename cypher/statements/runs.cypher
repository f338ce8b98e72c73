// purpose: The runs that made the graph, the latest first, those without a date last.
// param before: string — started_at of the last row before the page, "" if it has none, or "~" to begin
// param after: string? — id of that row, or "" to begin
// param limit: integer — how many at most
// returns id: string — the run
// returns job: string — mine, token-graphs, similarity, explain, …
// returns source: string — what tells runs of one job apart
// returns model_id: string? — the model that it is about
// returns settings: string? — JSON object
// returns versions: string? — JSON object: tool versions
// returns counts: string? — JSON object: what it made
// returns started_at: string? — ISO 8601, UTC
// returns finished_at: string? — ISO 8601, UTC
MATCH (r:IngestRun)
WITH r, coalesce(r.started_at, '') AS started
WHERE started < $before OR (started = $before AND r.id > $after)
RETURN r.id AS id, r.job AS job, r.source AS source, r.model_id AS model_id,
       r.settings AS settings, r.versions AS versions, r.counts AS counts,
       r.started_at AS started_at, r.finished_at AS finished_at
ORDER BY started DESC, id
LIMIT $limit
