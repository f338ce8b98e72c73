"""The graph: its model, packs of it on disk, the engines that hold it, and statements that read it."""
