"""One queue for everything that leaves the process, and the only timer."""
