"""The kinds in which an exporter writes a formula out, by what they compute."""

SUM, DIFFERENCE, PRODUCT, QUOTIENT, MATRIX_PRODUCT = "Add", "Sub", "Mul", "Div", "MatMul"  # of two tensors
SUMMAND = "AddScalar"  # adds a number
FACTORS = {"MulScalar": 1, "DivScalar": -1}  # the power of the number by which they multiply
POWER, ROOT, MEAN = "Power", "Sqrt", "Mean"
