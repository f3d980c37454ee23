"""Paging: getting a person's attention, until one of them answers."""
