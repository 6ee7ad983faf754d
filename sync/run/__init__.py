"""One file through all stages, in order: the only room that knows the order.

desk      what a command works with: settings, state folder, ledger, lock, tenant
intake    a path -> what the file is: its mapping, its table, its parent run
journal   a staged file -> a run on record, and a run's end: law of rows, reject file, report
files     the commands that take files: run, check
again     the commands that take runs: resume, retry, discard
"""
