"""Checklists: asked on time, answered by people and machines, chased, and kept."""
