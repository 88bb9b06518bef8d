"""A network for each student: what may vary, which values are chosen, and which mistakes they show."""
