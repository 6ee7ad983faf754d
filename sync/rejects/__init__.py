"""The reject file: what did not go through, out to be corrected and back in.

`lines` is its form, `writing` and `returning` the two ways; `formula` keeps a spreadsheet from running what it shows.
"""
