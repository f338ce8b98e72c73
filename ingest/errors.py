"""What can go wrong between a source and a pack.

Exception
└── IngestError
    ├── CorpusError         a corpus is missing, empty or malformed
    ├── ModelError          a model cannot be booted, or has not what was asked for
    └── InterruptedJobError the job was stopped by a signal; the message says how to go on

Each message says what was found, what was expected, and what to do.
"""


class IngestError(Exception):
    """Base of every error that this package raises."""


class CorpusError(IngestError):
    """A corpus is missing, empty or malformed."""


class ModelError(IngestError):
    """A model cannot be booted, or has not what was asked for."""


class InterruptedJobError(IngestError):
    """The job was stopped by a signal; what it had done is kept."""
