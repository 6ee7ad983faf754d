"""A workbook of any kind -> sheets of rows of text cells, as a person sees them, with what is not true about each.

Kinds are told by content. What was not written to be read safely is opened in a child process with limits.
"""
