"""From the bytes of a file to a document: text, Markdown, HTML, DOCX, PDF."""
