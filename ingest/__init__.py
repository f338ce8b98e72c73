"""From models, corpora and public data sets to packs."""
