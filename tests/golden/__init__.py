"""Golden tests: the data of the project against what was read by hand."""
