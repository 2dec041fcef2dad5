"""From a document to paragraphs and sentences, each with its place."""
