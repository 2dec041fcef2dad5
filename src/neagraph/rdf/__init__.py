"""RDF: formats, terms, reading and writing, and the embedded engine."""
