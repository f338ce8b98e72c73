"""Corpora: files of texts in four kinds, read one document at a time."""

from ingest.corpora.corpus import Corpus, open_corpus

__all__ = ["Corpus", "open_corpus"]
