"""Use cases of checklists."""
