"""Checklists, as people see them."""
