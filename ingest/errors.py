"""What can go wrong between a source and a pack.

Exception
└── IngestError
    ├── CorpusError         a corpus is missing, empty or malformed
    ├── ModelError          a model cannot be booted, or has not what was asked for
    ├── WeightsError        a model's weights do not work together as those of families we know
    ├── MissingExtraError   an optional part of the program is not installed
    ├── SourceError         published data are missing, malformed or not of the format named
    ├── OutputError         the pack cannot be written there
    ├── ExportError         a graph has not what is to be written, or a format cannot hold it
    ├── WorkerError         a process that took part in a job has ended before its time
    ├── WorkFolderError     unfinished work is there, but of another job
    ├── InterruptedJobError the job was stopped by a signal; the message says how to go on
    ├── ScoreError          simulated activations that cannot be scored
    ├── QuotingError        a text in a prompt or an answer is not quoted as it must be
    ├── AnswerError         a language model's answer is not what was asked for
    ├── EndpointError       a language model's server refuses, or cannot be reached
    ├── BudgetError         going on could cost more than the budget allows
    └── ExplainError        a pack has not what explaining needs, or the options do not fit

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


class ExportError(IngestError):
    """A graph has nothing of what is to be written, or the format cannot hold it."""


class WorkerError(IngestError):
    """A process that took part in a job has ended before its time."""


class WorkFolderError(IngestError):
    """The work folder beside the pack belongs to another job."""


class InterruptedJobError(IngestError):
    """The job was stopped by a signal; what it had done is kept."""


class ScoreError(IngestError):
    """Simulated activations do not fit the true ones, or are not finite."""


class QuotingError(IngestError):
    """A text in a prompt or an answer is not quoted as it must be."""


class AnswerError(IngestError):
    """A language model's answer is not what was asked for; the message is the reason."""


class EndpointError(IngestError):
    """A language model's server refuses what it is asked, or cannot be reached."""


class BudgetError(IngestError):
    """Going on could cost more than the budget allows."""


class ExplainError(IngestError):
    """A pack has not what explaining needs, or the options do not fit together."""
