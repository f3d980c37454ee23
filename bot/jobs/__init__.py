"""Jobs: what happens at set wall-clock times, once each."""
