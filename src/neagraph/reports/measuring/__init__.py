"""How right an extraction is: annotations, matching, scores."""
