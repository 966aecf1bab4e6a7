"""Values of the staff's work and the ports on both sides of it: stores below, what the console's pages call above."""
