"""The language model whose neurons are looked at, and the dictionaries that were trained on it.

`boot` gives a `Subject`: a model that runs as its own library runs it, and whose parts are
named as TransformerLens names them.
"""

from ingest.subject.boot import use_threads
from ingest.subject.sae import Sae
from ingest.subject.subject import Shape, Subject, boot
from ingest.subject.survey import hook_point

__all__ = ["Sae", "Shape", "Subject", "boot", "hook_point", "use_threads"]
