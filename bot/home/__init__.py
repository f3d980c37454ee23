"""The App Home: what matters to one person, on one page."""
