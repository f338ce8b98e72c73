// Runs every audit of GraphQL over HTTP against the server at a URL; prints the results as JSON.
// node audit.mjs MODULE URL
const { auditServer } = await import(process.argv[2]);
const results = await auditServer({ url: process.argv[3] });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
