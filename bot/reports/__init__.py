"""Reports: what the last week or month was like, in figures that can be traced."""
