"""What an incident is and how it changes: pure functions of their arguments."""
