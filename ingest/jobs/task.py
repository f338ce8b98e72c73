"""What the stages of one job share."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.corpora import Corpus
from ingest.jobs.settings import Settings
from ingest.jobs.work import WorkFolder
from ingest.layers import NeuronLayer
from ingest.progress import Progress
from ingest.stop import Stop
from ingest.subject import Subject


@dataclass(frozen=True, slots=True)
class Task:
    """One job: its inputs, where it works, and whom it answers to."""

    settings: Settings
    subject: Subject
    corpus: Corpus
    layers: tuple[NeuronLayer, ...]
    """The chosen layers, by block and name."""
    work: WorkFolder
    progress: Progress
    stop: Stop

    @property
    def model(self) -> str:
        """The model's id in the graph."""
        return self.settings.graph_model_id

    @property
    def n_neurons(self) -> int:
        """Neurons in all chosen layers."""
        return sum(layer.n_neurons for layer in self.layers)
