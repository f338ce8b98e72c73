"""The job that explains the neurons of a pack, and scores what was said of them."""
