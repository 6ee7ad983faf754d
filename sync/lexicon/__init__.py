"""A header of a stock file, in any of some forty languages -> what its column is for.

Pure data and a look-up: words stand in the files of their languages, each under the kind of thing that it names.
"""

from sync.lexicon.meaning import ROLES, Meaning, meaning, role
from sync.lexicon.rows import is_heading, says_blank, says_zero

__all__ = ["ROLES", "Meaning", "is_heading", "meaning", "role", "says_blank", "says_zero"]
