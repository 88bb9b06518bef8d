"""What a network counts under a convention in a run: sizes, facts of the graph and folded formulas, made once and handed on."""
