"""From a report to statements with their evidence: readers, passes, review, publication."""
