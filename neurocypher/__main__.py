"""`python -m neurocypher`."""

from neurocypher.cli import main

main()
