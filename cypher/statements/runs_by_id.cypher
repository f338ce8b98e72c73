// purpose: Runs by id.
// param ids: strings — runs
// returns id: string — the run
// returns job: string — mine, token-graphs, similarity, explain, …
// returns source: string — what tells runs of one job apart
// returns model_id: string? — the model that it is about
// returns settings: string? — JSON object
// returns versions: string? — JSON object: tool versions
// returns counts: string? — JSON object: what it made
// returns started_at: string? — ISO 8601, UTC
// returns finished_at: string? — ISO 8601, UTC
UNWIND $ids AS wanted
MATCH (r:IngestRun {id: wanted})
RETURN r.id AS id, r.job AS job, r.source AS source, r.model_id AS model_id,
       r.settings AS settings, r.versions AS versions, r.counts AS counts,
       r.started_at AS started_at, r.finished_at AS finished_at
ORDER BY id
