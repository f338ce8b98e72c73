"""A local HTTP server that speaks the OpenAI protocol, with rules that are known.

`python -m tests.endpoint` starts one to try things on.
"""

from tests.endpoint.chaos import Chaos
from tests.endpoint.rules import Mind, echo
from tests.endpoint.server import KEY, LocalEndpoint, running_endpoint

__all__ = ["KEY", "Chaos", "LocalEndpoint", "Mind", "echo", "running_endpoint"]
