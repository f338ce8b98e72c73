"""The graph over HTTP: GraphQL."""
