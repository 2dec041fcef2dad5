"""From accepted statements to the graph of a report, and its file."""
