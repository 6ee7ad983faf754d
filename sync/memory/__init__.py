"""What was last sent for each pair of a tenant, and its as-of: an index over the ledger and the send lists, made anew at will.

`entries` are its columns, `segments` its files, `building` makes them of a run's send list, `book` puts them together.
"""
