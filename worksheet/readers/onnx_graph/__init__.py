"""The parts of the ONNX reader: from bytes to operators, from operators to rows, and from rows to the layers they once were."""
