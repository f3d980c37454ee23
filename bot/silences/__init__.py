"""Silences: when probes tell nobody, because what they would tell is expected."""
