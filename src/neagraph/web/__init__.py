"""The HTTP face: SPARQL protocol, linked data and pages."""
