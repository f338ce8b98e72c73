"""A language model behind an OpenAI-compatible endpoint: asked within limits, paid for once."""
