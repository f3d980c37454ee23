"""Emergencies: incidents declared while the database is away. People are paged all the same."""
