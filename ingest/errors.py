"""What can go wrong between a source and a pack.

Exception
└── IngestError
    ├── CorpusError         a corpus is missing, empty or malformed
    ├── ModelError          a model cannot be booted, or has not what was asked for
    ├── WeightsError        a model's weights do not work together as those of families we know
    ├── MissingExtraError   an optional part of the program is not installed
    ├── SourceError         published data are missing, malformed or not of the format named
    ├── OutputError         the pack cannot be written there
    ├── WorkerError         a process that took part in a job has ended before its time
    ├── WorkFolderError     unfinished work is there, but of another job
    └── InterruptedJobError the job was stopped by a signal; the message says how to go on

Each message says what was found, what was expected, and what to do.
"""


class IngestError(Exception):
    """Base of every error that this package raises."""


class CorpusError(IngestError):
    """A corpus is missing, empty or malformed."""


class ModelError(IngestError):
    """A model cannot be booted, or has not what was asked for."""


class WeightsError(IngestError):
    """A model's weights do not work together as those of the families that we know."""


class MissingExtraError(IngestError):
    """An optional part of the program is not installed."""


class SourceError(IngestError):
    """Published data are missing, malformed or not of the format that was named.

    The message names file, record and field, what was found there and what was expected.
    """


class OutputError(IngestError):
    """The pack cannot be written where it was asked for."""


class WorkerError(IngestError):
    """A process that took part in a job has ended before its time."""


class WorkFolderError(IngestError):
    """The work folder beside the pack belongs to another job."""


class InterruptedJobError(IngestError):
    """The job was stopped by a signal; what it had done is kept."""
