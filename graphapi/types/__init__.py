"""The GraphQL types. Each resolver reads through the request's `Reader` and computes nothing."""
