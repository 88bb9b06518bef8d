"""Pictures as SVG: the primitives that all share, axes, curves, shares and bars."""
