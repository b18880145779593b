"""`python -m campaigns` is `callsheet`."""

from campaigns.cli.main import main

main()
