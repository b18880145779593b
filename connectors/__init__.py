"""HOW a call is put to a platform: one contract, one folder a platform, no database, no Prefect, no pandas."""
