"""What is counted of a network under a convention: sizes, facts of the graph and folded formulas, made once."""
