"""What others have published about neurons: one module per format, and what they share."""
