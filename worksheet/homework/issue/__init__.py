"""The files of a homework: question sheets, answer forms, keys, and the manifest of them."""
