"""What a network counts under a convention in a run: sizes, facts of the graph and folded formulas, made once and passed on to all that need them."""
