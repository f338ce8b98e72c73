"""Questions to begin with, asked of the demo graph. Other graphs have other ids and words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExampleQuery:
    """A question in words and in GraphQL."""

    question: str
    text: str


EXAMPLES = (
    ExampleQuery(
        "Which neurons share the token “play”?",
        """{
  word(text: "play") {
    neurons(first: 20) {
      edges { activation node { id explanations { text score } } }
    }
  }
}""",
    ),
    ExampleQuery(
        "Which neurons in other layers are like this one?",
        """{
  neuron(id: "stories260K/3/17") {
    similar(first: 10, layers: OTHER) {
      edges { similarity sharedTokens node { id } }
    }
  }
}""",
    ),
    ExampleQuery(
        "Which neurons of the last layer fire hardest, on what, and where?",
        """{
  neurons(where: {layerIndex: {min: 4}}, orderBy: {field: MAX_ACTIVATION, direction: DESC}, first: 5) {
    edges {
      node {
        id
        statistics { maxActivation density }
        activatesOn(first: 5) { edges { activation node { text } } }
        examples(first: 1) { text peak maxActivation }
      }
    }
  }
}""",
    ),
)
