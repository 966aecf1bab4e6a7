"""The examination authority's registration status service: its client, and a stub of it for demonstrations and tests."""
