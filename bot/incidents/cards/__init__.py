"""What people see of an incident: pure functions from models to Block Kit."""
