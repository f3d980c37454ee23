"""Reloads: one replica is asked to read its playbook again, and all of them do."""
