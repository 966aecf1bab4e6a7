"""Commands of the store's editions: kaoda knowledge import, export, diff, publish, rollback, history."""
