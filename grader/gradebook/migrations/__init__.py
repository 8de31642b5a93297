"""How a gradebook becomes one of a newer version: Alembic's scripts, in their order."""
