"""Benchmarks: `make bench NAME=x` runs `tests/benchmarks/x.py`, which prints a JSON line per figure."""
