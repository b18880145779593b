"""Where the ledger lives: connection, unit of work, migrations."""
