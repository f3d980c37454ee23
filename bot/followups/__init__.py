"""Follow-ups: what somebody is to do after all, and by when."""
