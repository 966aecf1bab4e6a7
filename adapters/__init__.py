"""What carries the dialogue to people and to disk. No adapter knows another."""
