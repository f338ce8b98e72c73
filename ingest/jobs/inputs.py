"""What can be checked before torch is imported and a model is booted, which takes seconds."""

from __future__ import annotations

from cypher.pack import open_pack
from ingest.corpora import Corpus, open_corpus
from ingest.errors import OutputError
from ingest.jobs.settings import Settings
from ingest.sae_config import read_sae_config


def open_inputs(settings: Settings) -> Corpus:
    """The corpus, read once and found whole, where the output can be written.

    Raises CorpusError, OutputError, PackError if what would be replaced is no pack, ModelError
    if an autoencoder is not supported, IdError if the model cannot be called so.
    """
    _ = settings.graph_model_id
    for folder in settings.saes:
        read_sae_config(folder)
    output = settings.output
    if output.exists():
        if not settings.replace:
            raise OutputError(
                f"{output} exists already. Write the pack elsewhere, or add --replace to "
                f"replace it."
            )
        open_pack(output)
    return open_corpus(
        settings.corpus, text_field=settings.text_field, limit=settings.limit_documents
    )
