"""Incidents: declared, worked on together, resolved, and remembered."""
