"""Calls: somebody pages people with a few words, and no incident."""
