"""One folder for each function."""
