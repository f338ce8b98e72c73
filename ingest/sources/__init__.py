"""What others have published about neurons: one module per format, and what they share.

tree        where the files stand
fields      records of JSON, read strictly
format      what a format is to the job, and what of a source is wanted
sink        from records to rows
job         units of files, one after the other, into one pack
"""

from ingest.sources.opened import open_tree
from ingest.sources.registry import format_called

__all__ = ["format_called", "open_tree"]
