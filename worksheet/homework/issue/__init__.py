"""What is handed out: question sheets, answer forms, keys, and the record of them."""
