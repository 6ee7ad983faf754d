"""The watched folder -> runs: a pass fetches, looks, takes what has settled, delivers, and puts away.

Nothing is imported here: a pass that finds nothing pays for the look alone.
"""
