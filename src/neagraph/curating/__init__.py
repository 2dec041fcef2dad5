"""From a report to the graph: find what it says, take it in, decide on it, publish it.

What is taken in waits in the inbox, outside the union. What reviewers decide is kept in the state
folder for good. What was accepted becomes a file of the project, which the next build reads. Source
texts stay with the user.
"""
