"""What a student fills in: the cells of a paper, how they are made from a network, and what each follows from."""
