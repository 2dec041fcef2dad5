"""Validation: data checked against SHACL shapes, and the report of what was found."""
