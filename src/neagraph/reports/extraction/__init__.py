"""From sentences to statements: words, names, and the passes in their order."""
