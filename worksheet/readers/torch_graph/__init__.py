"""Follows the forward pass of a PyTorch module: arrays without numbers, calls, and the rows that they become."""
