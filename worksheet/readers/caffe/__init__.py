"""What the reader of Caffe's prototxt files is made of: the text, its fields, the graph of blobs, a rule for every layer type."""
