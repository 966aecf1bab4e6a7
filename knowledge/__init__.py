"""What is known: notices, topics, answers, facts, and how a scope picks among them. Knows nothing of matching or channels."""
