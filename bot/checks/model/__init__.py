"""Results, what follows from a row of them, and the figures over many."""
