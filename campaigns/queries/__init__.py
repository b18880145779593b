"""Database reads and writes, a file per table. They take the unit of work as first argument and never commit."""
