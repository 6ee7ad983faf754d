"""A staged file, and what is known of the files before it -> what looks implausible in it, for the whole file or a location.

Pure: a guard refuses nothing, it names numbers and examples; what is held because of it only a person moves.
"""
