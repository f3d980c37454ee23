"""The state of the workspace and its rules. No I/O here."""
