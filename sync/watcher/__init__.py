"""A folder that people and programs drop files into -> settled files, claimed one at a time, and put where they belong after.

Knows nothing of what is done with them.
"""
