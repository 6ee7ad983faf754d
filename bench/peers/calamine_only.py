"""A floor: calamine reads the sheet, and nothing is done with it.

python calamine_only.py FILE ADDRESS ROWS_A_BODY
"""

import sys

from python_calamine import load_workbook

print(sum(1 for _ in load_workbook(sys.argv[1]).get_sheet_by_index(0).to_python()))
