"""Checks: questions a machine can answer, asked on demand or, as probes, again and again."""
