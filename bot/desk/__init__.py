"""What staff do, as use cases: signing in, editing, publishing, gaps, trying, the journal, exchange. Knows no HTTP."""
