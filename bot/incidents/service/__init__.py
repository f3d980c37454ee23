"""Use cases of incidents: one transaction each."""
