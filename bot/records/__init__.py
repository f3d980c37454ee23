"""Records: figures that no machine knows, entered by people: capacity, cost, toil."""
