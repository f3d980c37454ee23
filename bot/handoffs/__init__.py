"""The change of watch: what whoever comes on needs to know, and that they have it."""
